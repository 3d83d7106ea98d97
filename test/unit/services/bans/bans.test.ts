import { describe, expect, it } from 'vitest';
import type { Caller, Task } from '../../../../src/backend/kit/caller.ts';
import { durationWords } from '../../../../src/backend/kit/durations.ts';
import { msg } from '../../../../src/backend/kit/message.ts';
import { BanCache } from '../../../../src/backend/services/bans/BanCache.ts';
import { createBansService } from '../../../../src/backend/services/bans/create.ts';
import { listBansService } from '../../../../src/backend/services/bans/list.ts';
import { deleteBansService } from '../../../../src/backend/services/bans/remove.ts';
import { nextChunk } from '../../../../src/backend/services/bans/unban.ts';
import type { AddIgnoredRequest } from '../../../../src/backend/services/ignore/change.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { admin, root } from '../support/FakeConfig.ts';
import { FakeLog, FakeServer, readFrom } from '../support/FakeServer.ts';

const now = () => 1_700_000_100_000;

function bans(server: FakeServer) {
	const log = new FakeLog();
	const figures = new ServerFigures(server, () => null, now);
	const cache = new BanCache({
		server,
		figures,
		readBans: readFrom(server),
		counts: async () => new Map(),
		now,
		log,
	});
	const ignored: AddIgnoredRequest[] = [];
	const addIgnored = async (request: AddIgnoredRequest) => {
		ignored.push(request);
		return { added: request.entries.length, pending: false, provisional: null };
	};
	const systemAddresses = async () => [
		{ address: '10.0.0.12', kind: 'node' as const, name: 'pve2', what: msg("cluster node '{0}'", 'pve2') },
	];
	const list = listBansService(cache, now);
	const create = createBansService({ server, figures, systemAddresses, bannedByHand: () => {}, log });
	const remove = deleteBansService({ server, cache, figures, addIgnored, now, log });
	return {
		log,
		ignored,
		list: async (params: object = {}) =>
			(await list({ params, caller: admin })) as { data: { ip: string }[]; total: number },
		create: async (params: { ip: string; jail?: string; [name: string]: unknown }, caller: Caller = admin) =>
			(await create({ params: { jail: 'sshd', ...params }, caller })) as { data: unknown },
		remove: async (params: object) =>
			(await remove({ params, caller: admin })) as { data?: unknown; task?: Task },
	};
}

function many(count: number): string[] {
	return Array.from({ length: count }, (_, n) => `198.51.${n >> 8}.${n & 255}`);
}

describe('listBans', () => {
	it('answers the newest page and the total', async () => {
		const server = new FakeServer({ sshd: many(60) });
		server.add('recidive', ['2001:db8::1'], 1_700_000_050, -1);
		const { data, total } = await bans(server).list();
		expect([data.length, total]).toEqual([50, 61]);
		expect(data[0]).toEqual({
			id: 'recidive/2001:db8::1',
			ip: '2001:db8::1',
			jail: 'recidive',
			since: 1_700_000_050,
			until: null,
			bantime: -1,
			remaining: null,
			count: 1,
		});
		expect(data[1]).toMatchObject({ until: 1_700_000_600, remaining: 500 });
	});

	it('pages, sorts and searches', async () => {
		const { list } = bans(new FakeServer({ sshd: many(600) }));
		const page = await list({ sort: 'ip', start: 599, limit: 10 });
		expect(page.data.map(({ ip }) => ip)).toEqual(['198.51.2.87']);
		expect((await list({ sort: 'ip', dir: 'DESC', limit: 1 })).data[0]?.ip).toBe('198.51.2.87');
		expect((await list({ search: '51.2.8', limit: 0 })).total).toBe(9);
		expect((await list({ search: '198.51.1.0/24' })).total).toBe(256);
		expect((await list({ start: 10_000 })).data).toEqual([]);
		await expect(list({ search: '198.51.1.0/99' })).rejects.toMatchObject({
			status: 400,
			errors: { search: 'Not a valid CIDR.' },
		});
	});
});

describe('createBans', () => {
	it('bans each address once, in the form fail2ban uses', async () => {
		const server = new FakeServer({ sshd: ['192.0.2.1'] });
		const { create, log } = bans(server);
		expect(await create({ ip: '192.0.2.1, ::ffff:192.0.2.2 192.0.2.2\n2001:DB8::1' })).toEqual({
			data: { banned: 2, already: 1 },
		});
		expect(server.asked).toContain('ban sshd 192.0.2.1 192.0.2.2 2001:db8::1');
		expect(log.lines).toEqual([
			'audit: user=admin@pve client=192.0.2.10 (ban in jail sshd) to=192.0.2.1 192.0.2.2 2001:db8::1 forced=no',
		]);
	});

	it('names every bad address and bans none', async () => {
		const server = new FakeServer({ sshd: [] });
		await expect(bans(server).create({ ip: '192.0.2.1 192.0.2 host' })).rejects.toMatchObject({
			errors: { ip: "Not a valid IP address: '192.0.2', 'host'." },
		});
		expect(server.banned.get('sshd')).toEqual([]);
	});

	it('refuses a jail that is not running', async () => {
		await expect(
			bans(new FakeServer({ sshd: [] })).create({ ip: '192.0.2.1', jail: 'x' }),
		).rejects.toMatchObject({
			status: 400,
			errors: { jail: expect.any(String) },
		});
	});

	it('does not lock the caller out without force, and records it', async () => {
		const server = new FakeServer({ sshd: [] });
		server.bantimes.set('sshd', 2_592_000);
		const { create, log } = bans(server);
		const params = { ip: '192.0.2.0/28', client: '198.51.100.9' };
		await expect(create(params)).rejects.toMatchObject({
			status: 409,
			message: 'This bans 192.0.2.10, the address you use now, for 30 days.',
			errors: { 'would-ban': '192.0.2.10' },
		});
		await expect(create({ ...params, ip: '198.51.100.9' })).rejects.toMatchObject({ code: 'would-ban' });
		await expect(create({ ip: '10.0.0.12' })).rejects.toMatchObject({ code: 'would-ban' });
		expect(server.banned.get('sshd')).toEqual([]);
		await create({ ...params, force: true });
		expect(log.lines.at(-1)).toContain('forced=yes');
	});

	it('leaves wide networks to root@pam, who must insist', async () => {
		const { create } = bans(new FakeServer({ sshd: [] }));
		const wide = { ip: '198.51.0.0/23' };
		const text = { id: 'Wider than /24 (IPv6: /48): {0}.', args: ['198.51.0.0/23'] };
		await expect(create({ ...wide, force: true })).rejects.toMatchObject({
			status: 403,
			message: 'Wider than /24 (IPv6: /48): 198.51.0.0/23. Only root@pam may ban so many addresses.',
			messages: { ip: text },
		});
		await expect(create(wide, root)).rejects.toMatchObject({
			status: 409,
			code: 'too-wide',
			messages: { '': text, ip: text },
		});
		await expect(create({ ...wide, force: true }, root)).resolves.toEqual({
			data: { banned: 1, already: 0 },
		});
	});
});

describe('deleteBans', () => {
	const server = () =>
		new FakeServer({ sshd: ['192.0.2.1', '192.0.2.2', 'odd'], recidive: ['192.0.2.1', '2001:db8::1'] });

	it.each([
		[{ ip: '192.0.2.1' }, 2],
		[{ ip: '192.0.2.1', jail: 'sshd' }, 1],
		[{ ip: '2001:DB8:0::1, odd, 203.0.113.9' }, 2],
		[{ cidr: '192.0.2.0/24' }, 3],
		[{ cidr: '192.0.2.0/24', jail: 'recidive' }, 1],
		[{ jail: 'sshd' }, 3],
		[{ all: true }, 5],
	])('lifts what %j names: %i', async (params, count) => {
		const fake = server();
		const { remove, log } = bans(fake);
		expect(await remove(params)).toEqual({ data: { unbanned: count, ignored: 0 } });
		expect([...fake.banned.values()].flat()).toHaveLength(5 - count);
		expect(log.lines).toHaveLength(1);
	});

	it.each([
		[{}, 'ip'],
		[{ ip: '192.0.2.1', all: true }, 'ip'],
		[{ ip: ' ' }, 'ip'],
		[{ ip: 'nobody' }, 'ip'],
		[{ cidr: '192.0.2.1' }, 'cidr'],
		[{ cidr: '192.0.2.0/40' }, 'cidr'],
		[{ jail: 'sshd', ignore: true }, 'ignore'],
		[{ ip: 'odd', ignore: true }, 'ignore'],
	])('refuses %j', async (params, field) => {
		const fake = server();
		await expect(bans(fake).remove(params)).rejects.toMatchObject({
			status: 400,
			errors: { [field]: expect.any(String) },
		});
		expect([...fake.banned.values()].flat()).toHaveLength(5);
	});

	it('answers 404 for a jail that is not running', async () => {
		await expect(bans(server()).remove({ jail: 'x' })).rejects.toMatchObject({ status: 404 });
	});

	it('ignores the addresses before it lifts their bans', async () => {
		const fake = server();
		const { remove, ignored } = bans(fake);
		expect(await remove({ ip: '192.0.2.1', jail: 'sshd', ignore: true })).toEqual({
			data: { unbanned: 1, ignored: 1 },
		});
		expect(ignored).toMatchObject([{ entries: ['192.0.2.1'], jail: 'sshd', caller: admin }]);
		await remove({ cidr: '192.0.2.0/24', ignore: true });
		expect(ignored[1]).toMatchObject({ entries: ['192.0.2.0/24'], jail: null });
	});

	it.each([{ cidr: '0.0.0.0/1' }, { cidr: '::/0' }, { ip: '10.0.0.0/7' }])(
		'does not ignore %j, after which hardly anybody could be banned',
		async (params) => {
			const { remove, ignored } = bans(server());
			await expect(remove({ ...params, ignore: true })).rejects.toMatchObject({
				status: 409,
				code: 'too-wide',
			});
			expect(ignored).toEqual([]);
		},
	);

	it('lifts many bans in a task, a few at a time', async () => {
		const fake = new FakeServer({ sshd: many(500) });
		const { task } = await bans(fake).remove({ all: true });
		expect(fake.banned.get('sshd')).toHaveLength(500);
		const lines: string[] = [];
		await task?.run((line) => lines.push(line), new AbortController().signal);
		expect(fake.banned.get('sshd')).toEqual([]);
		expect(lines.at(-1)).toBe('500 bans are lifted');
		const sizes = fake.asked
			.filter((words) => words.startsWith('unban'))
			.map((words) => words.split(' ').length - 2);
		expect(Math.max(...sizes)).toBeLessThanOrEqual(50);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(500);
	});

	it('stops between two chunks when the task is stopped', async () => {
		const fake = new FakeServer({ sshd: many(500) });
		const { task } = await bans(fake).remove({ all: true });
		const stop = new AbortController();
		const unban = fake.unban.bind(fake);
		fake.unban = (jail, addresses) => {
			stop.abort();
			return unban(jail, addresses);
		};
		await expect(task?.run(() => {}, stop.signal)).rejects.toThrow('20 of 500');
		expect(fake.banned.get('sshd')).toHaveLength(480);
	});
});

describe('nextChunk', () => {
	it('asks less of a slow action and at most 50 of a fast one', () => {
		expect(nextChunk(20, 0)).toBe(40);
		expect(nextChunk(40, 10)).toBe(50);
		expect(nextChunk(50, 1000)).toBe(10);
		expect(nextChunk(1, 5000)).toBe(1);
	});
});

describe('durationWords', () => {
	it.each([
		[600, 'for 10 minutes'],
		[5400, 'for 1 hour 30 minutes'],
		[2_592_000, 'for 30 days'],
		[1_209_600, 'for 2 weeks'],
		[90_061, 'for 1 day 1 hour'],
		[1, 'for 1 second'],
		[0, 'for 0 seconds'],
		[-1, 'permanently'],
	])('%i s: %s', (seconds, words) => {
		expect(String(durationWords(seconds))).toBe(words);
	});
});
