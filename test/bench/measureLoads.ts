import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltHelper } from './builtHelper.ts';
import { clientsTime } from './clientProcess.ts';
import type { Bench } from './context.ts';
import { formatted, type Measurement, toward } from './figures.ts';
import { endLoadedServer, jailNames, startLoadedServer } from './loadedServer.ts';
import { firstList, pageTimes, settled } from './measureBans.ts';
import { measureChange, measureJails } from './measureHelper.ts';
import { data } from './timing.ts';

/** 150 jails. */
export async function measureManyJails(bench: Bench): Promise<Measurement[]> {
	const load = { jails: 150, bans: bench.scaled(50_000) };
	const fail2ban = await startLoadedServer(bench.release, load);
	try {
		const helper = await BuiltHelper.listen(fail2ban);
		try {
			await data(helper.call('GET', '/status'));
			await sleep(1500);
			const jails = await measureJails(fail2ban, helper, load, { time: 'jails150', ratio: 'ratio150' });
			return [...jails, ...(await measureChange(fail2ban, helper, 'change150'))];
		} finally {
			await helper.stop();
		}
	} finally {
		await endLoadedServer(fail2ban);
	}
}

/** 200,000 bans. */
export async function measureManyBans(bench: Bench): Promise<Measurement[]> {
	const load = { jails: 30, bans: bench.scaled(200_000) };
	const fail2ban = await startLoadedServer(bench.release, load);
	try {
		const helper = await BuiltHelper.listen(fail2ban);
		try {
			await data(helper.call('GET', '/status'));
			await sleep(1500);
			const { ms, refused } = await firstList(helper);
			await settled(load);
			const pages = await pageTimes(helper, load);
			const { memory } = helper;
			const lists = await clientsTime(fail2ban, jailNames(load.jails), (jail) => [
				'get',
				jail,
				'banip',
				'--with-time',
			]);
			const times = refused === 0 ? '' : `; ${refused} calls gave up before`;
			return [
				toward('cold200', ms, {
					alternative: { ms: lists, is: 'fail2ban-client get JAIL banip --with-time, one process per jail' },
					note: `time only; whether it shows progress is not measured${times}`,
				}),
				toward('page200', pages.slowest, {
					note: `by ${pages.by}; each asked for the first time ${formatted(pages.first.median, 'ms')}, at most ${formatted(pages.first.max, 'ms')}`,
				}),
				toward('memory200', memory),
			];
		} finally {
			await helper.stop();
		}
	} finally {
		await endLoadedServer(fail2ban);
	}
}
