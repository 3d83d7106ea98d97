import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';

export type LogInKind = 'web' | 'ssh' | 'pam';

export interface FailedLogIn {
	/** Unix seconds. */
	time: number;
	message: string;
}

/** Where each kind of log-in writes its failures, and how these begin; the words are the programs' own. */
const sources: Record<LogInKind, { matches: string[]; pattern: string }> = {
	web: {
		matches: ['_SYSTEMD_UNIT=pvedaemon.service'],
		pattern: '^(openid )?authentication failure; rhost=',
	},
	ssh: {
		matches: ['_COMM=sshd', '_COMM=sshd-session'],
		pattern: '^Failed (password|keyboard-interactive/pam) for ',
	},
	pam: {
		matches: ['SYSLOG_FACILITY=10', 'SYSLOG_FACILITY=4'],
		pattern: '^pam_\\w+\\([^)]*:auth\\): authentication failure; .*rhost=\\S',
	},
};

/** Milliseconds; a search that finds nothing reads the whole journal of the time. */
const timeoutMs = 10_000;

/**
 * The newest log-in of a kind that failed within so many days, as the journal has it, whatever any jail reads; null:
 * none did. Throws Error if the journal cannot tell.
 */
export function createFailedLogIns(
	run: RunCommand,
): (kind: LogInKind, days: number) => Promise<FailedLogIn | null> {
	return async (kind, days) => {
		const { matches, pattern } = sources[kind];
		const args = ['-q', '--no-pager', '-r', '-n', '1', '-o', 'json', '--output-fields=MESSAGE'];
		const when = ['--since', `-${days}d`, '--case-sensitive=yes', '--grep', pattern];
		const { stdout, stderr, timedOut } = await run('journalctl', [...args, ...when, ...matches], {
			timeout: timeoutMs,
		});
		if (timedOut) throw new Error('the journal is too large to be searched in time.');
		// exit 1 says that nothing was found
		if (stdout.trim() === '') {
			if (stderr.trim() !== '') throw new Error(`journalctl: ${stderr.trim().split('\n')[0]}`);
			return null;
		}
		const entry = JSON.parse(stdout.trim().split('\n')[0] ?? '') as Record<string, unknown>;
		const message = Array.isArray(entry.MESSAGE)
			? Buffer.from(entry.MESSAGE as number[]).toString('utf8')
			: String(entry.MESSAGE);
		return { time: Math.floor(Number(entry.__REALTIME_TIMESTAMP) / 1e6), message };
	};
}
