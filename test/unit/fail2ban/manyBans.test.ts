import { describe, expect, test } from 'vitest';
import {
	type Ban,
	type Fail2banServer,
	type JailCounters,
	ServerError,
} from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { type ManyBans, readManyBans } from '../../../src/backend/fail2ban/manyBans.ts';

type Row = [ip: string, since: number, bantime: number, count: number];

/** 5,000 bans of one second distance, as the database and the server know them. */
const rows: Row[] = Array.from({ length: 5000 }, (_, i) => [
	`10.0.${i >> 8}.${i & 255}`,
	1_000_000 + i,
	600,
	1,
]);
const exactBans: Ban[] = [{ ip: 'exact', since: 1, bantime: 2, until: 3 }];

/** What is read of a jail with these addresses, in the order of their ends, and these rows in the database. */
async function read(
	addresses: string[],
	table: Row[],
	{ bantime = 600, exit = 0, database = '/db' as string | null, banned = addresses.length } = {},
): Promise<ManyBans & { reasons: string[]; asked: string[] }> {
	const asked: string[] = [];
	const reasons: string[] = [];
	const server = {
		pipeline: async (commands: string[][]) =>
			commands.map(([, jail, what]) => {
				if (jail !== 'sshd') return new ServerError('refused', 'gone');
				return what === 'bantime' ? bantime : addresses;
			}),
		bans: async (jail: string) => {
			asked.push(jail);
			if (jail === 'gone') throw new ServerError('refused', 'gone');
			return exactBans;
		},
	} as unknown as Fail2banServer;
	const current = table.map(([ip, since, time, count]) => `${since} ${time} ${count} sshd ${ip}`);
	const stdout = `4 sshd 10.0.0.1\u001d${current.join('\u001e')}`;
	const result = await readManyBans(
		{
			server,
			run: async () => ({
				exit,
				signal: null,
				stdout,
				stderr: 'locked',
				timedOut: false,
			}),
			database,
			onFailure: (reason) => reasons.push(reason),
		},
		['sshd', 'gone', 'small'].map(
			(jail) => ({ jail, banned: jail === 'small' ? 3 : banned }) as JailCounters,
		),
	);
	return { ...result, reasons, asked };
}

const addresses = rows.map(([ip]) => ip);

describe('readManyBans', () => {
	test('takes addresses from the server, times and counts from the database', async () => {
		const result = await read(addresses, rows);
		expect(result.estimated).toEqual(new Set(['sshd']));
		expect(result.bans.get('sshd')).toEqual(
			rows.map(([ip, since]) => ({ ip, since, bantime: 600, until: since + 600 })),
		);
		expect(result.counts).toEqual(new Map([['sshd\u000010.0.0.1', 4]]));
	});

	test('asks small jails themselves, and leaves out one that is gone', async () => {
		const result = await read(addresses, rows);
		expect(result.bans.get('small')).toBe(exactBans);
		expect([...result.bans.keys()].sort()).toEqual(['small', 'sshd']);
		expect(result.asked.sort()).toEqual(['gone', 'small']);
	});

	test('shows nobody as banned whom the server does not list', async () => {
		const result = await read(addresses.slice(1), rows);
		expect(result.bans.get('sshd')?.map(({ ip }) => ip)).toEqual(addresses.slice(1));
	});

	test('takes a time of its own where bantime.increment gave one', async () => {
		const own = rows.map<Row>(([ip, since]) => [ip, since, 7200, 2]);
		const result = await read(addresses, own);
		expect(result.bans.get('sshd')?.[0]).toMatchObject({ bantime: 7200, until: 1_007_200 });
	});

	test('knows permanent bans, which end last', async () => {
		const own = rows.map<Row>(([ip, since], i) => [ip, since, i < 4990 ? 600 : -1, i < 4990 ? 1 : 2]);
		const result = await read(addresses, own);
		expect(result.bans.get('sshd')?.at(-1)).toMatchObject({ bantime: -1, until: null });
	});

	test('bears ends that rounding swapped', async () => {
		const swapped = rows.map<Row>(([ip, since, ...rest], i) => [ip, i === 7 ? since + 2 : since, ...rest]);
		expect((await read(addresses, swapped)).estimated.has('sshd')).toBe(true);
	});

	const changed = (at: number, row: Partial<{ since: number; bantime: number }>) =>
		rows.map<Row>(([ip, since, bantime, count], i) =>
			i === at ? [ip, row.since ?? since, row.bantime ?? bantime, count] : [ip, since, bantime, count],
		);
	test.each<[string, string[], Row[], { bantime?: number }]>([
		['a ban is too new for the database', [...addresses, '192.0.2.1'], rows, {}],
		['the bantime changed since', addresses, rows, { bantime: 601 }],
		['one ban has another time', addresses, changed(9, { bantime: 599 }), {}],
		['a ban was prolonged', addresses, changed(9, { since: 999_000 }), {}],
		['the database is empty', addresses, [], {}],
	])('asks the jail itself when %s', async (_, list, table, options) => {
		const result = await read(list, table, options);
		expect(result.estimated.size).toBe(0);
		expect(result.bans.get('sshd')).toBe(exactBans);
	});

	test('asks all jails themselves, with a reason, when the database cannot be read', async () => {
		const result = await read(addresses, rows, { exit: 1 });
		expect(result.bans.get('sshd')).toBe(exactBans);
		expect(result.counts).toBe(null);
		expect(result.reasons.join()).toContain('locked');
	});

	test('does without the database for few bans, or if there is none', async () => {
		for (const options of [{ banned: 100 }, { database: null }]) {
			const result = await read(addresses, rows, options);
			expect(result.estimated.size).toBe(0);
			expect(result.bans.get('sshd')).toBe(exactBans);
		}
	});
});
