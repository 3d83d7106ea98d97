import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDump } from '../../src/backend/config/dump.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { noopAction } from '../support/harmlessJails.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';

describe.each(releases().map((release) => [release.version, release] as const))(
	'jails on fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, { files: { 'action.d/other.conf': noopAction } });
			helper = await startTestHelper(fail2ban);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		const effective = async (jail: string) =>
			(await helper.call('GET', `/jails/${jail}/effective`)).body.data;
		const service = (params: object) => helper.call('POST', '/service', { ...params }, 'admin@pve');
		const get = async (...words: string[]) => (await fail2ban.client('get', ...words)).stdout.trim();
		const running = async () => (await fail2ban.client('status')).stdout;
		const local = (text: string) => writeFile(join(fail2ban.config, 'jail.d/sshd.local'), text);

		it('shows the very commands of fail2ban-client -d for a jail', async () => {
			const dump = parseDump((await fail2ban.client('-d')).stdout);
			const { commands, problem, enabled } = await effective('sshd');
			expect(commands.length).toBeGreaterThan(10);
			expect(parseDump(commands.join('\n'))).toEqual(dump.filter(([, jail]) => jail === 'sshd'));
			expect([problem, enabled]).toEqual([null, true]);
		});

		it.each(['sshd', 'recidive'])(
			'merges the files of jail %s into one section that means the same to fail2ban',
			async (jail) => {
				const { ini } = await effective(jail);
				const files = Object.fromEntries(
					['jail.conf', 'jail.d/defaults-debian.conf'].map((name) => [name, null] as const),
				);
				const alone = await startFail2ban(release, {
					start: false,
					files: { ...files, 'jail.local': `${ini.replace(/^enabled = .*$/m, 'enabled = true')}` },
				});
				const before = join(fail2ban.config, 'jail.d/only.local');
				try {
					await writeFile(before, `[${jail}]\nenabled = true\n`);
					const commands = async (server: PrivateFail2ban) =>
						parseDump((await server.client('-d')).stdout).filter(
							([, name, option]) => name === jail && option !== 'addlogpath',
						);
					const wanted = await commands(fail2ban);
					expect(wanted.length).toBeGreaterThan(5);
					expect(await commands(alone)).toEqual(wanted);
				} finally {
					await rm(before);
					await alone.stop();
				}
			},
		);

		it('shows a disabled jail as -d shows it once it is enabled', async () => {
			const { commands, enabled } = await effective('recidive');
			const shown = parseDump(commands.join('\n'));
			expect(enabled).toBe(false);
			const file = join(fail2ban.config, 'jail.d/only.local');
			await writeFile(file, '[recidive]\nenabled = true\n');
			try {
				const dump = parseDump((await fail2ban.client('-d')).stdout).filter(
					([, name]) => name === 'recidive',
				);
				// the log file is looked for on the disk, and starting comes at the end of all jails
				const withoutLog = (list: typeof dump) => list.filter(([, , option]) => option !== 'addlogpath');
				expect(withoutLog(shown)).toEqual(withoutLog(dump));
			} finally {
				await rm(file);
			}
		});

		it('reloads one jail, and leaves the others as they run', async () => {
			await fail2ban.client('set', 'pam-generic', 'maxretry', '17');
			await local('[sshd]\nmaxretry = 9\n');
			const { body, lines } = await service({ command: 'reload', jail: 'sshd' });
			expect(body).toEqual({ exit: { ok: true } });
			expect(lines?.at(-1)).toBe("Jail 'sshd' runs with its actions.");
			expect([await get('sshd', 'maxretry'), await get('pam-generic', 'maxretry')]).toEqual(['9', '17']);
		});

		it('restarts a jail that a reload would leave without actions, and keeps its bans', async () => {
			await fail2ban.client('set', 'sshd', 'banip', '203.0.113.5');
			await local('[sshd]\nbanaction = other\n');
			const { body, lines } = await service({ command: 'reload', jail: 'sshd' });
			expect(body).toEqual({ exit: { ok: true } });
			expect(lines).toContain('reload --restart --if-exists sshd');
			expect(await get('sshd', 'actions')).toContain('other');
			await expect.poll(() => get('sshd', 'banip'), { timeout: 5000 }).toContain('203.0.113.5');
			expect((await service({ command: 'restart', jail: 'sshd' })).body).toEqual({ exit: { ok: true } });
			await expect.poll(() => get('sshd', 'banip'), { timeout: 5000 }).toContain('203.0.113.5');
		});

		it('does not even try a reload that would cost the jail', async () => {
			const before = await running();
			await local('[sshd]\nfailregex = ^(unclosed <HOST>$\n');
			const { status, body } = await service({ command: 'reload', jail: 'sshd' });
			expect([status, body.error.code]).toEqual([400, 'bad-config']);
			expect(body.error.message).toMatch(/unclosed|compile/i);
			await local('[sshd]\nlogpath = /nowhere/at/all.log\n');
			const second = await service({ command: 'restart', jail: 'sshd' });
			expect([second.status, second.body.error.message]).toEqual([
				400,
				"Not done, because fail2ban would fail: No log file found for jail 'sshd'.",
			]);
			expect(await running()).toBe(before);
			await rm(join(fail2ban.config, 'jail.d/sshd.local'));
			await service({ command: 'reload', jail: 'sshd' });
		});

		it('starts an enabled jail that is not running', async () => {
			await fail2ban.client('stop', 'sshd');
			expect(await running()).not.toContain('sshd');
			expect((await service({ command: 'reload', jail: 'sshd' })).body).toEqual({ exit: { ok: true } });
			expect(await running()).toContain('sshd');
		});

		it('creates a jail with values of several lines, whose details tell where each stands', async () => {
			const logs = ['logs/a.log', 'logs/b.log'].map((name) => join(fail2ban.dir, name));
			for (const log of logs) await appendFile(log, '');
			const { data: fresh } = (await helper.call('GET', '/jails/-/config', { create: '1' })).body;
			expect(fresh.options.backend).toMatchObject({ own: false, value: expect.any(String) });
			const created = await helper.call('POST', '/jails', {
				jail: 'mine',
				filter: 'sshd',
				logpath: logs.join('\n'),
				failregex: '^first <HOST>$\n^second <HOST>$',
				digest: fresh.digest,
			});
			expect(created.status).toBe(200);
			expect(await running()).toContain('mine');
			for (const log of logs) expect(await get('mine', 'logpath')).toContain(log);
			expect(await get('mine', 'failregex')).toMatch(/\^first [\s\S]*\^second /);
			const { options, stock } = (await helper.call('GET', '/jails/mine/config')).body.data;
			expect(stock).toBe(false);
			expect(options.logpath).toMatchObject({ own: true, value: logs.join('\n'), file: 'jail.d/mine.local' });
			expect(options.failregex.overrides[0]).toMatchObject({ file: 'filter.d/sshd.conf' });
			expect((await helper.call('DELETE', '/jails/mine')).status).toBe(200);
			expect(await running()).not.toContain('mine');
			await expect(readFile(join(fail2ban.config, 'jail.d/mine.local'))).rejects.toThrow('ENOENT');
		});
	},
);
