import { setTimeout as sleep } from 'node:timers/promises';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import type { PrivateFail2ban } from '../support/fail2ban.ts';
import { BuiltHelper, idleExitOfUnit } from './builtHelper.ts';
import { clientsTime, clientTime } from './clientProcess.ts';
import type { Bench } from './context.ts';
import { formatted, type Measurement, toward } from './figures.ts';
import { addressesOf, endLoadedServer, jailNames, type Load, startLoadedServer } from './loadedServer.ts';
import { firstList, pageTimes, settled } from './measureBans.ts';
import { measureTests } from './measureTests.ts';
import { data, repeated, summary, timed } from './timing.ts';

const most = (ms: number) => `at most ${formatted(ms, 'ms')}`;

async function measureStarts(fail2ban: PrivateFail2ban, load: Load): Promise<Measurement[]> {
	const starts: number[] = [];
	const cold: number[] = [];
	for (let n = 0; n < 5; n++) {
		const helper = await BuiltHelper.listen(fail2ban);
		try {
			starts.push(await timed(() => data(helper.call('GET', '/status'))));
			// the start itself goes on for a moment after its first answer
			await sleep(1000);
			cold.push((await firstList(helper)).ms);
		} finally {
			await helper.stop();
		}
	}
	const plain = await clientTime(fail2ban, 'status');
	const lists = await clientsTime(fail2ban, jailNames(load.jails), (jail) => [
		'get',
		jail,
		'banip',
		'--with-time',
	]);
	const all = await clientTime(fail2ban, 'banned');
	return [
		toward('start', summary(starts).median, {
			alternative: { ms: plain, is: 'fail2ban-client status' },
			note: most(summary(starts).max),
		}),
		toward('cold', summary(cold).median, {
			alternative: { ms: lists, is: 'fail2ban-client get JAIL banip --with-time, one process per jail' },
			note: `${most(summary(cold).max)}; one "banned", without times: ${formatted(all, 'ms')}`,
		}),
	];
}

/** GET /jails in processor time, and beside one client process per jail. */
export async function measureJails(
	fail2ban: PrivateFail2ban,
	helper: BuiltHelper,
	{ jails }: Load,
	goals: { time: 'jails30' | 'jails150'; ratio: 'ratio30' | 'ratio150' },
): Promise<Measurement[]> {
	const list = () => data(helper.call('GET', '/jails'));
	await list();
	const processor = await helper.processorTimeOf(list);
	const { median, max } = await repeated(40, list);
	const clients = await clientsTime(fail2ban, jailNames(jails), (jail) => ['status', jail]);
	const is = 'fail2ban-client status JAIL, one process per jail';
	return [
		toward(goals.time, processor, { note: `of the helper; mean of 60 calls` }),
		toward(goals.ratio, clients / median, {
			note: `GET /jails ${formatted(median, 'ms')} (${most(max)}), ${is} ${formatted(clients, 'ms')}`,
		}),
	];
}

async function measureReads(
	fail2ban: PrivateFail2ban,
	helper: BuiltHelper,
	load: Load,
): Promise<Measurement[]> {
	await data(helper.call('GET', '/status'));
	await sleep(1500);
	const jails = await measureJails(fail2ban, helper, load, { time: 'jails30', ratio: 'ratio30' });
	const status = await repeated(40, () => data(helper.call('GET', '/status')));
	const empty = helper.memory;
	await firstList(helper);
	await settled(load);
	const pages = await pageTimes(helper, load);
	return [
		...jails,
		{ name: 'GET /status', unit: 'ms', measured: status.median, note: most(status.max) },
		toward('page', pages.slowest, {
			note: `by ${pages.by}; each asked for the first time ${formatted(pages.first.median, 'ms')}, ${most(pages.first.max)}`,
		}),
		toward('memoryNone', empty),
		toward('memory50', helper.memory),
	];
}

async function measureFrozen(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Measurement[]> {
	fail2ban.freeze();
	try {
		const status = await repeated(3, () => data(helper.call('GET', '/status')));
		const jails = await repeated(3, () => data(helper.call('GET', '/jails')));
		return [toward('frozenStatus', status.max), toward('frozenJails', jails.max)];
	} finally {
		fail2ban.thaw();
		// what waited in its socket
		await sleep(1000);
	}
}

/** Changes of one jail, each with its whole transaction. */
export async function measureChange(
	fail2ban: PrivateFail2ban,
	helper: BuiltHelper,
	goal: 'change30' | 'change150',
): Promise<Measurement[]> {
	const change = await changeTime(helper);
	const reload = await repeated(3, () => clientTime(fail2ban, 'reload', 'bench000'));
	return [
		toward(goal, change.median, {
			alternative: { ms: reload.median, is: 'fail2ban-client reload JAIL, after an edit by hand' },
			note: most(change.max),
		}),
	];
}

export function changeTime(helper: BuiltHelper): Promise<{ median: number; max: number }> {
	return repeated(5, (n) => data(helper.call('PUT', '/jails/bench000', { findtime: `${n + 20}m` })));
}

/** Longest wait of another client of the server's socket while something goes on, and how long that took. */
async function longestWait(
	fail2ban: PrivateFail2ban,
	work: () => Promise<unknown>,
): Promise<{ whole: number; longest: number }> {
	const server = new SocketServer({ path: fail2ban.socket });
	let running = true;
	const waits: number[] = [];
	const watch = (async () => {
		while (running) {
			waits.push(await timed(() => server.version({ timeout: 60_000 })));
			await sleep(20);
		}
	})();
	try {
		const whole = await timed(work);
		return { whole, longest: summary(waits).max };
	} finally {
		running = false;
		await watch;
		server.close();
	}
}

async function measureUnban(
	fail2ban: PrivateFail2ban,
	helper: BuiltHelper,
	load: Load,
): Promise<Measurement[]> {
	// 10.0.0.0/13 are the IPv4 addresses of the first 8 jails
	const ours = await longestWait(fail2ban, async () => {
		const { status, body } = await helper.call('DELETE', '/bans', { cidr: '10.0.0.0/13' });
		// so many are a task
		if (status !== 200 || body.exit?.ok !== true)
			throw new Error(`DELETE /bans ${status}: ${JSON.stringify(body)}`);
	});
	const others = Array.from({ length: 8 }, (_, n) => addressesOf(n + 8, load)).flat();
	const addresses = others.filter((ip) => !ip.includes(':'));
	const plain = await longestWait(fail2ban, () => clientTime(fail2ban, 'unban', ...addresses));
	return [
		toward('unban', ours.longest, {
			alternative: { ms: plain.longest, is: `fail2ban-client unban of ${addresses.length} addresses` },
		}),
		{
			name: 'DELETE /bans of 10,000: whole call',
			unit: 'ms',
			measured: ours.whole,
			alternative: { ms: plain.whole, is: `fail2ban-client unban of ${addresses.length} addresses` },
		},
	];
}

/** The unit's ten minutes are read, not waited for; that a helper ends at its time is tried with three seconds. */
async function measureIdleExit(fail2ban: PrivateFail2ban): Promise<Measurement[]> {
	const helper = await BuiltHelper.listen(fail2ban, { idleExit: 3 });
	try {
		await data(helper.call('GET', '/status'));
		const gone = await timed(() => Promise.race([helper.ended(), sleep(20_000)]));
		const note = `as the unit says; with 3 s it was gone after ${formatted(gone / 1000, 's')}`;
		if (gone > 15_000) throw new Error('a helper with --idle-exit 3 still runs after 15 s');
		return [toward('idleExit', idleExitOfUnit(), { note })];
	} finally {
		await helper.stop();
	}
}

export async function measureHelper(bench: Bench): Promise<Measurement[]> {
	const load = { jails: 30, bans: bench.scaled(50_000) };
	const fail2ban = await startLoadedServer(bench.release, load);
	try {
		const measured = [...(await measureStarts(fail2ban, load)), ...(await measureIdleExit(fail2ban))];
		const helper = await BuiltHelper.listen(fail2ban);
		try {
			measured.push(...(await measureReads(fail2ban, helper, load)));
			measured.push(...(await measureFrozen(fail2ban, helper)));
			measured.push(...(await measureTests(fail2ban, helper)));
			measured.push(...(await measureChange(fail2ban, helper, 'change30')));
			measured.push(...(await measureUnban(fail2ban, helper, load)));
			return measured;
		} finally {
			await helper.stop();
		}
	} finally {
		await endLoadedServer(fail2ban);
	}
}
