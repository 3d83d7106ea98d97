import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PrivateFail2ban, type Release, startFail2ban } from './fail2ban.ts';
import { callSocket, type HelperCall } from './helper.ts';
import { type LiveJournal, startLiveJournal } from './liveJournal.ts';
import { createNetNamespace, type NetNamespace } from './netNamespace.ts';
import { debian } from './nodeFiles.ts';
import { connectFrom, listenOn, type Reached } from './tcpPorts.ts';
import { until } from './until.ts';

/** The node's own addresses in its private network, 192.0.2.0/24 and 2001:db8::/64. */
const nodeAddresses = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' };

/** Where Debian enables sshd, and from where other tests remove it. */
const debianChoice = 'jail.d/defaults-debian.conf';

/** Its default gateway. */
const gateway = '192.0.2.254';

/** A node with fail2ban, helper, journal, firewall and servers of its own, and a network from which to reach it. */
export interface ProtectedNode {
	fail2ban: PrivateFail2ban;
	/** The node's network, with its /var/log and /run. */
	net: NetNamespace;
	journal: LiveJournal;
	/** The helper, a process of its own within the node. */
	call: HelperCall;
	/** What became of a new connection from each address to each port. */
	reach(addresses: readonly string[], ports: readonly number[]): Promise<Record<string, Reached[]>>;
	close(): Promise<void>;
}

export interface ProtectedNodeOptions {
	/** nodeHelper as `bundleHelper` builds it. */
	helper: string;
	/** Seconds in which a provisional change must be confirmed. */
	confirmWithin?: number;
	/** Written over the shipped configuration. */
	files?: Record<string, string>;
	/** From where it is reached. */
	addresses: readonly string[];
	/** Where something listens. */
	ports: readonly number[];
}

/** Needs root. Nothing of the machine is changed. fail2ban is not started. The caller must `close()` it. */
export async function startProtectedNode(
	release: Release,
	{ helper, confirmWithin = 60, files = {}, addresses, ports }: ProtectedNodeOptions,
): Promise<ProtectedNode> {
	const folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-node-'));
	const cleanups: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
	const close = async () => {
		for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
	};
	try {
		const logs = join(folder, 'log');
		await mkdir(logs);
		const journal = await startLiveJournal(logs);
		cleanups.push(() => journal.close());
		const outside = await createNetNamespace();
		cleanups.push(() => outside.close());
		const net = await createNetNamespace({ mounts: { '/var/log': logs, ...(await writeNames(folder)) } });
		cleanups.push(() => net.close());
		await connect(net, outside, addresses);
		cleanups.push(await listenOn(net, ports));
		const stock = await readFile(join(release.stock, debianChoice), 'utf8');
		const fail2ban = await startFail2ban(await net.inside(release), {
			start: false,
			files: { [debianChoice]: stock, ...files },
		});
		// as the package makes it
		await writeFile(fail2ban.log, '');
		cleanups.push(() => fail2ban.stop());
		const { call, stop } = await spawnHelper(net, release, fail2ban, { folder, helper, confirmWithin });
		cleanups.push(stop);
		return {
			fail2ban,
			net,
			journal,
			call,
			async reach(from, to) {
				const attempts = from.flatMap((address) =>
					to.map((port) => ({
						from: address,
						to: address.includes(':') ? nodeAddresses.ipv6 : nodeAddresses.ipv4,
						port,
					})),
				);
				const found = await connectFrom(outside, attempts);
				return Object.fromEntries(
					from.map((address, n) => [address, found.slice(n * to.length, (n + 1) * to.length)]),
				);
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** fail2ban asks for its own node's name before its first ban; here no name server would ever answer. */
async function writeNames(folder: string): Promise<Record<string, string>> {
	const hosts = join(folder, 'hosts');
	const resolver = join(folder, 'resolv.conf');
	await writeFile(hosts, `127.0.0.1 localhost\n::1 localhost\n${nodeAddresses.ipv4} ${hostname()}\n`);
	await writeFile(resolver, 'nameserver 127.0.0.1\n');
	return { '/etc/hosts': hosts, '/etc/resolv.conf': resolver };
}

/** A wire between two networks. */
async function connect(
	node: NetNamespace,
	outside: NetNamespace,
	addresses: readonly string[],
): Promise<void> {
	await node.must(
		'ip',
		'link',
		'add',
		'wire',
		'type',
		'veth',
		'peer',
		'name',
		'wire',
		'netns',
		`${outside.pid}`,
	);
	// nobody else is there, so no address waits for the proof that it is free
	const give = (address: string) =>
		address.includes(':') ? `addr add ${address}/64 dev wire nodad` : `addr add ${address}/24 dev wire`;
	const up = ['link set lo up', 'link set wire up'];
	await ipBatch(node, [...up, ...Object.values(nodeAddresses).map(give), `route add default via ${gateway}`]);
	await ipBatch(outside, [...up, ...addresses.map(give)]);
}

async function ipBatch(net: NetNamespace, lines: readonly string[]): Promise<void> {
	const { exit, stderr } = await net.run('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
	if (exit !== 0) throw new Error(`ip: exit ${exit}\n${stderr}`);
}

/** Besides what every node with Proxmox VE has; Proxmox Backup Server is installed beside it. */
const nodeHas = ({ version }: Release) => ({
	...debian[version],
	'/usr/sbin/nft': '',
	'/usr/lib/systemd/system/proxmox-backup-proxy.service': '',
});

async function spawnHelper(
	node: NetNamespace,
	release: Release,
	fail2ban: PrivateFail2ban,
	{ folder, helper, confirmWithin }: { folder: string; helper: string; confirmWithin: number },
) {
	const socket = join(folder, 'helper.sock');
	const [program, ...enter] = node.enter;
	const child = spawn(
		program,
		[
			...[...enter, process.execPath, helper],
			...['--socket', socket, '--state', join(folder, 'state')],
			...['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket],
			...['--fail2ban-bin', release.bin, '--confirm-within', String(confirmWithin)],
		],
		{
			env: { ...process.env, NODE_FILES: JSON.stringify(nodeHas(release)) },
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	const gone = once(child, 'exit');
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (part: string) => {
			text += part;
		});
	}
	const stop = async () => {
		child.kill('SIGTERM');
		await gone;
	};
	await Promise.race([
		until(async () => text.includes('ready'), 'the helper is up').catch(async (error) => {
			await stop();
			throw error;
		}),
		gone.then(() => Promise.reject(new Error(`the helper ended: ${text}`))),
	]);
	return { call: callSocket(socket), stop };
}
