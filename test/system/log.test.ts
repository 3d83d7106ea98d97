import { appendFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, refusalOf } from '../support/contractCalls.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';

let fail2ban: PrivateFail2ban;
let helper: TestHelper;

/** A line as fail2ban writes it, in the year before any real one of this test. */
function line(second: number, text: string, level = 'NOTICE'): string {
	const clock = new Date(Date.UTC(2020, 0, 1, 0, 0, second)).toISOString().slice(11, 19);
	return `2020-01-01 ${clock},000 fail2ban.actions        [77]: ${level.padEnd(7)} ${text}\n`;
}

async function log(params: Record<string, unknown> = {}) {
	const [first, ...rest] = await answerOf(helper.call, 'getLog', params);
	return { before: first as string, after: rest.pop() as string, lines: rest };
}

async function refused(params: Record<string, unknown>) {
	const { status, message } = await refusalOf(helper.call, 'getLog', params);
	return [status, message];
}

afterAll(async () => {
	await helper?.stop();
	await fail2ban?.stop();
});

describe.each(releases())('the log of fail2ban $version', (release) => {
	beforeAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
		fail2ban = await startFail2ban(release);
		const older = Array.from({ length: 700 }, (_, n) => line(n, `[old] Ban 192.0.2.${n % 250}`)).join('');
		await writeFile(`${fail2ban.log}.2.gz`, await promisify(gzip)(older));
		const old = Array.from({ length: 300 }, (_, n) => line(3600 + n, `[sshd] Unban 198.51.100.${n % 250}`));
		await writeFile(`${fail2ban.log}.1`, old.join(''));
		helper = await startTestHelper(fail2ban);
	});

	test('shows what the server writes, newest line last, with the limit asked for', async () => {
		await fail2ban.client('set', 'sshd', 'banip', '203.0.113.77');
		await expect
			.poll(async () =>
				(await log({ lastentries: 5 })).lines.some((text) => /\[sshd\] Ban 203\.0\.113\.77/.test(text)),
			)
			.toBe(true);
		expect((await log({ lastentries: 3 })).lines).toHaveLength(3);
	});

	test('follows: what is written behind the cursor comes once, and nothing comes twice', async () => {
		const { after } = await log({ lastentries: 1 });
		expect((await log({ startcursor: after })).lines).toEqual([]);
		await appendFile(fail2ban.log, line(5000, '[sshd] Found 192.0.2.9 - followed', 'INFO'));
		const next = await log({ startcursor: after });
		expect(next.lines.filter((text) => text.includes('followed'))).toHaveLength(1);
		expect((await log({ startcursor: next.after })).lines).toEqual([]);
	});

	test('pages back through the rotated files to the first line, each line once', async () => {
		let page = await log({ lastentries: 500 });
		const all = [...page.lines];
		for (let n = 0; n < 10 && page.lines.length > 0; n++) {
			page = await log({ lastentries: 170, endcursor: page.before });
			all.unshift(...page.lines);
		}
		const old = all.filter((text) => text.includes('[77]') && !text.includes('followed'));
		expect(old).toHaveLength(1000);
		expect(old[0]).toContain('[old] Ban 192.0.2.0');
		expect(new Set(old).size).toBe(1000);
	});

	test('keeps its place when the log is rotated and compressed meanwhile', async () => {
		const { after, before } = await log({ lastentries: 2 });
		const tail = await log({ lastentries: 4, endcursor: before });
		await unlink(`${fail2ban.log}.2.gz`);
		await rename(`${fail2ban.log}.1`, `${fail2ban.log}.3`);
		await rename(fail2ban.log, `${fail2ban.log}.1`);
		await fail2ban.client('flushlogs');
		await appendFile(`${fail2ban.log}.1`, line(6000, '[sshd] Ban 192.0.2.1 late in the old file'));
		await appendFile(fail2ban.log, line(6001, '[sshd] Ban 192.0.2.1 in the new file'));
		const next = await log({ startcursor: after });
		expect(next.lines.filter((text) => /late in the old|in the new/.test(text))).toHaveLength(2);
		expect((await log({ lastentries: 4, endcursor: before })).lines).toEqual(tail.lines);

		const { readFile } = await import('node:fs/promises');
		await writeFile(`${fail2ban.log}.1.gz`, await promisify(gzip)(await readFile(`${fail2ban.log}.1`)));
		await unlink(`${fail2ban.log}.1`);
		expect((await log({ lastentries: 4, endcursor: before })).lines).toEqual(tail.lines);
		const again = await log({ startcursor: after });
		expect(again.lines.filter((text) => /late in the old|in the new/.test(text))).toHaveLength(2);
	});

	test('answers the next lines that match a search, a jail and a level, in any case', async () => {
		await appendFile(
			fail2ban.log,
			[
				line(7000, "[apache] Unable to ban: 'x'", 'ERROR'),
				'Traceback (most recent call last):\n',
				line(7001, '[apache] Ban 192.0.2.200'),
				line(7002, '[sshd] Ban 192.0.2.201'),
				line(7003, 'ordinary', 'WARNING'),
			].join(''),
		);
		expect((await log({ search: 'UNABLE to' })).lines).toEqual([
			expect.stringContaining("[apache] Unable to ban: 'x'"),
			'Traceback (most recent call last):',
		]);
		expect((await log({ jail: 'apache', search: '192.0.2.200' })).lines).toHaveLength(1);
		expect((await log({ jail: 'sshd', search: '192.0.2.200' })).lines).toEqual([]);
		const errors = (await log({ level: 'ERROR', search: 'apache' })).lines;
		expect(errors).toHaveLength(2);
		expect((await log({ level: 'WARNING', search: 'ordinary' })).lines).toHaveLength(1);
		const first = await log({ jail: 'sshd', search: 'Unban', lastentries: 200 });
		const second = await log({ jail: 'sshd', search: 'Unban', lastentries: 200, endcursor: first.before });
		expect(first.lines).toHaveLength(200);
		expect(second.lines).toHaveLength(100);
	});

	test('a search that finds nothing still follows what comes', async () => {
		const { after, lines } = await log({ search: 'only later' });
		expect(lines).toEqual([]);
		await appendFile(fail2ban.log, line(7100, 'unrelated') + line(7101, 'only later'));
		expect((await log({ search: 'only later', startcursor: after })).lines).toHaveLength(1);
	});

	test('answers a time span by the local time of the lines', async () => {
		const from = new Date(2020, 0, 1, 1, 0, 0).getTime() / 1000;
		const { lines } = await log({ since: from, until: from + 10 });
		expect(lines).toHaveLength(10);
		expect(lines[0]).toContain('2020-01-01 01:00:00');
		expect((await log({ since: from + 40 * 365 * 86_400 })).lines).toEqual([]);
		const cut = await log({ since: from, until: from + 300, limit: 5 });
		expect(cut.lines).toHaveLength(6);
		expect(cut.lines[5]).toMatch(/^-- More lines follow/);
	});

	test('leaves out a line that is only half written', async () => {
		await appendFile(fail2ban.log, line(7200, 'whole') + line(7201, 'half').slice(0, -1));
		expect((await log({ lastentries: 1 })).lines).toEqual([expect.stringContaining('whole')]);
		await appendFile(fail2ban.log, '\n');
		expect((await log({ lastentries: 1 })).lines).toEqual([expect.stringContaining('half')]);
	});

	test('refuses what is no cursor, and any other bad parameter by its name', async () => {
		expect(await refused({ startcursor: '../../etc/shadow' })).toEqual([
			400,
			expect.stringContaining('startcursor'),
		]);
		expect(await refused({ endcursor: 'zz-00' })).toEqual([400, 'endcursor: Not a cursor of this log.']);
		expect(await refused({ lastentries: 501 })).toEqual([400, expect.stringContaining('lastentries')]);
		expect(await refused({ limit: 0 })).toEqual([400, expect.stringContaining('limit')]);
		expect(await refused({ level: 'LOUD' })).toEqual([400, expect.stringContaining('level')]);
		expect(await refused({ search: 'a\nb' })).toEqual([400, expect.stringContaining('search')]);
		expect(await refused({ since: -1 })).toEqual([400, expect.stringContaining('since')]);
		expect(await refused({ file: '/etc/shadow' })).toEqual([400, expect.stringContaining('file')]);
	});

	test('opens no symbolic link, no other kind of file, and nothing outside of the folders for logs', async () => {
		await rename(fail2ban.log, `${fail2ban.log}.kept`);
		await symlink('/etc/passwd', fail2ban.log);
		expect(await refused({})).toEqual([404, `fail2ban's log ${fail2ban.log} is a symbolic link.`]);
		await unlink(fail2ban.log);
		expect(await refused({})).toEqual([404, `fail2ban's log ${fail2ban.log} does not exist.`]);
		await symlink('/etc/passwd', `${fail2ban.log}.9`);
		await rename(`${fail2ban.log}.kept`, fail2ban.log);
		expect((await log({ search: 'root:' })).lines).toEqual([]);
		await unlink(`${fail2ban.log}.9`);
		const elsewhere = join('/tmp', `outside-${process.pid}.log`);
		await writeFile(elsewhere, line(1, 'secret'));
		await fail2ban.client('set', 'logtarget', elsewhere);
		await fail2ban.client('reload');
		await helper.stop();
		helper = await startTestHelper(fail2ban);
		await fail2ban.client('set', 'logtarget', elsewhere);
		const [status, message] = await refused({});
		await unlink(elsewhere);
		expect([status, message]).toEqual([404, expect.stringContaining('is outside /var/log')]);
	});

	test('says where fail2ban logs to when that is no file', async () => {
		await fail2ban.client('set', 'logtarget', 'SYSOUT');
		await helper.stop();
		helper = await startTestHelper(fail2ban);
		expect(await refused({})).toEqual([404, 'fail2ban logs to SYSOUT; see the system log.']);
	});
});
