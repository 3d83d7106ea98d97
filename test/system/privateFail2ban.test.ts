import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';

/** Processes whose command line names the folder. */
function processesOf(dir: string): string[] {
	return readdirSync('/proc').filter((name) => {
		try {
			return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(dir);
		} catch {
			return false; // it ended meanwhile
		}
	});
}

function expectNothingOf({ dir }: PrivateFail2ban): void {
	expect(existsSync(dir)).toBe(false);
	expect(processesOf(dir)).toEqual([]);
}

describe.each(releases())('a private fail2ban $version', (release) => {
	test('runs the default jails of this very release, and leaves nothing behind', async () => {
		const fail2ban = await startFail2ban(release);
		try {
			expect((await fail2ban.client('status')).stdout).toContain('pam-generic, sshd');
			expect((await fail2ban.client('-V')).stdout.trim()).toBe(release.version);
			expect(processesOf(fail2ban.dir)).toEqual([String(fail2ban.pid)]);
		} finally {
			await fail2ban.stop();
		}
		expectNothingOf(fail2ban);
	});

	test('stops although it is frozen, and although a call still waits for it', async () => {
		const fail2ban = await startFail2ban(release);
		fail2ban.freeze();
		const call = fail2ban.client('status');
		await fail2ban.stop();
		await call;
		expectNothingOf(fail2ban);
	});

	test('starts again after a crash, on the socket that the crash left', async () => {
		const fail2ban = await startFail2ban(release);
		try {
			const first = fail2ban.pid;
			await fail2ban.kill();
			expect(fail2ban.pid).toBeUndefined();
			expect(existsSync(fail2ban.socket)).toBe(true);
			await fail2ban.start();
			expect(fail2ban.pid).not.toBe(first);
		} finally {
			await fail2ban.stop();
		}
		expectNothingOf(fail2ban);
	});

	test('a configuration that does not start is an error with what fail2ban printed', async () => {
		const files = { 'jail.local': '[sshd]\nlogpath = @DIR@/missing.log\n' };
		await expect(startFail2ban(release, { files })).rejects.toThrow(/did not start:.*log file/is);
	});
});
