import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { noopAction } from '../support/harmlessJails.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { until } from '../support/until.ts';

/** fail2ban counts a ban, and the helper compares, a moment later. */
const seen = <T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> =>
	until(ask, 'the answer as wanted', wanted);

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, {
				files: { 'action.d/other.conf': noopAction, 'action.d/iptables-multiport.conf': noopAction },
			});
			helper = await startTestHelper(fail2ban);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		const get = async (path: string, params = {}) => (await helper.call('GET', path, params)).body;
		const banned = async (jail = 'sshd') =>
			(await fail2ban.client('get', jail, 'banip')).stdout.split(/\s+/).filter(Boolean);
		const status = () => get('/status').then(({ data }) => data);
		const reconciled = () =>
			seen(status, ({ pending, problems }) => pending.length === 0 && problems.length === 0);

		it('tells the state of the server and of its jails', async () => {
			expect(await reconciled()).toMatchObject({
				running: true,
				version,
				pid: fail2ban.pid,
				jails: 2,
				'enabled-jails': 2,
				loglevel: 'INFO',
				logtarget: fail2ban.log,
				dbfile: fail2ban.database,
				pending: [],
				problems: [],
				stale: null,
			});
			const { data } = await seen(
				() => get('/jails'),
				(body) => body.data[0].enforcing !== null,
			);
			expect(data).toMatchObject([
				{ jail: 'pam-generic', enabled: true, running: true, enforcing: true, filter: 'pam-generic' },
				{ jail: 'sshd', bantime: '10m', backend: 'polling', source: join(fail2ban.dir, 'logs/auth.log') },
			]);
			const all = (await get('/jails', { all: '1' })).data;
			expect(all.length).toBeGreaterThan(50);
			expect(all.every((row: { stock: boolean }) => row.stock)).toBe(true);
		});

		it('shows a ban that somebody else made, and lifts it', async () => {
			const before = (await status()).token;
			await fail2ban.client('set', 'sshd', 'banip', '203.0.113.5', '2001:DB8::5');
			await seen(status, (now) => now.banned === 2);
			expect((await status()).token).not.toBe(before);
			const { data, total } = await get('/bans', { sort: 'ip' });
			expect(total).toBe(2);
			expect(data).toMatchObject([
				{ ip: '203.0.113.5', jail: 'sshd', bantime: 600, count: 1 },
				{ ip: '2001:db8::5', jail: 'sshd' },
			]);
			const { body } = await helper.call('DELETE', '/bans', { ip: '203.0.113.5,2001:db8:0::5' }, 'admin@pve');
			expect(body).toEqual({ data: { unbanned: 2, ignored: 0 } });
			expect(await banned()).toEqual([]);
			expect((await get('/bans')).total).toBe(0);
		});

		it('bans addresses and networks, but not the caller', async () => {
			const post = (params: object, user = 'admin@pve') =>
				helper.call('POST', '/bans', { jail: 'sshd', ...params }, user);
			expect((await post({ ip: '198.51.100.1 198.51.100.2,203.0.113.0/24' })).body).toEqual({
				data: { banned: 3, already: 0 },
			});
			await seen(banned, (ips) => ips.length === 3);
			expect((await post({ ip: '198.51.100.1' })).body.data).toEqual({ banned: 0, already: 1 });
			const refused = await post({ ip: '192.0.2.10' });
			expect([refused.status, refused.body.error.message]).toEqual([
				409,
				'This bans 192.0.2.10, the address you use now, for 10 minutes.',
			]);
			expect((await banned()).sort()).toEqual(['198.51.100.1', '198.51.100.2', '203.0.113.0/24']);
			expect(
				(await helper.call('DELETE', '/bans', { cidr: '198.51.100.0/24', jail: 'sshd' })).body.data.unbanned,
			).toBe(2);
			expect((await helper.call('DELETE', '/bans', { ip: '203.0.113.7/24' })).body.data.unbanned).toBe(1);
			expect(await banned()).toEqual([]);
		});

		it('lifts hundreds of bans as a task', async () => {
			const ips = Array.from({ length: 300 }, (_, n) => `198.18.${n >> 8}.${n & 255}`);
			await fail2ban.client('set', 'sshd', 'banip', ...ips);
			await seen(status, (now) => now.banned === 300);
			const { body, lines } = await helper.call('DELETE', '/bans', { all: '1' });
			expect(body).toEqual({ exit: { ok: true } });
			expect(lines?.at(-1)).toBe('300 bans are lifted');
			expect(await banned()).toEqual([]);
		});

		it('ignores an address in all jails, those with a list of their own too', async () => {
			const ignored = async (jail: string) => (await fail2ban.client('get', jail, 'ignoreip')).stdout;
			const add = (params: object) => helper.call('POST', '/ignore', { ...params }, 'admin@pve');
			expect((await add({ ip: '10.1.0.0/16', jail: 'sshd', comment: 'only here' })).status).toBe(200);
			await fail2ban.client('set', 'pam-generic', 'banip', '10.2.0.7');
			await seen(
				() => banned('pam-generic'),
				(ips) => ips.length === 1,
			);
			const everywhere = await add({ ip: '10.2.0.0/16', comment: 'VPN; night shift', unban: true });
			expect(everywhere.body).toEqual({
				data: { added: 1, removed: 0, unbanned: 1, pending: false, provisional: null },
			});
			expect(await ignored('sshd')).toMatch(/10\.1\.0\.0\/16[\s\S]*10\.2\.0\.0\/16/);
			expect(await ignored('pam-generic')).toContain('10.2.0.0/16');
			expect(await ignored('pam-generic')).not.toContain('10.1.0.0/16');
			expect((await get('/ignore', { client: '10.2.3.4' })).data).toMatchObject([
				{ ip: '10.2.0.0/16', jail: null, comment: 'VPN; night shift', user: 'admin@pve', covers: true },
				{ ip: '10.1.0.0/16', jail: 'sshd', comment: 'only here', covers: false },
			]);
			expect(
				(await helper.call('DELETE', '/ignore', { ip: '10.2.0.0/16,10.1.0.0/16' })).body.data.removed,
			).toBe(2);
			for (const jail of ['sshd', 'pam-generic']) expect(await ignored(jail)).toContain('No IP address');
			expect(await helper.call('DELETE', '/ignore', { ip: '10.2.0.0/16' })).toMatchObject({ status: 404 });
			await rm(join(fail2ban.config, 'jail.d/sshd.local'));
			await rm(join(fail2ban.config, 'jail.local'));
			await fail2ban.client('reload');
		});

		it('bans nobody again whom it unbans and ignores', async () => {
			await fail2ban.client('set', 'sshd', 'banip', '10.3.0.1');
			await seen(banned, (ips) => ips.length === 1);
			const { body } = await helper.call('DELETE', '/bans', { ip: '10.3.0.1', ignore: '1' });
			expect(body).toEqual({ data: { unbanned: 1, ignored: 1 } });
			expect(await readFile(join(fail2ban.config, 'jail.local'), 'utf8')).toMatch(
				/10\.3\.0\.1 ; unbanned \(/,
			);
			expect((await helper.call('DELETE', '/ignore', { ip: '10.3.0.1' })).status).toBe(200);
			await rm(join(fail2ban.config, 'jail.local'));
			await fail2ban.client('reload');
		});

		it('shows what an edit by hand left pending, and applies it', async () => {
			const file = join(fail2ban.config, 'jail.d/hand.local');
			await reconciled();
			await writeFile(file, '[sshd]\nfindtime = 20m\n');
			const { pending } = await seen(status, (now) => now.pending.length > 0);
			expect(pending).toEqual([
				{
					jail: 'sshd',
					option: 'findtime',
					running: '600',
					configured: '20m',
					file: 'jail.d/hand.local',
					line: 2,
				},
			]);
			const { body, lines } = await helper.call('POST', '/service', { command: 'reload' }, 'admin@pve');
			expect(body).toEqual({ exit: { ok: true } });
			expect(lines?.at(-1)).toBe('2 jails run.');
			expect((await reconciled()).pending).toEqual([]);
			expect((await fail2ban.client('get', 'sshd', 'findtime')).stdout.trim()).toBe('1200');
			await rm(file);
			await fail2ban.client('reload');
		});

		it('applies what it can, and leaves a jail alone on which fail2ban would fail', async () => {
			const file = join(fail2ban.config, 'jail.d/hand.local');
			await writeFile(file, '[recidive]\nenabled = true\nlogpath = /nowhere/x.log\n[sshd]\nfindtime = 30m\n');
			const { body } = await helper.call('POST', '/service', { command: 'reload' });
			expect(body.exit.error).toBe("Jail 'recidive' is left unchanged: no log file found.");
			expect((await fail2ban.client('status')).stdout).toContain('pam-generic, sshd');
			expect((await fail2ban.client('get', 'sshd', 'findtime')).stdout.trim()).toBe('1800');
			const told = await seen(status, (now) => now.problems[0]?.text.includes('log file'));
			expect(told.problems).toMatchObject([
				{ id: 'jail-stopped', jail: 'recidive', text: expect.stringContaining('log file') },
			]);
			await rm(file);
			await fail2ban.client('reload');
		});

		it('notices a jail that runs without its actions, and repairs it', async () => {
			const file = join(fail2ban.config, 'jail.d/hand.local');
			await writeFile(file, '[sshd]\nbanaction = other\n');
			await fail2ban.client('reload');
			const told = await seen(status, (now) => now.problems.length > 0);
			expect(told.problems).toMatchObject([{ id: 'jail-not-enforcing', jail: 'sshd' }]);
			const { data } = await get('/jails');
			expect(data.map((row: { enforcing: boolean }) => row.enforcing)).toEqual([true, false]);
			expect((await helper.call('POST', '/service', { command: 'reload' })).body).toEqual({
				exit: { ok: true },
			});
			expect((await fail2ban.client('get', 'sshd', 'actions')).stdout).toContain('other');
			await rm(file);
			await fail2ban.client('reload', '--restart', 'sshd');
		});

		it('answers with the last figures while the server hangs', async () => {
			await fail2ban.client('set', 'sshd', 'banip', '198.51.100.77');
			await seen(
				() => get('/bans'),
				(body) => body.total === 1,
			);
			await reconciled();
			fail2ban.freeze();
			try {
				expect(await status()).toMatchObject({ running: true, banned: 1, stale: expect.any(Number) });
				expect((await get('/jails')).data).toHaveLength(2);
				expect((await get('/bans')).total).toBe(1);
				expect((await helper.call('DELETE', '/bans', { ip: '198.51.100.77' })).status).toBe(504);
			} finally {
				fail2ban.thaw();
			}
			expect((await seen(status, (now) => now.stale === null)).stale).toBeNull();
			expect((await helper.call('DELETE', '/bans', { ip: '198.51.100.77' })).body.data.unbanned).toBe(1);
		});

		it('stops, starts and restarts the server', async () => {
			const command = (word: string) =>
				helper.call('POST', '/service', { command: word }).then(({ body }) => body);
			const first = fail2ban.pid;
			expect(await command('restart')).toEqual({ exit: { ok: true } });
			expect(fail2ban.pid).not.toBe(first);
			expect(await command('stop')).toEqual({ exit: { ok: true } });
			expect(await status()).toMatchObject({
				running: false,
				pid: null,
				jails: 0,
				problems: [{ id: 'not-running' }],
			});
			expect((await get('/jails')).data).toMatchObject([{ running: false }, { running: false }]);
			expect(await get('/bans')).toEqual({ data: [], total: 0 });
			expect((await helper.call('POST', '/bans', { ip: '198.51.100.1', jail: 'sshd' })).status).toBe(503);
			expect(await command('start')).toEqual({ exit: { ok: true } });
			expect(await reconciled()).toMatchObject({ running: true, jails: 2 });
		});
	},
);
