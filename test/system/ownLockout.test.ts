import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHelper } from '../support/bundleHelper.ts';
import * as logins from '../support/daemonEntries.ts';
import { releases } from '../support/fail2ban.ts';
import { fingerprint } from '../support/helper.ts';
import { type ProtectedNode, startProtectedNode } from '../support/protectedNode.ts';
import { until } from '../support/until.ts';

/** The address of the caller, as the helper is told. */
const own = '192.0.2.10';
/** Banned before. */
const known = '192.0.2.20';
/** Failed once, days ago. */
const careless = '192.0.2.30';
const bystander = '192.0.2.40';
const addresses = [own, known, careless, bystander];
const ports = [22, 8006];
const open = ['open', 'open'];
const refused = ['refused', 'refused'];

/** Long enough for the bans to be seen on a busy machine (seconds). */
const confirmWithin = 45;
const hour = 3600;

/** One jail, as an admin may have it. */
const before = `[sshd]
enabled = true
backend = systemd
banaction = nftables[type=allports]
maxretry = 5
findtime = 10m
bantime = 1h
`;

let folder: string;
let helper: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-lockout-'));
	helper = await bundleHelper(folder, 'nodeHelper');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nodes = releases().flatMap((release) =>
	(['runs', 'is stopped'] as const).map((state) => [release.version, state, release] as const),
);

describe.concurrent.each(nodes)('where fail2ban %s %s', (_version, state, release) => {
	/** Who is banned as long as there is no change. */
	const usual = {
		[own]: open,
		[known]: state === 'runs' ? refused : open,
		[careless]: open,
		[bystander]: open,
	};

	let node: ProtectedNode;
	let files: Record<string, string>;

	beforeAll(async () => {
		const option = { helper, files: { 'jail.local': before }, confirmWithin, addresses, ports };
		node = await startProtectedNode(release, option);
		const bothWays = (address: string) => [...logins.sshd12(address), ...logins.pvePassword(address)];
		node.journal.append(bothWays(careless), 72 * hour);
		node.journal.append([...bothWays(own), ...bothWays(own)], 24 * hour);
		for (let n = 0; n < 5; n++) node.journal.append(logins.sshd12(known), 60 - n);
		await node.fail2ban.start();
		await waitFor({ ...usual, [known]: refused });
		if (state === 'is stopped') await node.fail2ban.client('stop');
		await waitFor(usual);
		files = await fingerprint(node.fail2ban.config);
	});
	afterAll(async () => {
		await node?.close();
	});

	async function waitFor(wanted: Record<string, readonly string[]>): Promise<void> {
		let found: Record<string, readonly string[]> = {};
		await until(async () => {
			found = await node.reach(addresses, ports);
			return JSON.stringify(found) === JSON.stringify(wanted);
		}, 'connections').catch(() => expect(found).toEqual(wanted));
	}

	const status = async () => (await node.call('GET', '/status')).body.data;
	const banned = async () => {
		const rows = (await node.call('GET', '/bans')).body.data as { ip: string; jail: string }[];
		return rows.map(({ ip, jail }) => `${ip} ${jail}`).sort();
	};
	const wish = { preset: 'one-attempt', jails: 'sshd,pam-generic,proxmox', ignore: '', client: own };

	it.sequential('refuses one attempt to who has failed himself, with his address and the duration', async () => {
		const { status: code, body } = await node.call('POST', '/protection', wish);
		expect([code, body.error?.code]).toEqual([409, 'would-ban']);
		expect(body.error.errors['would-ban']).toBe(own);
		expect(body.error.message).toContain(`${own}, the address you use now, for 30 days`);
		expect(await fingerprint(node.fail2ban.config)).toEqual(files);
		await waitFor(usual);
	});

	it.sequential('lets who forces it be banned, and lets him in again when he does not confirm', async () => {
		const forced = node.call('POST', '/protection', { ...wish, force: 1 });
		await waitFor({ [own]: refused, [known]: refused, [careless]: refused, [bystander]: open });
		// the bans are there before the last jail of the change is
		expect(
			await until(async () => (await status()).provisional, 'the change awaits confirmation'),
		).toMatchObject({ user: 'root@pam', seconds: expect.any(Number) });
		// the jail sshd ran before, and looks at no line a second time
		expect(await banned()).toEqual(
			[own, known, careless]
				.flatMap((ip) => [`${ip} pam-generic`, `${ip} ${ip === known ? 'sshd' : 'proxmox'}`])
				.sort(),
		);
		const { body, lines } = await forced;
		expect(body).toEqual({ exit: { ok: true } });
		expect((lines ?? []).join('\n')).toContain(`${confirmWithin} s`);

		await waitFor({ [own]: open, [known]: refused, [careless]: open, [bystander]: open });
		await until(async () => (await status()).provisional === null, 'the end of it');
		expect(await fingerprint(node.fail2ban.config)).toEqual(files);
		expect(await banned()).toEqual([`${known} sshd`]);
		expect((await node.fail2ban.client('status')).stdout).toMatch(/Jail list:\s+sshd\s*$/m);
		expect((await node.fail2ban.client('get', 'sshd', 'bantime')).stdout.trim()).toBe('3600');
	});
});
