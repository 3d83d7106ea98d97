import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../build/setup/run.ts';
import { demoFiles } from '../host/demo/demoFiles.ts';
import { type LogLine, logIn, webLogInFailure } from '../host/demo/logGenerator.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';

/** A fixed sequence, so that a failure can be seen again. */
function sequence(): () => number {
	let state = 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}

const time = new Date('2026-11-22T14:43:39');
const next = sequence();
const lines: LogLine[] = Array.from({ length: 400 }, () => logIn(time, next));

describe.each(releases())('fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;

	beforeAll(async () => {
		fail2ban = await startFail2ban(release, { files: demoFiles, start: false });
	});
	afterAll(() => fail2ban.stop());

	/** The addresses that a filter finds, one for each line that it matches. */
	async function found(filter: string, texts: string[]): Promise<string[]> {
		const log = join(fail2ban.dir, `${filter}.log`);
		await writeFile(log, `${texts.join('\n')}\n`);
		const program = join(release.bin, 'fail2ban-regex');
		const { stdout } = await run(program, ['-c', fail2ban.config, '-o', 'ip', log, filter]);
		return stdout.split('\n').filter((each) => each !== '');
	}

	test.each([
		['sshd', 'auth.log', /sshd\[\d+\]: (Failed|Invalid)/],
		['pam-generic', 'auth.log', /pam_unix/],
		['proxmox', 'pvedaemon.log', /./],
	])('filter %s finds each generated failure, and no log-in that succeeds', async (filter, file, pattern) => {
		const texts = lines.filter((line) => line.file === file).map(({ text }) => text);
		const failures = texts.filter((text) => pattern.test(text));
		expect(failures.length).toBeGreaterThan(20);
		expect(await found(filter, texts)).toHaveLength(failures.length);
	});

	test('a user name that looks like a log line does not forge another address', async () => {
		const name = 'authentication failure; rhost=198.51.100.9 user=a msg=b';
		const { text } = webLogInFailure(time, '192.0.2.77', name);
		expect(await found('proxmox', [text])).toEqual(['192.0.2.77']);
	});
});
