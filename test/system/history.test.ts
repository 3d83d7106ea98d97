import { appendFile, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';

let fail2ban: PrivateFail2ban;
let helper: TestHelper;

const two = (value: number) => String(value).padStart(2, '0');

/** A line of some hours ago, so that it lies in the last day. */
function line(hoursAgo: number, text: string, who = 'actions'): string {
	const time = new Date(Date.now() - hoursAgo * 3_600_000);
	const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
	const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
	return `${day} ${clock},000 ${`fail2ban.${who}`.padEnd(24)}[77]: NOTICE  ${text}\n`;
}

async function history(params: Record<string, unknown> = {}) {
	const { status, body } = await helper.call('GET', '/history', params);
	expect(body.error).toBeUndefined();
	expect(status).toBe(200);
	return body.data;
}

const sum = (rows: Record<string, number>[], of: string) =>
	rows.reduce((all, row) => all + (row[of] ?? 0), 0);

afterAll(async () => {
	await helper?.stop();
	await fail2ban?.stop();
});

describe.each(releases())('the history of fail2ban $version', (release) => {
	beforeAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
		fail2ban = await startFail2ban(release);
		const old = [
			line(20, '[sshd] Found 192.0.2.1 - 2020-01-01 00:00:00', 'filter'),
			line(20, '[sshd] Found 192.0.2.1, bad - 2020-01-01 00:00:00, 1 # -> 2.0, Ban', 'observer'),
			line(19, '[sshd] Found 192.0.2.2 - 2020-01-01 00:00:00', 'filter'),
			line(19, '[sshd] Ban 192.0.2.1'),
			line(19, '[sshd] Increase Ban 192.0.2.1 (2 # 4s -> 2020-01-01 00:00:00)', 'observer'),
			line(18, '[sshd] Restore Ban 192.0.2.1'),
			line(18, '[sshd] 192.0.2.1 already banned'),
			line(17, '[web] Unban 192.0.2.1'),
			line(17, '[sshd] Ignore 192.0.2.1 by ignoreself rule', 'filter'),
			line(16, '[web] Found 2001:db8:1::5 - 2020-01-01 00:00:00', 'filter'),
			line(16, '[web] Ban 2001:DB8:1:0::6'),
			line(16, "Jail 'web' started"),
			line(30, '[sshd] Ban 203.0.113.250'),
		].join('');
		await writeFile(`${fail2ban.log}.1.gz`, await promisify(gzip)(old));
		helper = await startTestHelper(fail2ban);
	});

	test('counts what was found, banned and unbanned, each once, and nothing of before the time asked for', async () => {
		const answer = await history();
		expect(answer).toMatchObject({ source: 'log', complete: true, note: null });
		expect([sum(answer.series, 'found'), sum(answer.series, 'bans'), sum(answer.series, 'unbans')]).toEqual([
			3, 2, 1,
		]);
		expect(answer.jails).toEqual([
			{ jail: 'sshd', found: 2, bans: 1, unbans: 0 },
			{ jail: 'web', found: 1, bans: 1, unbans: 1 },
		]);
		expect(answer.networks).toEqual([
			{ network: '192.0.2.0/24', addresses: 2, found: 2, bans: 1 },
			{ network: '2001:db8:1::/48', addresses: 2, found: 1, bans: 1 },
		]);
		// a busy server may not say in time who is banned
		await expect
			.poll(async () => (await history()).addresses[0])
			.toEqual({ ip: '192.0.2.1', found: 1, bans: 1, banned: false });
		expect(answer.series.length).toBeGreaterThanOrEqual(24);
		expect((await history({ jail: 'web' })).jails).toEqual([{ jail: 'web', found: 1, bans: 1, unbans: 1 }]);
		expect((await history({ jail: 'nobody' })).addresses).toEqual([]);
	});

	test('counts what is added from then on, and tells who is banned now', async () => {
		await fail2ban.client('set', 'sshd', 'banip', '198.51.100.7');
		await expect.poll(async () => (await history()).jails[0]?.bans).toBe(2);
		await expect
			.poll(async () => (await history()).addresses.find(({ ip }: { ip: string }) => ip === '198.51.100.7'))
			.toMatchObject({ banned: true, bans: 1 });
		await appendFile(fail2ban.log, line(0, '[sshd] Ban 198.51.100.8').slice(0, -1));
		expect(sum((await history()).series, 'bans')).toBe(3);
		await appendFile(fail2ban.log, '\n');
		expect(sum((await history()).series, 'bans')).toBe(4);
	});

	test('counts the same after the log was rotated and compressed', async () => {
		const before = await history();
		await rename(`${fail2ban.log}.1.gz`, `${fail2ban.log}.2.gz`);
		await rename(fail2ban.log, `${fail2ban.log}.1`);
		await fail2ban.client('flushlogs');
		expect((await history()).jails).toEqual(before.jails);
		await writeFile(`${fail2ban.log}.1.gz`, await promisify(gzip)(await readFile(`${fail2ban.log}.1`)));
		expect((await history()).jails).toEqual(before.jails);
		await unlink(`${fail2ban.log}.1`);
		expect((await history()).jails).toEqual(before.jails);
		await rm(`${fail2ban.log}.2.gz`);
		expect(sum((await history()).series, 'bans')).toBe(2);
	});

	test('makes bars of 6 hours and of days, by local time', async () => {
		const until = Math.floor(Date.now() / 1000);
		const week = await history({ since: until - 7 * 86_400, until, bucket: '6h' });
		expect(week.series.length).toBeGreaterThanOrEqual(28);
		expect(week.series.length).toBeLessThanOrEqual(30);
		const month = await history({ since: until - 30 * 86_400, until, bucket: 'day' });
		expect(month.series.every(({ time }: { time: number }) => new Date(time * 1000).getHours() === 0)).toBe(
			true,
		);
		expect(sum(month.series, 'bans')).toBe(2);
	});

	test('refuses a time span that makes no sense by its name', async () => {
		const refused = async (params: object) => {
			const { status, body } = await helper.call('GET', '/history', params as Record<string, unknown>);
			return [status, body.error?.message];
		};
		expect(await refused({ since: 10, until: 5 })).toEqual([400, 'since: Must be before until.']);
		expect(await refused({ since: 0 })).toEqual([400, expect.stringContaining('At most 1000 bars')]);
		expect(await refused({ bucket: 'minute' })).toEqual([400, expect.stringContaining('bucket')]);
	});

	test('says what the log level leaves out', async () => {
		await fail2ban.client('set', 'loglevel', 'NOTICE');
		await helper.stop();
		helper = await startTestHelper(fail2ban);
		expect((await history()).note).toBe('fail2ban does not log failed log-ins at log level NOTICE.');
		await fail2ban.client('set', 'loglevel', 'INFO');
	});

	test('names a damaged file and counts the others', async () => {
		await writeFile(
			`${fail2ban.log}.1.gz`,
			(await promisify(gzip)(line(2, '[sshd] Ban 192.0.2.9'))).subarray(0, -12),
		);
		const answer = await history();
		expect(answer.note).toContain('fail2ban.log.1.gz is damaged');
		expect(answer.source).toBe('log');
		await rm(`${fail2ban.log}.1.gz`);
	});

	test('tells the bans of the database where there is no log, and says so', async () => {
		await fail2ban.client('set', 'sshd', 'banip', '198.51.100.99');
		await fail2ban.client('set', 'logtarget', 'SYSOUT');
		await helper.stop();
		helper = await startTestHelper(fail2ban);
		await expect
			.poll(async () => (await history()).addresses.map(({ ip }: { ip: string }) => ip))
			.toContain('198.51.100.99');
		expect(await history()).toMatchObject({
			source: 'database',
			note: "fail2ban logs to SYSOUT; see the system log. Only the bans that are still in fail2ban's database are counted.",
		});
	});
});
