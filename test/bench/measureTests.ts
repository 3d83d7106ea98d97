import { join } from 'node:path';
import type { PrivateFail2ban } from '../support/fail2ban.ts';
import { type JournalEntry, writeJournal } from '../support/journalFile.ts';
import type { BuiltHelper } from './builtHelper.ts';
import { type Row, repeated, timed, within } from './figures.ts';

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

async function tested(
	helper: BuiltHelper,
	params: Record<string, unknown>,
): Promise<{ stopped: string | null }> {
	const { status, body } = await helper.call('POST', '/test', params);
	if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
	return body.data;
}

/** The workbench on the newest lines of a journal, and while an expression runs away. */
export async function measureTests(fail2ban: PrivateFail2ban, helper: BuiltHelper): Promise<Row[]> {
	const entries = Array.from({ length: 2 * lines }, (_, n) => entry(n));
	await writeJournal(join(fail2ban.dir, 'journal'), entries);
	const test = await repeated(5, async () => {
		await tested(helper, { jail: 'journal', source: 'jail', limit: lines });
	});
	const endless = tested(helper, {
		failregex: '(a+)+$|x<HOST>',
		source: 'text',
		text: `${'a'.repeat(60)}!`,
	});
	const status = await repeated(20, async () => {
		const { status } = await helper.call('GET', '/status');
		if (status !== 200) throw new Error(`GET /status: ${status}`);
	});
	let stopped: string | null = null;
	const whole = await timed(async () => {
		stopped = (await endless).stopped;
	});
	return [
		within(
			`POST /test, ${lines} journal lines with sshd`,
			test.median,
			1500,
			`at most ${Math.round(test.max)} ms`,
		),
		within(
			'GET /status while an expression runs away',
			status.median,
			1000,
			`at most ${Math.round(status.max)} ms`,
		),
		within(`… which is ended (${stopped}) after another`, whole, 6000),
	];
}
