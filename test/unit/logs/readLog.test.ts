import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cursorOf, resolveCursor } from '../../../src/backend/logs/Cursor.ts';
import { openLogSet, rotatedFiles } from '../../../src/backend/logs/LogSet.ts';
import { levelOf, matcherOf } from '../../../src/backend/logs/matchRecords.ts';
import { type LogQuery, readBackward, readForward } from '../../../src/backend/logs/readLog.ts';

let folder: string;
let log: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-log-'));
	log = join(folder, 'fail2ban.log');
});
afterAll(() => rm(folder, { recursive: true }));

const two = (value: number) => String(value).padStart(2, '0');
const header = (n: number) =>
	`2026-01-01 ${two(Math.floor(n / 3600) % 24)}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)},000 fail2ban.x [1]: `;

async function withLog<T>(
	files: string[],
	work: (set: Awaited<ReturnType<typeof openLogSet>>) => Promise<T>,
) {
	await rm(folder, { recursive: true });
	const { mkdir } = await import('node:fs/promises');
	await mkdir(folder);
	const last = files.length - 1;
	for (const [n, text] of files.entries()) {
		const age = last - n;
		if (age === 0) await writeFile(log, text);
		else if (age === 1) await writeFile(`${log}.1`, text);
		else await writeFile(`${log}.${age}.gz`, gzipSync(text));
	}
	const set = await openLogSet(log, [folder]);
	try {
		return await work(set);
	} finally {
		await set.close();
	}
}

const query = (more: Partial<LogQuery> = {}): LogQuery => ({
	start: null,
	end: null,
	limit: 50,
	bytes: 1e6,
	matcher: null,
	deadline: Number.POSITIVE_INFINITY,
	...more,
});

/** Records of any length with lines of their own below, some as long as several blocks. */
const records = fc.array(
	fc.record({
		text: fc.oneof(
			{ weight: 20, arbitrary: fc.string({ maxLength: 60 }) },
			{ weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }).map((n) => 'long '.repeat(n * 40_000)) },
		),
		below: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
		hit: fc.boolean(),
	}),
	{ maxLength: 60 },
);

const clean = (text: string) => text.replace(/\p{Cc}/gu, ' ').replace(/needle/gi, 'straw');

describe('reading a log', () => {
	test('finds the same lines from the front and from the back, page by page, in plain and compressed files', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(records, { minLength: 1, maxLength: 3 }),
				fc.boolean(),
				async (files, filtered) => {
					let number = 0;
					const expected: string[] = [];
					const texts = files.map((file) =>
						file
							.map(({ text, below, hit }) => {
								const lines = [
									`${header(number++)}${clean(text)}${hit ? 'NEEDLE' : ''}`,
									...below.map((one) => `  ${clean(one)}`),
								];
								const shown = lines.map((line) => {
									const bytes = Buffer.from(line);
									return bytes.length > 4096 ? `${bytes.toString('utf8', 0, 4096)}…` : line;
								});
								if (!filtered || (hit && text.length < 1000)) expected.push(...shown);
								return `${lines.join('\n')}\n`;
							})
							.join(''),
					);
					const usable = files.every((file) =>
						file.every(({ text, hit }) => !filtered || !hit || text.length < 1000),
					);
					fc.pre(usable);
					await withLog(texts, async (set) => {
						const matcher = matcherOf(filtered ? { search: 'needle' } : {});
						const back: string[] = [];
						let end: LogQuery['end'] = null;
						for (;;) {
							const { lines, from, more } = await readBackward(set, query({ end, limit: 7, matcher }));
							back.unshift(...lines);
							if (!more) break;
							end = await resolveCursor(set, await cursorOf(set, from, 0), 'endcursor');
						}
						const front: string[] = [];
						let start: LogQuery['start'] = null;
						for (;;) {
							const { lines, to, more } = await readForward(set, query({ start, limit: 7, matcher }));
							front.push(...lines);
							if (!more) break;
							start = await resolveCursor(set, await cursorOf(set, to, 0), 'startcursor');
						}
						expect(back).toEqual(expected);
						expect(front).toEqual(expected);
					});
				},
			),
			{ numRuns: 60 },
		);
	});

	test.each([
		['stands between others', ['old', '', 'new'], 1],
		['is the log, just rotated', ['old', 'new', ''], 2],
		['is the log, with only a compressed one before', ['old', '', ''], 2],
	] as const)('goes on from an empty file that %s', async (_where, names, part) => {
		const texts = names.map((name) => (name === '' ? '' : `${header(0)}${name}\n`));
		await withLog(texts, async (set) => {
			const cursor = await cursorOf(set, { part, offset: 0 }, 0);
			const end = await resolveCursor(set, cursor, 'endcursor');
			const start = await resolveCursor(set, cursor, 'startcursor');
			const before = await readBackward(set, query({ end }));
			const behind = await readForward(set, query({ start }));
			const words = (lines: string[]) => lines.map((line) => line.slice(header(0).length));
			expect(words(before.lines)).toEqual(names.slice(0, part).filter(Boolean));
			expect(words(behind.lines)).toEqual(names.slice(part).filter(Boolean));
		});
	});

	test('a page ends early when its answer grows too large', async () => {
		const text = Array.from({ length: 100 }, (_, n) => `${header(n)}${'x'.repeat(1000)}\n`).join('');
		await withLog([text], async (set) => {
			const { lines, more } = await readBackward(set, query({ bytes: 5000 }));
			expect(lines.length).toBeLessThan(10);
			expect(more).toBe(true);
		});
	});

	test('a search that ran out of time says so and where it stands', async () => {
		const text = Array.from({ length: 50_000 }, (_, n) => `${header(n)}nothing here\n`).join('');
		await withLog([text], async (set) => {
			const { lines, ended, from } = await readBackward(
				set,
				query({ matcher: matcherOf({ search: 'absent' }), deadline: 0 }),
			);
			expect(lines).toEqual([]);
			expect(ended).toBe('time');
			expect(from.offset).toBeGreaterThan(0);
		});
	});
});

describe('matcherOf', () => {
	const accepts = (filter: object, record: string) => matcherOf(filter)?.accepts(record);

	test('takes a search literally, whatever signs it has', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1, maxLength: 20 }).map(clean), (search) => {
				const matcher = matcherOf({ search });
				const bytes = Buffer.from(`before ${search} behind`).toString('latin1');
				expect(matcher?.accepts(`before ${search} behind`)).toBe(true);
				expect(bytes.match(matcher?.candidates as RegExp)).not.toBeNull();
			}),
			{ numRuns: 300 },
		);
	});

	test('knows the lines of a jail and those about it', () => {
		expect(accepts({ jail: 'sshd' }, '[1]: NOTICE  [sshd] Ban 1.2.3.4')).toBe(true);
		expect(accepts({ jail: 'sshd' }, "[1]: INFO    Jail 'sshd' started")).toBe(true);
		expect(accepts({ jail: 'ssh' }, '[1]: NOTICE  [sshd] Ban 1.2.3.4')).toBe(false);
	});

	test('knows a level by its place, not by a word of the message', () => {
		expect(levelOf('2026-01-01 00:00:00,000 fail2ban.x [1]: INFO    an ERROR of others')).toBe('INFO');
		expect(accepts({ level: 'WARNING' }, '2026-01-01 00:00:00,000 f [1]: INFO    ERROR x')).toBe(false);
		expect(accepts({ level: 'WARNING' }, '2026-01-01 00:00:00,000 f [1]: ERROR   x')).toBe(true);
	});
});

test('logrotate’s names are told from others, newest first, the plain one before its compressed copy', () => {
	const names = [
		'a.log',
		'a.log.10.gz',
		'a.log.1',
		'a.log.2.gz',
		'a.log.2',
		'a.log.old',
		'b.log.1',
		'a.log.x.gz',
	];
	expect(rotatedFiles('a.log', names.sort()).map(({ name }) => name)).toEqual([
		'a.log.1',
		'a.log.2',
		'a.log.10.gz',
	]);
	const dated = ['a.log-20260101', 'a.log-20260301.gz', 'a.log-20260201'];
	expect(rotatedFiles('a.log', dated).map(({ name }) => name)).toEqual([
		'a.log-20260301.gz',
		'a.log-20260201',
		'a.log-20260101',
	]);
});
