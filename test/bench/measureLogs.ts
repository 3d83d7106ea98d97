import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PrivateFail2ban, startFail2ban } from '../support/fail2ban.ts';
import { BuiltHelper } from './builtHelper.ts';
import type { Bench } from './context.ts';
import { formatted, type Measurement, toward } from './figures.ts';
import { day, megabyte, pack, removeLogs, writeLog } from './logFiles.ts';
import { data, programTime, repeated, timed } from './timing.ts';

/** A fresh helper, whose start is over. */
async function started(fail2ban: PrivateFail2ban, state?: string): Promise<BuiltHelper> {
	const helper = await BuiltHelper.listen(fail2ban, state === undefined ? {} : { state });
	await data(helper.call('GET', '/status'));
	await sleep(1500);
	return helper;
}

/** Longer than this (milliseconds) nobody waits for a history. */
const patience = 90_000;

/** One question for the 30 days before a time; the panel asks again while an answer is not complete. */
function historyOf(helper: BuiltHelper, until: number): Promise<{ complete: boolean }> {
	return data(helper.call('GET', '/history', { since: until - 30 * 86_400, until, bucket: 'day' }));
}

async function completeHistory(
	helper: BuiltHelper,
	until: number,
): Promise<{ ms: number; complete: boolean; answers: number }> {
	let complete = false;
	let answers = 0;
	const ms = await timed(async () => {
		const end = Date.now() + patience;
		while (!complete && Date.now() < end) {
			({ complete } = await historyOf(helper, until));
			answers++;
		}
	});
	return { ms, complete, answers };
}

const incomplete = `given up after ${patience / 1000} s`;

async function measureHistory(fail2ban: PrivateFail2ban, size: number): Promise<Measurement[]> {
	const now = Date.now();
	for (const age of [3, 2, 1])
		await writeLog(`${fail2ban.log}.${age}`, size / 4, now - (age + 1) * 7 * day, now - age * 7 * day);
	for (const age of [3, 2]) await pack(`${fail2ban.log}.${age}`);
	await writeLog(fail2ban.log, size / 4, now - 7 * day, now);
	const files = ['', '.1', '.2.gz', '.3.gz'].map((name) => fail2ban.log + name);
	const plain = await programTime('zgrep', ['-hc', ' Ban ', ...files]);
	const until = Math.floor(now / 1000);
	const helper = await started(fail2ban);
	try {
		const cold = await completeHistory(helper, until);
		const warm = await repeated(20, () => historyOf(helper, until));
		const { memory } = helper;
		return [
			toward('historyCold', cold.ms, {
				alternative: { ms: plain, is: 'zgrep -c " Ban " in all files' },
				note: cold.complete ? `memory then ${formatted(memory, 'MB')}` : incomplete,
			}),
			toward('historyWarm', warm.median, { note: `at most ${formatted(warm.max, 'ms')}` }),
		];
	} finally {
		await helper.stop();
	}
}

/** History of one large log, the first time and by a helper that starts with the state of that one. */
export async function largeHistory(
	fail2ban: PrivateFail2ban,
): Promise<{ first: { ms: number; complete: boolean; answers: number }; again: number; memory: number }> {
	const state = await mkdtemp(join(tmpdir(), 'state-'));
	const until = Math.floor(Date.now() / 1000);
	try {
		const helper = await started(fail2ban, state);
		let first: Awaited<ReturnType<typeof completeHistory>>;
		let memory: number;
		try {
			first = await completeHistory(helper, until);
			({ memory } = helper);
			// so that it may keep what it read
			await sleep(2000);
		} finally {
			await helper.stop();
		}
		const next = await started(fail2ban, state);
		try {
			return { first, again: (await completeHistory(next, until)).ms, memory };
		} finally {
			await next.stop();
		}
	} finally {
		await rm(state, { recursive: true, force: true });
	}
}

/** Searches that find nothing, so that each reads the whole log, and what an admin would type instead. */
const searches: readonly { what: string; params: Record<string, unknown>; grep: string[] }[] = [
	{ what: 'an address', params: { search: '192.0.2.254' }, grep: ['-Fi', '192.0.2.254'] },
	{ what: 'a word', params: { search: 'nowhere to be found' }, grep: ['-Fi', 'nowhere to be found'] },
	{ what: 'a level', params: { level: 'ERROR' }, grep: ['-E', ': (ERROR|CRITICAL) '] },
	{ what: 'a jail', params: { jail: 'proxmox' }, grep: ['-F', '[proxmox]'] },
];

export interface SearchTime {
	what: string;
	ms: number;
	/** The helper gave up before the end. */
	stopped: boolean;
}

export async function searchTimes(helper: BuiltHelper): Promise<SearchTime[]> {
	const found: SearchTime[] = [];
	for (const { what, params } of searches) {
		let lines: string[] = [];
		const ms = await timed(async () => {
			lines = await data(helper.call('GET', '/log', params));
		});
		found.push({ what, ms, stopped: lines.some((text) => text.startsWith('-- Not searched')) });
	}
	return found;
}

async function measureLog(fail2ban: PrivateFail2ban, size: number): Promise<Measurement[]> {
	await writeLog(fail2ban.log, size, Date.now() - 30 * day, Date.now());
	const greps: number[] = [];
	for (const { grep } of searches)
		greps.push(await programTime('grep', ['-c', ...grep, fail2ban.log], [0, 1]));
	const tail = await programTime('tail', ['-n', '500', fail2ban.log]);
	const helper = await started(fail2ban);
	const measured: Measurement[] = [];
	try {
		const page = await repeated(20, () => data(helper.call('GET', '/log', { lastentries: 500 })));
		measured.push(
			toward('logPage', page.median, {
				alternative: { ms: tail, is: 'tail -n 500' },
				note: `at most ${formatted(page.max, 'ms')}`,
			}),
		);
		const times = await searchTimes(helper);
		const slowest = times.reduce((worst, one) => (one.ms > worst.ms ? one : worst));
		const rate = ({ ms }: SearchTime) => size / megabyte / (ms / 1000);
		const each = times.map((one) =>
			one.stopped
				? `${one.what}: stopped after ${formatted(one.ms, 'ms')}`
				: `${one.what}: ${formatted(rate(one), 'MB/s')}`,
		);
		const slowGrep = greps[times.indexOf(slowest)] ?? 0;
		measured.push(
			toward('logSearch', slowest.stopped ? 0 : rate(slowest), {
				note: `${each.join(', ')}; grep for ${slowest.what}: ${formatted(slowGrep, 'ms')}, ours ${formatted(slowest.ms, 'ms')}; memory then ${formatted(helper.memory, 'MB')}`,
			}),
		);
	} finally {
		await helper.stop();
	}
	const grepBans = await programTime('grep', ['-c', ' Ban ', fail2ban.log]);
	const { first, again, memory } = await largeHistory(fail2ban);
	const alternative = { ms: grepBans, is: 'grep -c " Ban "' };
	const first2 = first.complete
		? `${first.answers} answers; memory then ${formatted(memory, 'MB')}`
		: incomplete;
	measured.push(
		toward('historyLarge', first.ms / 1000, { alternative, note: first2 }),
		toward('historyRestart', again, { alternative }),
	);
	return measured;
}

/** The first page of a fresh helper, when all lines are in a file that is packed. */
export async function packedPage(
	fail2ban: PrivateFail2ban,
	size: number,
): Promise<{ first: number; again: number; plain: number }> {
	const file = `${fail2ban.log}.1`;
	await writeLog(file, size, Date.now() - 30 * day, Date.now());
	await pack(file);
	await writeFile(fail2ban.log, '');
	const plain = await programTime('sh', ['-c', 'zcat "$1" | tail -n 500', 'sh', `${file}.gz`]);
	const helper = await started(fail2ban);
	const page = async () => {
		const lines = (await data(helper.call('GET', '/log', { lastentries: 500 }))) as string[];
		if (lines.length < 500) throw new Error(`GET /log gives only ${lines.length} lines of a packed log`);
	};
	try {
		const first = await timed(page);
		return { first, again: (await repeated(3, page)).median, plain };
	} finally {
		await helper.stop();
	}
}

async function measurePacked(fail2ban: PrivateFail2ban, size: number): Promise<Measurement[]> {
	const { first, again, plain } = await packedPage(fail2ban, size);
	return [
		toward('logPacked', first, {
			alternative: { ms: plain, is: 'zcat | tail -n 500' },
			note: `the first time; again ${formatted(again, 'ms')}`,
		}),
	];
}

/**
 * Needs 1.1 GB in the folder for temporary files. The server is not running: its log is ours. Each part writes its own
 * logs, which are removed after it.
 */
export async function measureLogs(bench: Bench): Promise<Measurement[]> {
	const fail2ban = await startFail2ban(bench.release, { start: false });
	try {
		const measured: Measurement[] = [];
		const steps = [
			() => measureHistory(fail2ban, bench.scaled(100 * megabyte)),
			() => measurePacked(fail2ban, bench.scaled(100 * megabyte)),
			() => measureLog(fail2ban, bench.scaled(1000 * megabyte)),
		];
		for (const step of steps) {
			measured.push(...(await step()));
			await removeLogs(fail2ban.log);
		}
		return measured;
	} finally {
		await fail2ban.stop();
	}
}
