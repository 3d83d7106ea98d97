import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltHelper } from './builtHelper.ts';
import type { Load } from './loadedServer.ts';
import { data, repeated, summary, timed } from './timing.ts';

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
export function pagesOf({ bans }: Load): Record<string, unknown>[] {
	return [
		...sorts.flatMap((sort) => ['ASC', 'DESC'].map((dir) => ({ sort, dir }))),
		...searches.map((search) => ({ search })),
		...searches.map((search) => ({ search, sort: 'ip', jail: 'sshd' })),
		{ start: bans - 50 },
	];
}

/**
 * Milliseconds until the first list of a fresh helper is there. A call that gives up is made again, as the panel does;
 * what took longer than a minute is not waited for.
 */
export async function firstList(helper: BuiltHelper): Promise<{ ms: number; refused: number }> {
	let refused = 0;
	const ms = await timed(async () => {
		const end = Date.now() + 60_000;
		for (;;) {
			const { status, body } = await helper.call('GET', '/bans');
			if (status === 200) return;
			refused++;
			if (status !== 504 || Date.now() > end) throw new Error(`GET /bans ${status}: ${JSON.stringify(body)}`);
		}
	});
	return { ms, refused };
}

/** Waits until the helper has asked the server for the exact times too, which it does after the first list. */
export async function settled({ bans, jails }: Load): Promise<void> {
	await sleep(3000 + bans / 20 + jails * 100);
}

export interface PageTimes {
	/** The slowest median of all sorts and searches. */
	slowest: number;
	/** How the slowest one asks. */
	by: string;
	/** Median and maximum of the first time that each is asked. */
	first: { median: number; max: number };
}

/** Pages of a list that is there. */
export async function pageTimes(helper: BuiltHelper, load: Load): Promise<PageTimes> {
	const pages = pagesOf(load);
	const ask = (params: Record<string, unknown>) => data(helper.call('GET', '/bans', params));
	const first: number[] = [];
	for (const params of pages) first.push(await timed(() => ask(params)));
	const medians: { ms: number; by: string }[] = [];
	for (const params of pages) {
		const { median } = await repeated(5, () => ask(params));
		medians.push({
			ms: median,
			by: Object.entries(params)
				.map((each) => each.join(' '))
				.join(', '),
		});
	}
	const [slowest] = medians.sort((a, b) => b.ms - a.ms);
	return { slowest: slowest?.ms ?? 0, by: slowest?.by ?? '', first: summary(first) };
}
