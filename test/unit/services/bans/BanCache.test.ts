import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerError } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import { BanCache, countKey, type ReadBans } from '../../../../src/backend/services/bans/BanCache.ts';
import type { BanTable } from '../../../../src/backend/services/bans/BanTable.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { FakeLog, FakeServer, readFrom } from '../support/FakeServer.ts';

const start = 1_700_100_000_000;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

function cacheOf(
	server: FakeServer,
	counts = async () => new Map<string, number>(),
	readBans: ReadBans = readFrom(server),
) {
	const figures = new ServerFigures(server, () => null, Date.now);
	const log = new FakeLog();
	return { figures, log, cache: new BanCache({ server, figures, readBans, counts, now: Date.now, log }) };
}

function bans(table: BanTable): string[] {
	return Array.from(table.find({}, 'ip', false), (row) => {
		const { jail, ip, bantime, count } = table.row(row);
		return `${jail} ${ip} ${bantime} ${count}`;
	});
}

function fetched(server: FakeServer): string[] {
	return server.asked.splice(0).filter((words) => words.startsWith('bans '));
}

describe('BanCache', () => {
	it('fetches again only the jails whose counters moved', async () => {
		const server = new FakeServer({ one: ['192.0.2.1'], two: ['192.0.2.2'], none: [] });
		const { cache } = cacheOf(server);
		expect(bans(await cache.table())).toEqual(['one 192.0.2.1 600 1', 'two 192.0.2.2 600 1']);
		expect(fetched(server)).toEqual(['bans one', 'bans two']);
		await cache.table();
		expect(fetched(server)).toEqual([]);
		server.add('two', ['192.0.2.3'], 1_700_000_000);
		expect(bans(await cache.table())).toHaveLength(3);
		expect(fetched(server)).toEqual(['bans two']);
	});

	it('sees an address that took the place of another', async () => {
		const server = new FakeServer({ one: ['192.0.2.1'] });
		const { cache } = cacheOf(server);
		await cache.table();
		await server.unban('one', ['192.0.2.1']);
		server.add('one', ['192.0.2.9'], 1_700_000_000);
		expect(bans(await cache.table())).toEqual(['one 192.0.2.9 600 1']);
	});

	it('looks once more 2 s after a ban, because fail2ban may have prolonged it', async () => {
		const server = new FakeServer();
		server.add('one', ['192.0.2.1'], start / 1000, 600);
		const { cache } = cacheOf(server);
		await cache.table();
		server.banned.set('one', [
			{ ip: '192.0.2.1', since: start / 1000, bantime: 1200, until: start / 1000 + 1200 },
		]);
		expect(bans(await cache.table())).toEqual(['one 192.0.2.1 600 1']);
		vi.setSystemTime(start + 2000);
		expect(bans(await cache.table())).toEqual(['one 192.0.2.1 1200 1']);
		fetched(server);
		await cache.table();
		expect(fetched(server)).toEqual([]);
	});

	it('renews an old list behind the answer', async () => {
		const server = new FakeServer({ one: ['192.0.2.1'] });
		const { cache } = cacheOf(server);
		await cache.table();
		server.banned.set('one', [{ ip: '192.0.2.1', since: 5, bantime: -1, until: null }]);
		vi.setSystemTime(start + 61_000);
		expect(bans(await cache.table())).toEqual(['one 192.0.2.1 600 1']);
		await vi.advanceTimersByTimeAsync(1000);
		expect(bans(await cache.table())).toEqual(['one 192.0.2.1 -1 1']);
	});

	it('forgets a jail that stopped, and everything when the server stopped', async () => {
		const server = new FakeServer({ one: ['192.0.2.1'], two: ['192.0.2.2'] });
		const { cache } = cacheOf(server);
		await cache.table();
		server.banned.delete('one');
		expect(bans(await cache.table())).toEqual(['two 192.0.2.2 600 1']);
		server.failure = new ServerError('not-running', '');
		expect((await cache.table()).size).toBe(0);
	});

	it('answers the last list while the server hangs, but an unban gets an error', async () => {
		const server = new FakeServer({ one: ['192.0.2.1'] });
		const { cache } = cacheOf(server);
		await cache.table();
		server.failure = new ServerError('timeout', '');
		expect((await cache.table()).size).toBe(1);
		await expect(cache.currentTable()).rejects.toMatchObject({ code: 'timeout' });
		const { cache: cold } = cacheOf(server);
		await expect(cold.table()).rejects.toMatchObject({ code: 'timeout' });
	});

	it('shows how often an address was banned, and 1 while that is not known', async () => {
		const server = new FakeServer({ one: ['192.0.2.1', '192.0.2.2'] });
		const { cache } = cacheOf(server, async () => new Map([[countKey('one', '192.0.2.2'), 4]]));
		expect(bans(await cache.table())).toEqual(['one 192.0.2.1 600 1', 'one 192.0.2.2 600 4']);
	});

	it('lists bans though the database cannot be read', async () => {
		const server = new FakeServer({ one: ['192.0.2.1'] });
		const { cache, log } = cacheOf(server, () => Promise.reject(new Error('locked')));
		expect((await cache.table()).size).toBe(1);
		expect(log.lines.join()).toContain('locked');
	});

	it('asks the server for times that were estimated, and says when they were wrong', async () => {
		const server = new FakeServer({ one: ['192.0.2.1', '192.0.2.2'], two: ['192.0.2.3'] });
		let off = 1;
		const estimate: ReadBans = async (jails, database) => {
			const { bans } = await readFrom(server)(jails, database);
			const moved = bans.get('one')?.map((ban) => ({ ...ban, since: ban.since - off })) ?? [];
			return { bans: bans.set('one', moved), estimated: new Set(['one']), counts: new Map() };
		};
		const near = cacheOf(server, undefined, estimate).cache;
		const first = await near.table();
		const [since] = first.find({ jail: 'one' }, 'ip', false);
		expect(first.row(since as number).since).toBe(1_699_999_999);
		await vi.advanceTimersByTimeAsync(1000);
		expect((await near.table()).row(since as number).since).toBe(1_700_000_000);
		expect(near.revision).toBe(0);
		off = 300;
		const far = cacheOf(server, undefined, estimate).cache;
		await far.table();
		await vi.advanceTimersByTimeAsync(1000);
		expect(far.revision).toBe(1);
		expect(fetched(server).slice(-1)).toEqual(['bans one']);
	});
});
