import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Status } from '../../src/contract/types.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { until } from '../support/until.ts';

describe.each(releases().map((release) => [release.version, release] as const))(
	'edits made outside on fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release);
			helper = await startTestHelper(fail2ban);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		const status = async (): Promise<Status> => (await helper.call('GET', '/status')).body.data;
		const seen = (wanted: (now: Status) => boolean) => until(status, 'the status as wanted', wanted);
		const write = (name: string, text: string) => writeFile(join(fail2ban.config, name), text);
		const apply = async () =>
			(await helper.call('POST', '/service', { command: 'reload' }, 'admin@pve')).body;
		const client = async (...words: string[]) => (await fail2ban.client(...words)).stdout.trim();

		it('finds nothing where nothing was edited', async () => {
			const now = await seen(({ problems }) => problems.length === 0);
			expect([now.pending, now.problems]).toEqual([[], []]);
		});

		it('shows those in every kind of file, and applies them all', async () => {
			await write('jail.d/hand.local', '[sshd]\nmaxretry = 9\n');
			await write('filter.d/sshd.local', '[Definition]\nignoreregex = ^harmless <HOST>$\n');
			await write('action.d/noop.local', '# by hand\n[Definition]\nactionban = true secret\n');
			await write('fail2ban.local', '[Definition]\nloglevel = DEBUG\ndbpurgeage = 2d\n');
			const { pending } = await seen((now) => now.pending.length >= 7);
			const place = (file: string, line: number) => ({ file, line });
			expect(pending).toEqual(
				expect.arrayContaining([
					{
						jail: 'sshd',
						option: 'maxretry',
						running: '5',
						configured: '9',
						...place('jail.d/hand.local', 2),
					},
					{
						jail: 'sshd',
						option: 'ignoreregex',
						running: null,
						configured: '^harmless <HOST>$',
						...place('filter.d/sshd.local', 2),
					},
					...['sshd', 'pam-generic'].map((jail) => ({
						jail,
						option: 'action noop: actionban',
						running: 'as loaded',
						configured: 'changed on disk',
						messages: { running: { id: 'as loaded' }, configured: { id: 'changed on disk' } },
						...place('action.d/noop.local', 3),
					})),
					{
						jail: '',
						option: 'loglevel',
						running: 'INFO',
						configured: 'DEBUG',
						...place('fail2ban.local', 2),
					},
					{
						jail: '',
						option: 'dbpurgeage',
						running: '86400',
						configured: '2d',
						...place('fail2ban.local', 3),
					},
				]),
			);
			// maxmatches follows maxretry
			expect(pending).toHaveLength(7);
			await client('set', 'sshd', 'banip', '192.0.2.9');
			expect(await apply()).toEqual({ exit: { ok: true } });
			expect((await seen((now) => now.pending.length === 0)).pending).toEqual([]);
			expect(await client('get', 'sshd', 'action', 'noop', 'actionban')).toBe('true secret');
			expect(await client('get', 'loglevel')).toContain('DEBUG');
			expect(await client('get', 'sshd', 'ignoreregex')).toContain('harmless');
			expect(await client('get', 'sshd', 'banip')).toBe('192.0.2.9');
		});

		it('shows how lines are read otherwise, and applies it by restarting the jail', async () => {
			const ours = await client('get', 'sshd', 'datepattern');
			await write('filter.d/sshd.local', '[Definition]\ndatepattern = ^%%Y-%%m-%%d %%H\nmaxlines = 3\n');
			await write('jail.d/read.local', '[pam-generic]\nlogtimezone = UTC+0200\n');
			const { pending } = await seen((now) => now.pending.length >= 3);
			expect(pending.map(({ jail, option, configured }) => [jail, option, configured])).toEqual(
				expect.arrayContaining([
					['sshd', 'datepattern', '^%Y-%m-%d %H'],
					['sshd', 'maxlines', '3'],
					['pam-generic', 'logtimezone', 'UTC+0200'],
				]),
			);
			expect(pending.find(({ option }) => option === 'datepattern')).toMatchObject({
				running: 'Default Detectors',
				file: 'filter.d/sshd.local',
				line: 2,
			});
			expect(await apply()).toEqual({ exit: { ok: true } });
			expect((await seen((now) => now.pending.length === 0)).pending).toEqual([]);
			expect(await client('get', 'sshd', 'datepattern')).toContain('^%Y-%m-%d %H');
			// fail2ban keeps over a reload what the files do not name any more
			await rm(join(fail2ban.config, 'filter.d/sshd.local'));
			await rm(join(fail2ban.config, 'jail.d/read.local'));
			await seen((now) => now.pending.some(({ option }) => option === 'logtimezone'));
			expect(await apply()).toEqual({ exit: { ok: true } });
			expect((await seen((now) => now.pending.length === 0)).pending).toEqual([]);
			expect(await client('get', 'sshd', 'datepattern')).toBe(ours);
		});

		it.each([
			[
				'an expression that does not compile',
				'filter.d/sshd.local',
				'[Definition]\nfailregex = ^x <HOST> (\n',
				'sshd',
			],
			['a number that is none', 'jail.d/hand.local', '[sshd]\nmaxretry = many\n', 'sshd'],
		])('loses no jail to %s', async (_name, file, text, jail) => {
			await write(file, text);
			const { exit } = await apply();
			expect(exit.error).toContain(`Jail '${jail}'`);
			expect(await client('status')).toContain('pam-generic, sshd');
			expect(await client('get', jail, 'actions')).toContain('noop');
			await rm(join(fail2ban.config, file));
			expect(await apply()).toEqual({ exit: { ok: true } });
		});

		it('refuses to apply what fail2ban cannot read at all, and says so', async () => {
			await write('filter.d/pam-generic.local', '[Definition]\nfailregex = %(nothing)s\n');
			const { status: code, body } = await helper.call('POST', '/service', { command: 'reload' });
			expect([code, body.error.message]).toEqual([400, expect.stringContaining('interpolation key')]);
			const { problems } = await seen((now) => now.problems.length > 0);
			expect(problems).toMatchObject([{ id: 'config-unreadable', text: expect.stringContaining('nothing') }]);
			expect(await client('status')).toContain('pam-generic, sshd');
			await rm(join(fail2ban.config, 'filter.d/pam-generic.local'));
			expect(await apply()).toEqual({ exit: { ok: true } });
		});

		it('keeps every jail when another database makes each reload fail', async () => {
			await write('fail2ban.local', `[Definition]\ndbfile = ${fail2ban.dir}/other.sqlite3\n`);
			const { pending } = await seen((now) => now.pending.some(({ option }) => option === 'dbfile'));
			expect(pending.find(({ option }) => option === 'dbfile')?.file).toBe('fail2ban.local');
			expect((await apply()).exit.error).toContain('Restart fail2ban first.');
			const change = await helper.call('PUT', '/jails/sshd', { bantime: '3h' });
			expect([change.status, change.body.error?.message]).toEqual([409, expect.stringContaining('dbfile')]);
			const reload = await helper.call('POST', '/service', { command: 'reload', jail: 'sshd' });
			expect(reload.status).toBe(409);
			expect(await client('status')).toContain('pam-generic, sshd');
		});

		it('keeps every jail when the server refuses its log target', async () => {
			await write('fail2ban.local', '[Definition]\nlogtarget = /nowhere/at/all.log\n');
			await seen((now) => now.pending.some(({ option }) => option === 'logtarget'));
			expect((await apply()).exit.error).toContain('logtarget = /nowhere/at/all.log');
			expect((await helper.call('PUT', '/jails/sshd', { bantime: '3h' })).status).toBe(409);
			expect(await client('status')).toContain('pam-generic, sshd');
			await rm(join(fail2ban.config, 'fail2ban.local'));
			expect(await apply()).toEqual({ exit: { ok: true } });
		});
	},
);
