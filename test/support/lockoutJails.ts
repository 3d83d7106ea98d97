import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PrivateFail2ban, type Release, startFail2ban } from './fail2ban.ts';
import { type JournalEntry, writeJournal } from './journalFile.ts';

interface LockoutJails {
	/** What the journal of jail `journal` holds. */
	entries: readonly JournalEntry[];
	/** Option lines of the jails. */
	journal?: string;
	follow?: string;
	files?: Readonly<Record<string, string>>;
}

/**
 * A real fail2ban with two jails: `journal`, not enabled, bans from the journal's past as soon as it is; `follow` runs
 * on `logs/follow.log`, which is empty. They stand where they may be overridden.
 */
export async function startLockoutJails(
	release: Release,
	{ entries, journal = '', follow = '', files = {} }: LockoutJails,
): Promise<PrivateFail2ban> {
	const jails = `[journal]
enabled = false
filter = sshd
backend = systemd[journalpath=@DIR@/journal]
journalmatch = _SYSTEMD_UNIT=ssh.service
${journal}
[follow]
enabled = true
filter = sshd
backend = polling
logpath = @DIR@/logs/follow.log
maxretry = 5
findtime = 10m
bantime = 1h
${follow}`;
	const fail2ban = await startFail2ban(release, {
		files: { 'jail.d/lockout.conf': jails, ...files },
		start: false,
	});
	await writeJournal(join(fail2ban.dir, 'journal'), entries);
	await writeFile(join(fail2ban.dir, 'logs/follow.log'), '');
	await fail2ban.start();
	return fail2ban;
}
