import { setTimeout as sleep } from 'node:timers/promises';
import { type PrivateFail2ban, startFail2ban } from '../support/fail2ban.ts';
import { BuiltHelper } from './builtHelper.ts';
import type { Bench } from './context.ts';
import { formatted } from './figures.ts';
import type { GrowthPoint } from './growthPoint.ts';
import { endLoadedServer, type Load, startLoadedServer } from './loadedServer.ts';
import { day, megabyte, removeLogs, writeLog } from './logFiles.ts';
import { firstList, settled } from './measureBans.ts';
import { changeTime } from './measureHelper.ts';
import { largeHistory, packedPage, searchTimes } from './measureLogs.ts';
import { data, repeated } from './timing.ts';

/** Bans grow at 30 jails, jails at 50,000 bans, and at last both are large. */
const loads: readonly Load[] = [
	{ jails: 30, bans: 1000 },
	{ jails: 30, bans: 10_000 },
	{ jails: 30, bans: 50_000 },
	{ jails: 30, bans: 200_000 },
	{ jails: 3, bans: 50_000 },
	{ jails: 150, bans: 50_000 },
	{ jails: 150, bans: 200_000 },
];

const logSizes = [10, 100, 1000];

async function atLoad(bench: Bench, load: Load): Promise<GrowthPoint> {
	const fail2ban = await startLoadedServer(bench.release, { ...load, bans: bench.scaled(load.bans) });
	try {
		const helper = await BuiltHelper.listen(fail2ban);
		try {
			const list = () => data(helper.call('GET', '/jails'));
			await data(helper.call('GET', '/status'));
			await sleep(1500);
			await list();
			const processor = await helper.processorTimeOf(list);
			const jails = (await repeated(20, list)).median;
			const none = helper.memory;
			// not answered at all is a result, too
			const cold = await firstList(helper).then(
				({ ms }) => ms,
				() => null,
			);
			const page = async (params: Record<string, unknown>) =>
				cold === null ? null : (await repeated(9, () => data(helper.call('GET', '/bans', params)))).median;
			await settled(load);
			const values = {
				jails,
				processor,
				cold,
				page: await page({}),
				search: await page({ search: '10.1' }),
				change: (await changeTime(helper)).median,
				memoryNone: none,
				memory: helper.memory,
			};
			return { ...load, values };
		} finally {
			await helper.stop();
		}
	} finally {
		await endLoadedServer(fail2ban);
	}
}

async function atLogSize(fail2ban: PrivateFail2ban, bench: Bench, size: number): Promise<GrowthPoint> {
	const bytes = bench.scaled(size * megabyte);
	await writeLog(fail2ban.log, bytes, Date.now() - 30 * day, Date.now());
	const helper = await BuiltHelper.listen(fail2ban);
	let page: number;
	let search: number;
	try {
		await data(helper.call('GET', '/status'));
		page = (await repeated(9, () => data(helper.call('GET', '/log', { lastentries: 500 })))).median;
		search = Math.max(...(await searchTimes(helper)).map(({ ms }) => ms));
	} finally {
		await helper.stop();
	}
	const { first, again, memory } = await largeHistory(fail2ban);
	await removeLogs(fail2ban.log);
	const packed = await packedPage(fail2ban, bytes);
	await removeLogs(fail2ban.log);
	const history = first.complete ? first.ms : null;
	const values = { logPage: page, logSearch: search, history, restart: again, packed: packed.first, memory };
	return { megabytes: size, values };
}

/** How times grow. Takes a quarter of an hour at most; `print` gets each point as it is measured. */
export async function measureGrowth(bench: Bench, print: (line: string) => void): Promise<GrowthPoint[]> {
	const points: GrowthPoint[] = [];
	const add = (point: GrowthPoint) => {
		points.push(point);
		const { values, ...of } = point;
		const shown = Object.entries(values).map(([name, value]) => {
			if (value === null) return `${name} –`;
			return `${name} ${formatted(value, name.startsWith('memory') ? 'MB' : 'ms')}`;
		});
		print(`${JSON.stringify(of)}: ${shown.join(', ')}`);
	};
	for (const load of loads) add(await atLoad(bench, load));
	const fail2ban = await startFail2ban(bench.release, { start: false });
	try {
		for (const size of logSizes) add(await atLogSize(fail2ban, bench, size));
	} finally {
		await fail2ban.stop();
	}
	return points;
}
