/** Measures the limits of the design against a real fail2ban with 30 jails and 50,000 bans: npm run bench [version]. */
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { type PrivateFail2ban, type Release, releases } from '../support/fail2ban.ts';
import { BuiltHelper } from './builtHelper.ts';
import { milliseconds, printTable, type Row, repeated, summary, timed, within } from './figures.ts';
import { banCount, jailCount, jails, startLoadedServer } from './loadedServer.ts';
import { measureLogs } from './measureLogs.ts';
import { measurePanel } from './measurePanel.ts';
import { measureTests } from './measureTests.ts';

const sorts = ['ip', 'jail', 'since', 'until', 'bantime', 'count'];
const searches = [
	'1',
	'10.1',
	'2001:DB8:1',
	'2001:db8:0:0::',
	'10.7.0.0/16',
	'0.0.0.0/0',
	'2001:db8:3::/48',
	'nothing',
];

/** Every sort and search once, in the order in which nothing was asked before. */
const pages = [
	...sorts.flatMap((sort) => ['ASC', 'DESC'].map((dir) => ({ sort, dir }))),
	...searches.map((search) => ({ search })),
	...searches.map((search) => ({ search, sort: 'ip', jail: 'sshd' })),
	{ start: banCount - 50 },
];

async function answered(call: Promise<{ status: number; body: unknown }>): Promise<void> {
	const { status, body } = await call;
	if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
}

async function measureStarts(fail2ban: PrivateFail2ban): Promise<Row[]> {
	const starts: number[] = [];
	const cold: number[] = [];
	for (let n = 0; n < 5; n++) {
		const helper = await BuiltHelper.listen(fail2ban);
		starts.push(await timed(() => answered(helper.call('GET', '/status'))));
		// the start itself goes on for a moment behind its first answer
		await sleep(1000);
		cold.push(await timed(() => answered(helper.call('GET', '/bans'))));
		await helper.stop();
	}
	return [
		within('socket activation to first answer', summary(starts).median, 300),
		within('GET /bans, cold', summary(cold).median, 400),
	];
}

async function measureReads(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Row[]> {
	await answered(helper.call('GET', '/status'));
	await sleep(1500);
	const list = await repeated(40, () => answered(helper.call('GET', '/jails')));
	const status = await repeated(40, () => answered(helper.call('GET', '/status')));
	const empty = helper.memory;
	const clients = await timed(async () => {
		for (const jail of jails) await fail2ban.client('status', jail);
	});
	await answered(helper.call('GET', '/bans'));
	// behind the first list the helper asks the server for the exact times
	await sleep(10_000);
	const page = (n: number) => answered(helper.call('GET', '/bans', pages[n]));
	const first: number[] = [];
	for (const n of pages.keys()) first.push(await timed(() => page(n)));
	const again: number[] = [];
	for (const n of pages.keys()) again.push((await repeated(5, () => page(n))).median);
	const memory = (what: string, value: number, limit: number): Row => ({
		what,
		value: `${value.toFixed(0)} MB`,
		limit: `≤ ${limit} MB`,
		met: value <= limit,
	});
	const ratio = clients / list.median;
	return [
		within('GET /jails', list.median, 15, `at most ${milliseconds(list.max)}`),
		{ what: 'one client process per jail', value: milliseconds(clients), limit: '', met: null },
		{
			what: '… in relation to GET /jails',
			value: `${ratio.toFixed(0)} ×`,
			limit: '≥ 200 ×',
			met: ratio >= 200,
		},
		within('GET /status', status.median, 1000, `at most ${milliseconds(status.max)}`),
		within(
			`GET /bans, the slowest of ${pages.length} sorts and searches`,
			summary(again).max,
			20,
			'median of 5',
		),
		{
			what: '… each asked for the first time',
			value: `${milliseconds(summary(first).median)} (at most ${milliseconds(summary(first).max)})`,
			limit: '',
			met: null,
		},
		memory('memory without a list', empty, 70),
		memory('memory with all bans', helper.memory, 110),
	];
}

async function measureWrites(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Row[]> {
	const change = await repeated(5, (n) =>
		answered(helper.call('PUT', '/jails/bench03', { findtime: `${n + 20}m` })),
	);
	const server = new SocketServer({ path: fail2ban.socket });
	let running = true;
	const pings: number[] = [];
	const watch = (async () => {
		while (running) {
			pings.push(await timed(() => server.version({ timeout: 30_000 })));
			await sleep(20);
		}
	})();
	// 10.0.0.0/13 are the IPv4 addresses of the first 8 jails
	const unban = await timed(() => answered(helper.call('DELETE', '/bans', { cidr: '10.0.0.0/13' })));
	running = false;
	await watch;
	server.close();
	return [
		within(
			'PUT /jails/{jail}, whole transaction',
			change.median,
			1500,
			`at most ${milliseconds(change.max)}`,
		),
		{ what: 'DELETE /bans, 12,000 addresses', value: milliseconds(unban), limit: '', met: null },
		within('… longest wait of another client', summary(pings).max, 500),
	];
}

async function bench(release: Release): Promise<Row[]> {
	const load = `load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors`;
	console.log(`fail2ban ${release.version}, ${load}: setting ${banCount} bans in ${jailCount} jails …`);
	const fail2ban = await startLoadedServer(release);
	try {
		const starts = await measureStarts(fail2ban);
		const helper = await BuiltHelper.listen(fail2ban);
		try {
			return [
				...(await measureReads(fail2ban, helper)),
				...starts,
				...(await measureTests(fail2ban, helper)),
				...(await measureWrites(fail2ban, helper)),
			];
		} finally {
			await helper.stop();
		}
	} finally {
		// stopping lifts the bans one by one, which takes minutes
		await fail2ban.kill();
		await fail2ban.stop();
	}
}

await import('../../build/build.ts');
const wanted = process.argv[2];
for (const release of releases().filter(({ version }) => wanted === undefined || version === wanted)) {
	printTable(`fail2ban ${release.version}, ${jailCount} jails, ${banCount} bans`, await bench(release));
}
const [release] = releases();
if (release !== undefined) printTable('logs', await measureLogs(release));
printTable(`panel, ${banCount} bans`, await measurePanel());
