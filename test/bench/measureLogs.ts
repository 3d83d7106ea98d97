import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { logStamp } from '../../src/backend/logs/JournalLog.ts';
import { type PrivateFail2ban, type Release, startFail2ban } from '../support/fail2ban.ts';
import { BuiltHelper } from './builtHelper.ts';
import { milliseconds, type Row, repeated, timed, within } from './figures.ts';

const megabyte = 1e6;
const day = 86_400_000;

/** Lines as a busy server writes them: 20,000 addresses, of which few try most, and each seventh line a ban. */
function lines(from: number, to: number, count: number, first: number): string {
	const parts: string[] = [];
	for (let n = 0; n < count; n++) {
		const stamp = logStamp(from + ((to - from) * n) / count);
		const random = (Math.imul(first + n, 0x9e37_79b1) >>> 0) / 2 ** 32;
		const address = Math.floor(random ** 3 * 20_000);
		const ip = `10.${address % 200}.${Math.floor(address / 200)}.7`;
		const [who, level, what] =
			n % 7 === 0
				? ['actions', 'NOTICE', `Ban ${ip}`]
				: ['filter ', 'INFO   ', `Found ${ip} - ${stamp.slice(0, 19)}`];
		parts.push(`${stamp} fail2ban.${who}        [16239]: ${level} [sshd] ${what}\n`);
	}
	return parts.join('');
}

async function writeLog(file: string, size: number, from: number, to: number): Promise<void> {
	await writeFile(file, '');
	const piece = 10 * megabyte;
	for (let written = 0, at = 0; written < size; at++) {
		const share = (to - from) * (piece / size);
		const text = lines(from + at * share, from + (at + 1) * share, 100_000, at * 100_000);
		await appendFile(file, text);
		written += text.length;
	}
}

async function pack(file: string): Promise<void> {
	await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 1 }));
	await rm(file);
}

async function data(call: Promise<{ status: number; body: { data?: unknown } }>): Promise<unknown> {
	const { status, body } = await call;
	if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
	return body.data;
}

async function measureHistory(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Row[]> {
	const now = Date.now();
	const quarter = 25 * megabyte;
	for (const age of [3, 2, 1])
		await writeLog(`${fail2ban.log}.${age}`, quarter, now - (age + 1) * 7 * day, now - age * 7 * day);
	for (const age of [3, 2]) await pack(`${fail2ban.log}.${age}`);
	await writeLog(fail2ban.log, quarter, now - 7 * day, now);
	const until = Math.floor(now / 1000);
	const ask = () =>
		data(helper.call('GET', '/history', { since: until - 30 * 86_400, until, bucket: 'day' }));
	await data(helper.call('GET', '/status'));
	await sleep(1500);
	const cold = await timed(async () => {
		// an answer that is due earlier says that it is not complete
		for (let complete = false; !complete; ) ({ complete } = (await ask()) as { complete: boolean });
	});
	const warm = await repeated(20, ask);
	return [
		within('GET /history, 100 MB in 4 files, 2 of them .gz, cold', cold, 1500),
		within('… warm', warm.median, 20, `at most ${milliseconds(warm.max)}`),
		{
			what: '… memory then',
			value: `${helper.memory.toFixed(0)} MB`,
			limit: '≤ 110 MB',
			met: helper.memory <= 110,
		},
	];
}

async function measureLog(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Row[]> {
	const gigabyte = 1000 * megabyte;
	await writeLog(fail2ban.log, gigabyte, Date.now() - 30 * day, Date.now());
	const page = await repeated(20, () => data(helper.call('GET', '/log', { lastentries: 500 })));
	const search = async (what: string, params: Record<string, unknown>): Promise<Row> => {
		let all: string[] = [];
		const time = await timed(async () => {
			all = (await data(helper.call('GET', '/log', params))) as string[];
		});
		const rate = gigabyte / megabyte / (time / 1000);
		const stopped = all.find((text) => text.startsWith('-- Not searched'));
		const value = stopped ? `stopped after ${milliseconds(time)}` : `${rate.toFixed(0)} MB/s`;
		return { what, value, limit: '≥ 400 MB/s', met: stopped === undefined && rate >= 400 };
	};
	const rows = [
		within('GET /log, 1 GB, last page', page.median, 50, `at most ${milliseconds(page.max)}`),
		await search('… search of an address that is not there', { search: '192.0.2.254' }),
		await search('… search of a word that is not there', { search: 'nowhere to be found' }),
		await search('… lines of a level that is not there', { level: 'ERROR' }),
		await search('… lines of a jail that is not there', { jail: 'proxmox' }),
	];
	return [
		...rows,
		{
			what: '… memory then',
			value: `${helper.memory.toFixed(0)} MB`,
			limit: '≤ 110 MB',
			met: helper.memory <= 110,
		},
	];
}

/** Needs 1.1 GB in the folder for temporary files. The server does not run: its log is ours. */
export async function measureLogs(release: Release): Promise<Row[]> {
	const fail2ban = await startFail2ban(release, { start: false });
	try {
		const rows: Row[] = [];
		for (const measure of [measureHistory, measureLog]) {
			const helper = await BuiltHelper.listen(fail2ban);
			try {
				rows.push(...(await measure(fail2ban, helper)));
			} finally {
				await helper.stop();
			}
			for (const name of ['', '.1', '.2.gz', '.3.gz']) await rm(`${fail2ban.log}${name}`, { force: true });
		}
		return rows;
	} finally {
		await fail2ban.stop();
	}
}
