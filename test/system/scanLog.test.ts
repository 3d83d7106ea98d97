import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { type JournalEntry, writeJournal } from '../support/journalFile.ts';
import { until } from '../support/until.ts';

const now = Math.floor(Date.now() / 1000);
const entries: JournalEntry[] = Array.from({ length: 200 }, (_, n) => ({
	time: now - 200 * 3600 + n * 3600,
	identifier: 'sshd',
	pid: 1000 + n,
	unit: 'ssh.service',
	message: `Invalid user admin from 203.0.113.${n % 7} port 22`,
}));

const files = {
	'jail.d/test.local': `[journal]
enabled = false
filter = sshd
backend = systemd[journalpath=@DIR@/journal]
journalmatch = _SYSTEMD_UNIT=ssh.service

[many]
enabled = false
filter = sshd
logpath = @DIR@/logs/many*.log
`,
};

const line = (n: number) =>
	`Nov 22 10:00:${String(n % 60).padStart(2, '0')} pve1 sshd[${n}]: Invalid user a from 192.0.2.${n % 20} port 1`;

describe.each(releases())('fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;
	let helper: TestHelper;

	beforeAll(async () => {
		fail2ban = await startFail2ban(release, { files, start: false });
		const log = (name: string) => join(fail2ban.dir, 'logs', name);
		await writeFile(log('many1.log'), `${Array.from({ length: 300 }, (_, n) => line(n)).join('\n')}\n`);
		await writeFile(log('many2.log'), `${line(1)}\nnothing here\n`);
		await writeFile(log('stuck.log'), `${line(1)}\n${'a'.repeat(60)}!\n${line(2)}\n`);
		await writeJournal(join(fail2ban.dir, 'journal'), entries);
		helper = await startTestHelper(fail2ban);
	});
	afterAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	const scan = (params: Record<string, unknown>, user?: string) => helper.call('POST', '/scan', params, user);
	const leftOver = () => readdirSync(helper.state).filter((name) => name.startsWith('scan-'));
	/** Processes of scans below this one. */
	const processes = () =>
		readdirSync('/proc').filter((pid) => {
			try {
				const child = readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${process.pid}\n`);
				return child && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(helper.state);
			} catch {
				return false; // not a process, or gone by now
			}
		});

	it('shows what fail2ban-regex says of all files of a jail, and a summary', async () => {
		const { status, body, lines } = await scan({ jail: 'many', source: 'jail' });
		expect(status).toBe(200);
		expect(body).toEqual({ exit: { ok: true } });
		expect(lines?.[0]).toBe(`Scanning ${fail2ban.dir}/logs/many*.log with sshd`);
		expect(lines).toContain('Lines: 302 lines, 0 ignored, 301 matched, 1 missed');
		expect(lines?.join('\n')).toContain('20 addresses: 192.0.2.1 (16), ');
		expect(lines?.at(-1)).toBe('302 lines: 301 matched, 1 missed, 0 ignored');
		expect(leftOver()).toEqual([]);
	});

	it('reads the whole journal, or what is newer than a time', async () => {
		const all = await scan({ jail: 'journal', source: 'jail' });
		expect(all.lines?.at(-1)).toBe('200 lines: 200 matched, 0 missed, 0 ignored');
		const day = await scan({ jail: 'journal', source: 'jail', since: '88200' });
		expect(day.lines?.at(-1)).toBe('24 lines: 24 matched, 0 missed, 0 ignored');
	});

	it('fails before it becomes a task where the parameters are wrong', async () => {
		const wrong: [Record<string, unknown>, number, string][] = [
			[{ jail: 'nosuch', source: 'jail' }, 404, 'jail'],
			[{ failregex: '', source: 'jail', jail: 'many' }, 400, 'failregex'],
			[{ failregex: '<HOST>', source: 'text' }, 400, 'source'],
		];
		for (const [params, code, name] of wrong) {
			const { status, body } = await scan(params);
			expect(status).toBe(code);
			expect(body.error.errors).toHaveProperty(name);
		}
		const { status } = await scan({ failregex: '<HOST>', source: 'file', file: '/etc/passwd' }, 'admin@pve');
		expect(status).toBe(403);
	});

	it('fails as a task that names the faulty expression', async () => {
		const { body } = await scan({ failregex: 'a (<HOST>', source: 'jail', jail: 'many' });
		expect(body.exit.error).toMatch(/^Expression 1: missing \)/);
	});

	it('ends at a line that takes too long, and says which', async () => {
		const file = join(fail2ban.dir, 'logs/stuck.log');
		const { body, lines } = await scan({ failregex: 'from <HOST>\n(a+)+$|x<HOST>', source: 'file', file });
		expect(body.exit.error).toBe('Stopped: an expression took more than 3 s of processor time on one line.');
		expect(lines).toContain(`The line: ${'a'.repeat(60)}!`);
		expect(lines).toContain('1 lines: 1 matched, 0 missed, 0 ignored');
		expect(lines?.some((text) => /^1 lines, 1 matched, .*stuck\.log \d+ %$/.test(text))).toBe(true);
	});

	it('stops with all that it started when the connection closes', async () => {
		const file = join(fail2ban.dir, 'logs/slow.log');
		await writeFile(file, '');
		const slow = `${'a'.repeat(17)}!\n`.repeat(1000);
		for (let n = 0; n < 20; n++) await appendFile(file, slow);
		const body = JSON.stringify({ failregex: '(a+)+$|x<HOST>', source: 'file', file });
		const headers = { 'x-pve-user': 'root@pam', 'content-type': 'application/json' };
		const call = request({ socketPath: helper.socket, method: 'POST', path: '/scan', headers });
		call.end(body);
		await new Promise((resolve, reject) => {
			call.on('error', reject);
			call.on('response', (response) => response.once('data', resolve));
		});
		await until(processes, 'the scan runs', ({ length }) => length === 1, { everyMs: 50 });
		call.on('error', () => {
			// the connection that is destroyed here
		});
		call.destroy();
		await until(processes, 'the scan has ended', ({ length }) => length === 0, { everyMs: 50 });
		await until(leftOver, 'its files are gone', ({ length }) => length === 0, { everyMs: 20 });
	});
});
