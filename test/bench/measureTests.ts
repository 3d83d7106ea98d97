import { join } from 'node:path';
import type { PrivateFail2ban } from '../support/fail2ban.ts';
import { type JournalEntry, writeJournal } from '../support/journalFile.ts';
import type { BuiltHelper } from './builtHelper.ts';
import { formatted, type Measurement } from './figures.ts';
import { data, programTime, repeated, timed } from './timing.ts';

const lines = 5000;

/** As sshd logs on a node that faces the Internet. */
function entry(n: number): JournalEntry {
	const from = `from 203.0.113.${n % 250} port ${1024 + n}`;
	const messages = [
		`Invalid user admin${n % 40} ${from}`,
		`Failed password for invalid user admin${n % 40} ${from} ssh2`,
		`Received disconnect ${from}:11: Bye Bye [preauth]`,
		`Disconnected from invalid user admin${n % 40} 203.0.113.${n % 250} port ${1024 + n} [preauth]`,
		`pam_unix(sshd:auth): check pass; user unknown`,
	];
	return {
		time: Math.floor(Date.now() / 1000) - 2 * lines + n,
		identifier: 'sshd',
		pid: 1000 + Math.floor(n / 5),
		unit: 'ssh.service',
		message: messages[n % messages.length] as string,
	};
}

/** The workbench on the lines of a journal, and while an expression runs away. */
export async function measureTests(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Measurement[]> {
	const journal = join(fail2ban.dir, 'journal');
	await writeJournal(
		journal,
		Array.from({ length: lines }, (_, n) => entry(n)),
	);
	const tested = (params: Record<string, unknown>) => data(helper.call('POST', '/test', params));
	const test = await repeated(5, () => tested({ jail: 'journal', source: 'jail', limit: lines }));
	const plain = await programTime(join(fail2ban.release.bin, 'fail2ban-regex'), [
		'-c',
		fail2ban.config,
		'-m',
		'_SYSTEMD_UNIT=ssh.service',
		`systemd-journal[journalpath=${journal}]`,
		'sshd',
	]);
	const endless = tested({ failregex: '(a+)+$|x<HOST>', source: 'text', text: `${'a'.repeat(60)}!` });
	const status = await repeated(20, () => data(helper.call('GET', '/status')));
	let stopped: string | null = null;
	const whole = await timed(async () => {
		({ stopped } = await endless);
	});
	return [
		{
			name: `POST /test, ${lines} journal lines with sshd`,
			unit: 'ms',
			measured: test.median,
			alternative: { ms: plain, is: 'fail2ban-regex on the same journal' },
			note: `at most ${formatted(test.max, 'ms')}`,
		},
		{
			name: 'GET /status while an expression runs away',
			unit: 'ms',
			measured: status.median,
			note: `at most ${formatted(status.max, 'ms')}; the expression was ended (${stopped}) after another ${formatted(whole, 'ms')}`,
		},
	];
}
