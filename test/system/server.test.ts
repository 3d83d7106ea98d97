import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readBanCounts } from '../../src/backend/fail2ban/database.ts';
import type { Ban } from '../../src/backend/fail2ban/Fail2banServer.ts';
import { readManyBans } from '../../src/backend/fail2ban/manyBans.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { until } from '../support/until.ts';

const jails = ['pam-generic', 'sshd'];

describe.each(releases())('SocketServer on fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;
	let server: SocketServer;
	beforeAll(async () => {
		fail2ban = await startFail2ban(release);
		server = new SocketServer({ path: fail2ban.socket });
	});
	afterAll(async () => {
		server?.close();
		await fail2ban?.stop();
	});
	beforeEach(async () => {
		await server.command(['unban', '--all']);
		await server.command(['set', 'sshd', 'bantime', '600']);
	});

	test('tells version, jails and their actions', async () => {
		expect(await server.version()).toBe(release.version);
		expect(await server.jails()).toEqual(jails);
		expect(await server.actions('sshd')).toEqual(['noop']);
	});

	test('bans and unbans, IPv6 too, and counts what was new', async () => {
		expect(await server.ban('sshd', ['192.0.2.1', '2001:DB8::0:1'])).toBe(2);
		expect(await server.ban('sshd', ['192.0.2.1', '192.0.2.2'])).toBe(1);
		expect((await server.bans('sshd')).map(({ ip }) => ip).sort()).toEqual([
			'192.0.2.1',
			'192.0.2.2',
			'2001:db8::1',
		]);
		expect(await server.bans('pam-generic')).toEqual([]);
		expect(await server.unban('sshd', ['192.0.2.1', '192.0.2.99'])).toBe(1);
		expect(await server.unban('sshd', ['2001:db8::1', '192.0.2.2'])).toBe(2);
		expect(await server.bans('sshd')).toEqual([]);
	});

	test('tells when a ban began and ends', async () => {
		const before = Math.floor(Date.now() / 1000);
		await server.ban('sshd', ['192.0.2.1']);
		const [ban] = await server.bans('sshd');
		expect(ban).toMatchObject({ ip: '192.0.2.1', bantime: 600 });
		expect(ban?.since).toBeGreaterThanOrEqual(before);
		expect(ban?.since).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
		expect(ban?.until).toBe((ban?.since ?? 0) + 600);
	});

	test('knows a permanent ban', async () => {
		await server.command(['set', 'sshd', 'bantime', '-1']);
		await server.ban('sshd', ['192.0.2.1']);
		expect(await server.bans('sshd')).toMatchObject([{ bantime: -1, until: null }]);
	});

	test('counts bans as fail2ban-client does, and leaves out a jail that is not running', async () => {
		await server.ban('sshd', ['192.0.2.1', '192.0.2.2']);
		const rows = await server.counters(['sshd', 'nope', 'pam-generic']);
		expect(rows.map(({ jail, banned }) => [jail, banned])).toEqual([
			['sshd', 2],
			['pam-generic', 0],
		]);
		const { stdout } = await fail2ban.client('status', 'sshd');
		expect(stdout).toMatch(new RegExp(`Total banned:\\s+${rows[0]?.totalBanned}\n`));
	});

	test('refuses in words what fail2ban refuses', async () => {
		await expect(server.bans('nope')).rejects.toMatchObject({
			code: 'refused',
			message: "Jail 'nope' is not running.",
		});
		await expect(server.command(['get', 'sshd'])).rejects.toMatchObject({ code: 'refused' });
		// 1.0.2 and 1.1.0 cannot pickle this value and say so instead of failing.
		await expect(server.command(['get', 'sshd', 'action', 'noop', 'ban'])).rejects.toMatchObject({
			code: 'refused',
		});
		const answers = await server.pipeline([['get', 'nope', 'banip'], ['ping']]);
		expect(answers[0]).toMatchObject({ code: 'refused' });
		expect(answers[1]).toBe('pong');
	});

	test('carries any text there and back', async () => {
		const words = ['', 'é\u{1f512}', '%(x)s <tag> "\'', '\n\t\0', 'x'.repeat(100_000)];
		expect(await server.command(['echo', ...words])).toEqual(words);
	});

	test('lists 2,000 bans', async () => {
		const addresses = Array.from({ length: 2000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
		expect(await server.ban('sshd', addresses, { timeout: 60_000 })).toBe(2000);
		const bans = await server.bans('sshd');
		expect(new Set(bans.map(({ ip }) => ip))).toEqual(new Set(addresses));
		expect(await server.unban('sshd', addresses, { timeout: 60_000 })).toBe(2000);
	});

	test('estimates 5,200 bans from the database as the server itself tells them', async () => {
		const addresses = Array.from({ length: 5200 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
		await server.ban('sshd', [...addresses, '2001:db8::1'], { timeout: 60_000 });
		const source = { server, run: runCommand, database: fail2ban.database, onFailure: expect.unreachable };
		const read = async () => readManyBans(source, await server.counters(jails));
		// The server writes its database behind the answer.
		const many = await until(read, 'all bans are in the database', ({ estimated }) => estimated.has('sshd'));
		const byAddress = (a: Ban, b: Ban) => a.ip.localeCompare(b.ip);
		const estimated = many.bans.get('sshd')?.sort(byAddress) ?? [];
		const exact = (await server.bans('sshd')).sort(byAddress);
		expect(estimated.map(({ ip, bantime }) => [ip, bantime])).toEqual(
			exact.map(({ ip, bantime }) => [ip, bantime]),
		);
		// Their begin is rounded in one and cut in the other.
		expect(estimated.every(({ since }, i) => [0, 1].includes(since - (exact[i]?.since ?? 0)))).toBe(true);
		await server.command(['unban', '--all'], { timeout: 60_000 });
	});

	test('gives a timeout while the server is frozen, and works again after', async () => {
		await server.ban('sshd', ['192.0.2.1']);
		fail2ban.freeze();
		try {
			// The first loses the connection; the later ones fill the server's queue and meet EAGAIN.
			for (let i = 0; i < 5; i++) {
				await expect(server.bans('sshd', { timeout: 100 })).rejects.toMatchObject({ code: 'timeout' });
			}
			const waiting = server.bans('sshd', { timeout: 10_000 });
			await sleep(200);
			fail2ban.thaw();
			expect(await waiting).toHaveLength(1);
		} finally {
			fail2ban.thaw();
		}
		expect(await server.counters(jails)).toHaveLength(2);
	});

	test('tells a stopped server from a killed one, and finds its successor', async () => {
		await server.ban('sshd', ['192.0.2.7']);
		await fail2ban.kill();
		await expect(server.version()).rejects.toMatchObject({ code: 'not-running' });
		await fail2ban.start();
		expect(await server.version()).toBe(release.version);
		expect(await server.counters(jails)).toHaveLength(2);
		await fail2ban.client('stop');
		await expect(server.version()).rejects.toMatchObject({
			code: 'not-running',
			message: 'fail2ban is not running.',
		});
		await fail2ban.start();
		expect(await server.jails()).toEqual(jails);
	});

	test('counts earlier bans from the database while the server runs', async () => {
		await server.ban('sshd', ['192.0.2.50']);
		const count = () =>
			readBanCounts(runCommand, { database: fail2ban.database, onFailure: expect.unreachable });
		expect((await count()).has('sshd\u0000192.0.2.50')).toBe(false);
		// A ban that ran out keeps its row; a manual unban would delete it.
		await server.command(['set', 'sshd', 'bantime', '1']);
		await server.ban('sshd', ['192.0.2.51']);
		await until(
			() => server.bans('sshd'),
			'the ban of a second is over',
			(bans) => !bans.some(({ ip }) => ip === '192.0.2.51'),
		);
		await server.ban('sshd', ['192.0.2.51']);
		const counts = await until(count, 'the second ban is in the database', (now) =>
			now.has('sshd\u0000192.0.2.51'),
		);
		expect(counts.get('sshd\u0000192.0.2.51')).toBe(2);
	});
});
