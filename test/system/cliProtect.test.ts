import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { runCli } from '../../src/cli/runCli.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { fingerprint } from '../support/helper.ts';
import { harmlessFirewall, layOutNode } from '../support/nodeFiles.ts';

// what differs between the releases is planned by the same parts as in protection.test.ts
for (const release of releases().slice(-1)) {
	describe(`pve-fail2ban protect, fail2ban ${release.version}`, () => {
		let fail2ban: PrivateFail2ban;
		let node: string;
		let state: string;
		const notes: string[] = [];

		const protect = async (words: string[] = [], answer: boolean | null = null, command = ['protect']) => {
			let [out, err] = ['', ''];
			const place = [
				...['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket],
				...['--fail2ban-bin', release.bin, '--state', state],
			];
			const where = command[0] === 'protect' ? ['--node', node] : [];
			const exit = await runCli([...command, ...words, ...place, ...where], {
				console: {
					out: (line) => {
						out += `${line}\n`;
					},
					err: (line) => {
						err += `${line}\n`;
					},
				},
				run: runCommand,
				root: true,
				pluginVersion: 'test',
				note: async (text) => void notes.push(text),
				ask: async () => answer,
				clientIp: '203.0.113.9',
			});
			return { exit, out, err };
		};

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, {
				files: {
					...harmlessFirewall,
					'jail.d/defaults-debian.conf':
						'[DEFAULT]\nbackend = polling\n[sshd]\nenabled = true\nlogpath = @DIR@/logs/auth.log\n',
				},
			});
			node = await layOutNode(fail2ban.dir);
			await appendFile(join(fail2ban.dir, 'logs/syslog'), '');
			state = await mkdtemp(join(tmpdir(), 'pve-fail2ban-state-'));
		});
		afterAll(async () => {
			await fail2ban?.stop();
			if (state) await rm(state, { recursive: true, force: true });
		});

		it('shows what it would change, and changes nothing unless it is told to', async () => {
			const before = await fingerprint(fail2ban.config);
			const shown = await protect(['--dry-run']);
			expect(shown).toMatchObject({ exit: 0, err: '' });
			expect(shown.out).toContain('Standard: 5 failures within 10 minutes');
			expect(shown.out).toContain('203.0.113.9 (Your address');
			expect(shown.out).toContain('+++ b/jail.d/proxmox.local');
			expect(shown.out).toContain('Jails that start: pam-generic, proxmox, recidive.');
			expect(await protect([], false)).toMatchObject({
				exit: 1,
				out: expect.stringContaining('Nothing was changed.'),
			});
			expect(await protect([], null)).toMatchObject({ exit: 2, err: expect.stringContaining('--yes') });
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('refuses to ban the admin who sits there by SSH', async () => {
			const before = await fingerprint(fail2ban.config);
			const time = new Date().toISOString();
			const line = `${time} pve1 sshd[1]: Failed password for root from 203.0.113.9 port 40022 ssh2\n`;
			await appendFile(join(fail2ban.dir, 'logs/auth.log'), line);
			// ignored by default; without that the guard is what is left
			const { exit, err } = await protect(['--preset', 'one-attempt', '--yes', '--no-own-address']);
			expect(exit).toBe(1);
			expect(err).toContain('203.0.113.9');
			expect(err).toContain('30 days');
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('makes one change, tests each jail, and is taken back by rescue undo', async () => {
			const before = await fingerprint(fail2ban.config);
			const done = await protect(['--jails', 'sshd,proxmox', '--ignore', '10.0.0.0/24'], true);
			expect(done).toMatchObject({ exit: 0, err: '' });
			expect(done.out).toContain('proxmox: runs, bans by ');
			expect(done.out).toContain('1 of 1 lines of the last 7 days match');
			expect(notes.join('\n')).toContain('audit: user=root@pam');
			expect((await fail2ban.client('get', 'proxmox', 'ignoreip')).stdout).toContain('10.0.0.0/24');
			const again = await protect(['--yes']);
			expect(again.out).toContain('No file changes.');
			const undone = await protect([], null, ['rescue', 'undo']);
			expect(undone.exit).toBe(0);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});
	});
}
