import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { noopAction } from '../support/harmlessJails.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';

describe.each(releases().map((release) => [release.version, release] as const))(
	'options on fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, {
				files: {
					'action.d/iptables-multiport.conf': noopAction,
					'fail2ban.d/zz-syslog.conf': '[Definition]\nsyslogsocket = @DIR@/nobody-listens\n',
					'jail.d/sshd.local': '[sshd]\nmaxretry = 3\n',
				},
			});
			helper = await startTestHelper(fail2ban);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		const option = async (scope: string, name: string) =>
			(await helper.call('GET', `/${scope}`)).body.data.options[name];
		const put = (scope: string, params: Record<string, unknown>, user?: string) =>
			helper.call('PUT', `/${scope}`, params, user);
		const runs = async (...words: string[]) => (await fail2ban.client('get', ...words)).stdout.trim();
		const banned = async (jail: string) => (await runs(jail, 'banip')).split(/\s+/).filter(Boolean);
		const file = (name: string) => readFile(join(fail2ban.config, name), 'utf8');

		it('changes every jail but those with a value of their own, and no ban', async () => {
			await fail2ban.client('set', 'pam-generic', 'banip', '192.0.2.7');
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put('defaults', { maxretry: 7, findtime: '20m' }, 'admin@pve');
			expect([status, body.data.changed]).toEqual([
				200,
				[
					{ option: 'maxretry', from: '5', to: '7' },
					{ option: 'findtime', from: '10m', to: '20m' },
				],
			]);
			expect(await runs('pam-generic', 'maxretry')).toBe('7');
			expect(await runs('pam-generic', 'findtime')).toBe('1200');
			expect(await runs('sshd', 'maxretry')).toBe('3');
			expect(await runs('sshd', 'findtime')).toBe('1200');
			expect(await banned('pam-generic')).toEqual(['192.0.2.7']);
			expect(await option('defaults', 'maxretry')).toMatchObject({ value: '7', own: true, jails: ['sshd'] });
			const { 'jail.local': written, ...others } = await fingerprint(fail2ban.config);
			expect(written).toBeDefined();
			expect(others).toEqual(before);
			expect(await file('jail.local')).toBe('[DEFAULT]\nmaxretry = 7\nfindtime = 20m\n');
		});

		it('gives defaults back, also growth, which fail2ban would keep', async () => {
			await put('defaults', { 'bantime-increment': true, 'bantime-maxtime': '4w' });
			expect(await runs('sshd', 'bantime.increment')).toBe('True');
			const given = await put('defaults', {
				delete: 'maxretry,findtime,bantime-increment,bantime-maxtime',
			});
			expect(given.status).toBe(200);
			expect(await runs('pam-generic', 'maxretry')).toBe('5');
			expect(await runs('sshd', 'bantime.increment')).not.toBe('True');
			await expect(file('jail.local')).rejects.toThrow('ENOENT');
		});

		it('restarts the jails for another ban action, in a task that keeps their bans', async () => {
			const { body, lines } = await put('defaults', { banaction: 'iptables-multiport' });
			expect(body).toEqual({ exit: { ok: true } });
			expect(lines).toContain('reload --restart sshd');
			expect(await runs('sshd', 'actions')).toContain('iptables-multiport');
			// its action names banaction_allports
			expect(await runs('pam-generic', 'actions')).toContain('noop');
			expect(await banned('pam-generic')).toEqual(['192.0.2.7']);
			expect((await put('defaults', { delete: 'banaction' })).body).toEqual({ exit: { ok: true } });
			expect(await runs('sshd', 'actions')).toContain('noop');
		});

		it('refuses a default that would cost jails, with no byte changed', async () => {
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put('defaults', { action: 'nothing' });
			expect(status).toBe(400);
			expect(body.error.errors.action).toBeTruthy();
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect((await helper.call('GET', '/jails')).body.data).toHaveLength(2);
		});

		it('tells the running server its own options', async () => {
			const values = { loglevel: 'DEBUG', logtarget: 'SYSOUT', dbpurgeage: '1d 12h', dbmaxmatches: 3 };
			const { status, body } = await put('settings', values);
			expect([status, body.data.files, body.data.pending]).toEqual([200, ['fail2ban.local'], false]);
			expect(await runs('loglevel')).toContain("'DEBUG'");
			expect(await runs('logtarget')).toContain('SYSOUT');
			expect(await runs('dbpurgeage')).toContain('129600');
			expect(await runs('dbmaxmatches')).toContain('3');
			expect(await option('settings', 'dbpurgeage')).toMatchObject({
				value: '1d 12h',
				running: '129600',
				differs: false,
			});
			expect((await helper.call('GET', '/status')).body.data.loglevel).toBe('DEBUG');
		});

		it('says when the server runs with something else than the files say', async () => {
			await fail2ban.client('set', 'loglevel', 'NOTICE');
			expect(await option('settings', 'loglevel')).toMatchObject({ running: 'NOTICE', differs: true });
			await fail2ban.client('set', 'loglevel', 'DEBUG');
		});

		it('gives options of the server back', async () => {
			expect((await put('settings', { delete: 'logtarget' })).status).toBe(200);
			expect(await runs('logtarget')).toContain(fail2ban.log);
			expect(await file('fail2ban.local')).not.toContain('logtarget');
		});

		it('restores everything when the server refuses one option', async () => {
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put('settings', { loglevel: 'ERROR', logtarget: 'SYSLOG' });
			expect(status).toBe(500);
			expect(body.error.errors).toMatchObject({
				'tx-failed': expect.stringContaining('set logtarget SYSLOG'),
				'tx-restored': expect.stringContaining('2 of 2 jails run as before'),
			});
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await runs('loglevel')).toContain("'DEBUG'");
			expect(await runs('logtarget')).toContain(fail2ban.log);
			expect(await banned('pam-generic')).toEqual(['192.0.2.7']);
		});

		it('is undone from the history, at the server too', async () => {
			const { body } = await put('settings', { loglevel: 'NOTICE' });
			expect(await runs('loglevel')).toContain("'NOTICE'");
			const undone = await helper.call('POST', `/changes/${body.data.id}/revert`);
			expect(undone.status).toBe(200);
			expect(await runs('loglevel')).toContain("'DEBUG'");
		});

		it('writes what waits for the start of a server that is stopped', async () => {
			await fail2ban.kill();
			const settings = await put('settings', { loglevel: 'INFO' });
			const defaults = await put('defaults', { bantime: '3h' });
			expect([settings.body.data.pending, defaults.body.data.pending]).toEqual([true, true]);
			expect(await option('settings', 'loglevel')).toMatchObject({ value: 'INFO', running: null });
			await fail2ban.start();
			expect(await runs('loglevel')).toContain("'INFO'");
			expect(await runs('sshd', 'bantime')).toBe('10800');
		});

		it('tells the actions that are installed', async () => {
			const { data } = (await helper.call('GET', '/actions', {}, 'admin@pve')).body;
			const named = (name: string) => data.find((row: { name: string }) => row.name === name);
			expect(data.length).toBeGreaterThan(40);
			expect(named('nftables-allports')).toMatchObject({ origin: 'package', bans: true, banaction: true });
			expect(named('sendmail-common')).toMatchObject({ banaction: false });
			const one = (await helper.call('GET', '/actions/cloudflare', {}, 'admin@pve')).body.data;
			expect(one.parameters.map(({ name }: { name: string }) => name)).toContain('cftoken');
			const seen = one.parameters.filter(({ value }: { value: string }) => value !== '' && value !== '***');
			expect(seen).toEqual([]);
		});
	},
);
