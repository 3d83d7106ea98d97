import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { createLog } from '../../src/backend/kit/journalLog.ts';
import { recover } from '../../src/backend/startHelper.ts';
import { releases, startFail2ban } from '../support/fail2ban.ts';
import { fingerprint, startTestHelper } from '../support/helper.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** This process still runs, but the one that held the lock is gone after a power loss. */
async function reboot(lock: string): Promise<void> {
	const text = await readFile(lock, 'utf8').catch(() => null);
	if (text === null) return;
	const held = JSON.parse(text);
	await writeFile(lock, JSON.stringify({ ...held, started: held.started.replace(/^\S+/, 'another-boot') }));
}

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(_version, release) => {
		it('is the old or the new configuration after a power loss at any step, once the recover unit ran', async () => {
			// a value in jail.local and one in jail.d, so that one change writes two files
			const fail2ban = await startFail2ban(release, {
				files: { 'jail.local': '[sshd]\nmaxretry = 4 ; few\n' },
			});
			cleanups.push(() => fail2ban.stop());
			const disks = await mkdtemp(join(tmpdir(), 'pve-fail2ban-power-'));
			cleanups.push(() => rm(disks, { recursive: true, force: true }));
			let state = '';
			const steps: string[] = [];
			const helper = await startTestHelper(fail2ban, {
				async step(name) {
					const disk = join(disks, String(steps.push(name)));
					await cp(fail2ban.config, join(disk, 'config'), { recursive: true });
					await cp(state, join(disk, 'state'), { recursive: true });
				},
			});
			cleanups.push(() => helper.stop());
			state = helper.state;
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await helper.call('PUT', '/jails/sshd', { maxretry: '3', bantime: '2h' });
			expect(status, JSON.stringify(body)).toBe(200);
			const after = await fingerprint(fail2ban.config);
			expect(after).not.toEqual(before);
			expect(steps.filter((name) => name.startsWith('wrote '))).toHaveLength(2);

			const found: string[] = [];
			for (const [index, name] of steps.entries()) {
				const disk = join(disks, String(index + 1));
				const log: string[] = [];
				await reboot(join(disk, 'state/lock'));
				await recover(
					{
						socket: null,
						config: join(disk, 'config'),
						fail2banSocket: join(disk, 'no.sock'),
						fail2banBin: release.bin,
						state: join(disk, 'state'),
						idleExit: null,
						privateFolder: true,
						recover: true,
					},
					{ log: createLog((line) => log.push(line)), run: runCommand, pluginVersion: 'test' },
				);
				const now = await fingerprint(join(disk, 'config'));
				expect([before, after], `${name}: ${log.join('')}`).toContainEqual(now);
				expect(await readdir(join(disk, 'state'))).not.toContain('in-progress');
				found.push(JSON.stringify(now) === JSON.stringify(before) ? 'old' : 'new');
			}
			expect(found.at(-1)).toBe('new');
			expect(found.slice(0, -1)).toEqual(steps.slice(0, -1).map(() => 'old'));
		});
	},
);
