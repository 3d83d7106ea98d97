import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import type { PrivateFail2ban, Release } from '../support/fail2ban.ts';
import { createNetNamespace, type NetNamespace } from '../support/netNamespace.ts';
import { BuiltHelper } from './builtHelper.ts';
import type { Bench } from './context.ts';
import { formatted, type Measurement, toward } from './figures.ts';
import { addressesOf, endLoadedServer, jailNames, type Load, startLoadedServer } from './loadedServer.ts';
import { firstList } from './measureBans.ts';
import { data, programTime, timed } from './timing.ts';

/** Longer than this (milliseconds) nobody waits until all bans are back. */
const patience = 60_000;

/** The command by which the stock action bans an address. */
async function stockBan({ stock }: Release): Promise<string> {
	const text = await readFile(join(stock, 'action.d/nftables.conf'), 'utf8');
	const [, command] = /^actionban = (.*)$/m.exec(text) ?? [];
	if (command === undefined) throw new Error('action.d/nftables.conf has no actionban');
	return command;
}

/**
 * 50,000 bans that fail2ban gives to nft one by one take many minutes. So it restores them with an action that sets up
 * its table and sets, but adds no address; then the action gets its real command back, and the addresses go into the
 * sets at once. What helper and server see is the same: the bans, the action with its command, and a full firewall.
 */
async function startEnforcingServer(
	release: Release,
	net: NetNamespace,
	load: Load,
): Promise<PrivateFail2ban> {
	const fail2ban = await startLoadedServer(await net.inside(release), load, {
		banaction: 'nftables[type=multiport]',
		files: { 'action.d/nftables.local': '[Definition]\nactionban =\n' },
	});
	const server = new SocketServer({ path: fail2ban.socket });
	try {
		const command = await stockBan(release);
		for (const jail of jailNames(load.jails)) {
			const actions = await server.command(['get', jail, 'actions'], { timeout: 30_000 });
			for (const action of Array.isArray(actions) ? actions : [])
				await server.command(['set', jail, 'action', String(action), 'actionban', command], {
					timeout: 30_000,
				});
		}
		await fillFirewall(net, load);
		return fail2ban;
	} catch (error) {
		await endLoadedServer(fail2ban);
		throw error;
	} finally {
		server.close();
	}
}

async function fillFirewall(net: NetNamespace, load: Load): Promise<void> {
	const commands = jailNames(load.jails).flatMap((jail, number) => {
		const all = addressesOf(number, load);
		const set = (name: string, ips: string[]) =>
			ips.length === 0 ? [] : `add element inet f2b-table ${name}-set-${jail} { ${ips.join(', ')} }\n`;
		const isV6 = (ip: string) => ip.includes(':');
		return [
			set(
				'addr',
				all.filter((ip) => !isV6(ip)),
			),
			set('addr6', all.filter(isV6)),
		].flat();
	});
	// fail2ban counts a ban before its action has made the jail's set; nft takes all commands or none
	const end = Date.now() + 120_000;
	for (;;) {
		const { exit, stderr } = await net.run('nft', ['-f', '-'], { input: commands.join(''), timeout: 60_000 });
		if (exit === 0) return;
		if (Date.now() > end) throw new Error(`filling the firewall: ${stderr.slice(0, 300)}`);
		await sleep(500);
	}
}

interface Row {
	jail: string;
	banned: number;
	enforced: number | null;
	reason: string | null;
}

/** Throws unless the firewall holds exactly so many bans by the helper's own account. */
function mustHold(rows: readonly Row[], expected: number): void {
	const sum = rows.reduce((all, { enforced }) => all + (enforced ?? 0), 0);
	if (sum !== expected)
		throw new Error(
			`GET /enforcement counts ${sum} enforced bans, not ${expected}: ${rows.find(({ reason }) => reason)?.reason}`,
		);
}

async function measured(net: NetNamespace, helper: BuiltHelper, load: Load): Promise<Measurement[]> {
	const rows = () => data(helper.call('GET', '/enforcement')) as Promise<Row[]>;
	await firstList(helper);
	const times: number[] = [];
	for (let n = 0; n < 3; n++) {
		let found: Row[] = [];
		times.push(
			await timed(async () => {
				found = await rows();
			}),
		);
		mustHold(found, load.bans);
	}
	const [first = 0, ...again] = times;
	const list = await programTime(net.enter[0], [...net.enter.slice(1), 'nft', 'list', 'ruleset']);
	await net.must('nft', 'flush', 'ruleset');
	let outcome = '';
	const reapply = helper.call('POST', '/enforcement').then(
		({ body }) => {
			outcome = body?.exit?.ok ? 'done' : JSON.stringify(body).slice(0, 300);
		},
		(error: unknown) => {
			// the helper is ended when nobody waits any longer
			outcome ||= String(error);
		},
	);
	const whole = await timed(() => Promise.race([reapply, sleep(patience, undefined, { ref: false })]));
	if (outcome !== '' && outcome !== 'done') throw new Error(`POST /enforcement: ${outcome}`);
	const note = outcome === 'done' ? '' : `given up after ${patience / 1000} s`;
	if (outcome === 'done') mustHold(await rows(), load.bans);
	else outcome = 'given up';
	return [
		toward('enforcement', Math.max(first, ...again) / 1000, {
			alternative: { ms: list, is: 'nft list ruleset, not compared with any list of bans' },
			note: `the slowest of ${times.map((ms) => formatted(ms, 'ms')).join(', ')}`,
		}),
		toward('reapply', whole / 1000, note === '' ? {} : { note }),
	];
}

/** Needs root: the firewall is that of a network namespace. */
export async function measureEnforcement(bench: Bench): Promise<Measurement[]> {
	const load = { jails: 150, bans: bench.scaled(50_000) };
	const net = await createNetNamespace();
	try {
		const fail2ban = await startEnforcingServer(bench.release, net, load);
		try {
			const helper = await BuiltHelper.listen(fail2ban, { enter: net.enter });
			try {
				return await measured(net, helper, load);
			} finally {
				await helper.stop();
			}
		} finally {
			await endLoadedServer(fail2ban);
		}
	} finally {
		await net.close();
	}
}
