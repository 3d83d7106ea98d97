import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../build/setup/run.ts';
import type { TestAnswer, TestLine } from '../../src/contract/types.ts';
import { type LogLine, logIn } from '../host/demo/logGenerator.ts';
import { answerOf, refusalOf } from '../support/contractCalls.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { type JournalEntry, writeJournal } from '../support/journalFile.ts';
import { until } from '../support/until.ts';

/** A fixed sequence, so that a failure can be seen again. */
function sequence(): () => number {
	let state = 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}

const time = new Date(Date.now() - 3600_000);
const next = sequence();
const lines: LogLine[] = Array.from({ length: 600 }, () => logIn(time, next));
const noise = [
	'no date at all',
	'# a comment',
	'',
	`x ${'ü'.repeat(20)} 😀`,
	'Nov 31 99:00:00 pve1 sshd[1]: what',
];
const textOf = (file: string) =>
	`${[...lines.filter((line) => line.file === file).map(({ text }) => text), ...noise].join('\n')}\n`;

const day = 24 * 3600;
const now = Math.floor(Date.now() / 1000);
const entries: JournalEntry[] = Array.from({ length: 300 }, (_, n) => ({
	time: now - 2 * day + n * 600,
	identifier: 'sshd',
	pid: 1000 + n,
	unit: 'ssh.service',
	message:
		n % 3 === 0
			? `Failed password for root from 203.0.113.${n % 50} port ${n + 1024} ssh2`
			: n % 3 === 1
				? `Connection closed by 203.0.113.${n % 50} port ${n + 1024} [preauth]`
				: `Server listening on 0.0.0.0 port 22. ${n}`,
}));
const others: JournalEntry[] = entries.map((entry) => ({
	...entry,
	identifier: 'cron',
	unit: 'cron.service',
}));

const files = {
	'filter.d/pvetest.conf': `[Definition]
failregex = ^\\s*(?:\\S+\\s+)?pvedaemon\\[\\d+\\]: authentication failure; rhost=<ADDR> user=<F-USER>.*</F-USER> msg=.*$
ignoreregex = user=git@pam
journalmatch = _SYSTEMD_UNIT=pvedaemon.service
`,
	'filter.d/multi.conf': '[Definition]\nfailregex = ^a start <HOST><SKIPLINES>c end$\nmaxlines = 4\n',
	'jail.d/test.local': `[pvetest]
enabled = false
filter = pvetest
logpath = @DIR@/logs/pvedaemon.log
ignoreip = 192.0.2.0/24

[journal]
enabled = false
filter = sshd
backend = systemd[journalpath=@DIR@/journal]
journalmatch = _SYSTEMD_UNIT=ssh.service

[secret]
enabled = false
filter = sshd
logpath = @DIR@/logs/link.log
`,
};

describe.each(releases())('fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;
	let helper: TestHelper;

	beforeAll(async () => {
		fail2ban = await startFail2ban(release, { files, start: false });
		for (const file of ['auth.log', 'pvedaemon.log'])
			await writeFile(join(fail2ban.dir, 'logs', file), textOf(file));
		await writeFile(join(fail2ban.dir, 'secret'), 'root:$y$hash 192.0.2.1\n', { mode: 0o600 });
		await symlink(join(fail2ban.dir, 'secret'), join(fail2ban.dir, 'logs/link.log'));
		await mkdir(join(fail2ban.dir, 'elsewhere'));
		await writeFile(join(fail2ban.dir, 'elsewhere/x.log'), 'x from 192.0.2.1\n');
		const inOrder = [...entries, ...others].sort((a, b) => a.time - b.time);
		await writeJournal(join(fail2ban.dir, 'journal'), inOrder);
		helper = await startTestHelper(fail2ban);
	});
	afterAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	const good = (params: Record<string, unknown>, user?: string) =>
		answerOf(helper.call, 'testFilter', params, user);
	const refused = (params: Record<string, unknown>, user?: string) =>
		refusalOf(helper.call, 'testFilter', params, user);

	/** Counts of the real program. */
	async function realCounts(log: string, filter: string): Promise<unknown> {
		const { stdout } = await run(join(release.bin, 'fail2ban-regex'), ['-c', fail2ban.config, log, filter]);
		const [, total, ignored, matched, missed] =
			/^Lines: (\d+) lines, (\d+) ignored, (\d+) matched, (\d+) missed/m.exec(stdout) ?? [];
		const hits = [...stdout.matchAll(/^\| +(\d+)\) \[(\d+)\]/gm)].map(([, n, count]) => [
			Number(n) - 1,
			Number(count),
		]);
		return {
			counts: {
				total: Number(total),
				ignored: Number(ignored),
				matched: Number(matched),
				missed: Number(missed),
			},
			hits,
		};
	}
	const ours = ({ counts, failregex, ignoreregex }: TestAnswer) => ({
		counts,
		hits: [failregex, ignoreregex].flatMap((list) =>
			list.flatMap(({ hits }, n) => (hits > 0 ? [[n, hits]] : [])),
		),
	});

	/** What the expression captured, by group, as the page cuts it out of the line. */
	const captured = ({ text, spans }: TestLine) =>
		spans.map(({ start, end, name }) => [name, text.slice(start, end)]);

	it.each([
		['sshd', 'auth.log'],
		['sshd[mode=aggressive]', 'auth.log'],
		['pam-generic', 'auth.log'],
		['pvetest', 'pvedaemon.log'],
		['recidive', 'auth.log'],
	])('counts for %s what fail2ban-regex counts', async (filter, log) => {
		const file = join(fail2ban.dir, 'logs', log);
		const [, name, mode] = /^([\w-]+)(?:\[mode=(\w+)\])?$/.exec(filter) ?? [];
		const data = await good({ filter: name, ...(mode ? { mode } : {}), source: 'file', file });
		expect(ours(data)).toEqual(await realCounts(file, filter));
		expect(data).toMatchObject({ stopped: null, older: false });
	});

	it('sees the journal as the server does, and counts what fail2ban-regex counts', async () => {
		const journal = `systemd-journal[journalpath=${fail2ban.dir}/journal]`;
		const data = await good({ jail: 'journal', source: 'jail' });
		expect(data.counts).toMatchObject({ total: 300, matched: 100 });
		const log = `${journal.slice(0, -1)}]`;
		const real = await run(join(release.bin, 'fail2ban-regex'), [
			...['-c', fail2ban.config, '-m', '_SYSTEMD_UNIT=ssh.service', log, 'sshd'],
		]);
		const { total, ignored, matched, missed } = data.counts;
		expect(real.stdout).toContain(
			`Lines: ${total} lines, ${ignored} ignored, ${matched} matched, ${missed} missed`,
		);
		expect(data.lines[0]?.text).toMatch(/^\d{4}-\d\d-\d\dT\S+ pve1 sshd\[1000\]: Failed password/);
		expect(data.lines[0]?.time).toBe(entries[0]?.time);
	});

	it('tests the newest lines, and only those since a time', async () => {
		const some = await good({ jail: 'journal', source: 'jail', limit: 30 });
		expect(some).toMatchObject({ counts: { total: 30 }, older: true });
		expect(some.lines.at(-1)?.text).toContain('sshd[1299]');
		const recent = await good({ jail: 'journal', source: 'jail', since: '1d' });
		expect(recent.counts.total).toBeGreaterThan(150);
		expect(recent.counts.total).toBeLessThan(157);
		expect(recent.older).toBe(false);
		const file = join(fail2ban.dir, 'logs/auth.log');
		expect(await good({ filter: 'sshd', source: 'file', file, since: '10m' })).toMatchObject({
			counts: { total: 0 },
		});
		expect((await good({ filter: 'sshd', source: 'file', file, since: '2h' })).counts.total).toBeGreaterThan(
			100,
		);
	});

	it('reads any journal match from where the jail has its journal', async () => {
		const params = { jail: 'journal', source: 'journalmatch' };
		const cron = await good({ ...params, journalmatch: '_SYSTEMD_UNIT=cron.service' });
		expect(cron.counts).toMatchObject({ total: 300, matched: 0 });
		expect(cron.lines.every(({ unread, why }) => unread && why === 'failregex')).toBe(true);
		const both = '_SYSTEMD_UNIT=cron.service + _SYSTEMD_UNIT=ssh.service';
		const all = await good({ ...params, journalmatch: both });
		expect(all.counts.total).toBe(600);
		const read = all.lines.filter(({ unread }) => !unread);
		expect(read.length).toBe(all.lines.filter(({ text }) => text.includes('sshd[')).length);
		expect(read.length).toBeGreaterThan(0);
		const { errors } = await refused({ ...params, journalmatch: 'ssh.service' });
		expect(errors.journalmatch).toContain('FIELD=value');
	});

	it('tells expression, address, groups and their places', async () => {
		const data = await good({
			failregex: '^nothing <HOST>\n😀 login <F-USER>\\S+</F-USER> from <HOST>$',
			ignoreregex: 'ignored',
			source: 'text',
			text: 'Nov 22 10:00:00 ü 😀 login anna from 192.0.2.7\nlogin x\n😀 login ignored from 192.0.2.8',
		});
		const [hit, miss, ignored] = data.lines as [TestLine, TestLine, TestLine];
		expect(hit).toMatchObject({
			result: 'matched',
			ip: '192.0.2.7',
			regex: 1,
			groups: { user: 'anna', ip: '192.0.2.7' },
		});
		expect(captured(hit)).toEqual([
			['user', 'anna'],
			['ip', '192.0.2.7'],
		]);
		expect(new Date(Number(hit.time) * 1000).toLocaleTimeString('en-GB')).toBe('10:00:00');
		expect(miss).toMatchObject({ result: 'missed', ip: null, regex: null, time: null });
		expect(ignored).toMatchObject({ result: 'ignored', 'ignored-by': 0 });
		expect(data.failregex.map(({ hits }) => hits)).toEqual([0, 1]);
	});

	it.each(['😀', '用户', 'e\u0301ve', '👩‍👩‍👧 \u{20000}'])(
		'gives places as JavaScript counts them, after user %j',
		async (user) => {
			const data = await good({
				failregex: 'Failed login for <F-USER>.+</F-USER> from <HOST> port',
				source: 'text',
				text: `Nov 22 10:00:00 Failed login for ${user} from 192.0.2.1 port 22 ${user}`,
			});
			expect(data.lines.map(captured)).toEqual([
				[
					['user', user],
					['ip', '192.0.2.1'],
				],
			]);
		},
	);

	it('says why a line is no failure', async () => {
		const text = [
			'pve1 cron[1]: nothing of ours',
			'pve1 sshd[1]: Server listening on 0.0.0.0 port 22.',
			'pve1 sshd[2]: Connection closed by authenticating user root 192.0.2.9 port 3 [preauth]',
			'pve1 sshd[3]: Failed password for root from 192.0.2.1 port 2 ssh2',
		].join('\n');
		const prefregex = '^pve1 sshd\\[<F-MLFID>\\d+</F-MLFID>\\]: <F-CONTENT>.+</F-CONTENT>$';
		const { lines: rows } = await good({ filter: 'sshd', prefregex, source: 'text', text });
		expect(rows.map(({ result, why }) => [result, why])).toEqual([
			['missed', 'prefregex'],
			['missed', 'failregex'],
			['ignored', 'no-failure'],
			['matched', null],
		]);
		expect(rows.some(({ unread }) => unread)).toBe(false);
	});

	it('reports an expression that takes too much memory as that', async () => {
		const groups = Array.from({ length: 30 }, (_, n) => `(${'abcdefgh'[n % 8]}?)`).join('');
		const data = await good({
			failregex: `^(?:x${groups})*y<HOST>`,
			source: 'text',
			text: `from 192.0.2.1\n${'x'.repeat(250_000)}`,
		});
		expect(data).toMatchObject({ stopped: 'memory', counts: { total: 1 } });
		expect(data['stopped-at']).toMatch(/^x+$/);
	});

	it('uses the filter with its parts behind typed expressions, as if the file said so', async () => {
		const text = 'pve1 sshd[1]: Failed password for root from 192.0.2.1 port 2 ssh2';
		const typed = '^Failed password for <F-USER>.*</F-USER> from <HOST>( port \\d+)?( ssh\\d)?$';
		const data = await good({ jail: 'sshd', failregex: typed, source: 'text', text });
		expect(data.counts).toMatchObject({ matched: 1 });
		expect(data.failregex).toHaveLength(1);
		expect(data.prefregex?.hits).toBe(1);
		const known = await good({
			filter: 'pvetest',
			failregex: '%(known/failregex)s\n^x <ADDR>',
			source: 'text',
			text,
		});
		expect(known.failregex).toHaveLength(2);
	});

	it('tells whom the jail ignores', async () => {
		const line = (ip: string) => `pvedaemon[1]: authentication failure; rhost=${ip} user=a@pam msg=x`;
		const text = ['192.0.2.77', '198.51.100.1', '127.0.0.1'].map(line).join('\n');
		const { lines: rows } = await good({ jail: 'pvetest', source: 'text', text });
		expect(rows.map(({ 'jail-ignored': jailIgnored }) => jailIgnored)).toEqual([true, false, true]);
	});

	it('answers the newest 500 lines of the kind that was asked for', async () => {
		const text = Array.from({ length: 1200 }, (_, n) => (n % 2 ? `from 192.0.2.1 ${n}` : `other ${n}`)).join(
			'\n',
		);
		const data = await good({ failregex: 'from <HOST>', source: 'text', text, show: 'matched' });
		expect(data.lines).toHaveLength(500);
		expect(data.lines.at(-1)?.text).toBe('from 192.0.2.1 1199');
		expect(data).toMatchObject({ truncated: true, counts: { matched: 600, missed: 600 } });
	});

	it('stays below what the API takes when lines are huge', async () => {
		const text = Array.from({ length: 60 }, () => `from 192.0.2.1 ${'ü'.repeat(4300)}`)
			.join('\n')
			.slice(0, 262_000);
		const data = await good({ failregex: 'from <HOST> <F-X>.*</F-X>', source: 'text', text });
		expect(JSON.stringify({ data }).length).toBeLessThan(1_400_000);
		expect(data.lines.length).toBeGreaterThan(5);
		expect(data.lines[0]?.text).toHaveLength(4000);
	});

	it('matches over several lines as fail2ban-regex does', async () => {
		const text = 'a start 192.0.2.1\nb\nc end\nd\na start 192.0.2.2\nc end\n';
		const file = join(fail2ban.dir, 'logs/multi.log');
		await writeFile(file, text);
		const data = await good({ filter: 'multi', source: 'file', file });
		expect(ours(data)).toEqual(await realCounts(file, 'multi'));
		expect(data.counts.matched).toBeGreaterThan(1);
		const shown = data.lines.filter(({ result }) => result === 'matched');
		expect(shown).toHaveLength(data.counts.matched);
	});

	/** The process that runs as nobody below this one; null: there is none. */
	function sandboxed(): { status: string; line: string } | null {
		for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
			try {
				const status = readFileSync(`/proc/${pid}/status`, 'utf8');
				const child = new RegExp(`^PPid:\\s${process.pid}$`, 'm').test(status);
				if (child && /^Uid:\s65534\s65534\s65534/m.test(status))
					return { status, line: readFileSync(`/proc/${pid}/cmdline`, 'utf8') };
			} catch (error) {
				// it ended between the two looks
				if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
			}
		}
		return null;
	}

	it('ends an expression that never ends, as nobody, and tells what came before', async () => {
		const text = `one from 192.0.2.1\n${'a'.repeat(60)}!\nlast`;
		const running = good({ failregex: 'from <HOST>\n(a+)+$|mysecretword<HOST>', source: 'text', text });
		const found = await until(sandboxed, 'a process runs as nobody', Boolean, { everyMs: 50 });
		expect(found?.status).toMatch(/^NoNewPrivs:\s1$/m);
		expect(found?.status).toMatch(/^CapEff:\s0+$/m);
		expect(found?.status).toMatch(/^CapPrm:\s0+$/m);
		expect(found?.status).toMatch(/^Groups:\s*$/m);
		// everybody may read a command line
		expect(found?.line).not.toContain('mysecretword');
		expect((await helper.call('GET', '/status')).status).toBe(200);
		// still running
		expect(await Promise.race([running, Promise.resolve('running')])).toBe('running');
		const data = await running;
		expect(data.counts).toMatchObject({ matched: 1, total: 1 });
		// a machine that is busy may reach the other limit first
		expect(['cpu', 'time']).toContain(data.stopped);
		expect(data['stopped-at']).toMatch(/^a+!$/);
	});

	it.each([
		[{ failregex: 'ok <HOST>\nbroken ( <HOST>' }, 'failregex', /^Expression 2: .*unterminated/],
		[{ failregex: 'no host at all' }, 'failregex', /^Expression 1: .*captures no address/],
		[{ failregex: '<HOST>', ignoreregex: '[' }, 'ignoreregex', /^Expression 1: /],
		[{ failregex: '<HOST>', prefregex: '(' }, 'prefregex', /unterminated/],
		[{ failregex: '<HOST>', datepattern: '(((' }, 'datepattern', /./],
		[{ failregex: '100% <HOST>' }, 'failregex', /%/],
		[{ failregex: '%(nothing)s <HOST>' }, 'failregex', /nothing/],
		[{ failregex: '  \n ' }, 'failregex', /no expression/],
		[{ filter: 'nosuch' }, 'filter', /no filter 'nosuch'/],
		[{ filter: '../../x' }, 'filter', /Letters/],
		[{ failregex: '<HOST>', text: '' }, 'text', /no line/],
		[{ failregex: '<HOST>', source: 'file', file: 'x.log' }, 'file', /full path/],
		[{ failregex: '<HOST>', source: 'file', file: '/nonexistent/x' }, 'file', /no log file/],
		[{ failregex: '<HOST>', source: 'file', file: '/dev/null' }, 'file', /not a regular file/],
		[{ failregex: '<HOST>', source: 'jail' }, 'jail', /Missing/],
		[{ failregex: '<HOST>', source: 'journalmatch' }, 'journalmatch', /Missing/],
		[
			{ failregex: '<HOST>', source: 'jail', jail: 'sshd', since: 'yesterday' },
			'since',
			/is not a valid time/,
		],
	])('names the fault of %j', async (params, name, message) => {
		const { status, errors } = await refused({ source: 'text', text: 'x', ...params });
		expect(status).toBe(400);
		expect(errors[name]).toMatch(message);
	});

	it('lets others than root@pam read only logs that a jail names, by no link and below the log folders', async () => {
		const admin = 'admin@pve';
		const asAdmin = (params: object) => refused({ failregex: '<HOST>', ...params }, admin);
		await good({ failregex: '<HOST>', source: 'file', file: join(fail2ban.dir, 'logs/auth.log') }, admin);
		for (const file of ['/etc/passwd', join(fail2ban.dir, 'elsewhere/x.log')]) {
			expect(await asAdmin({ source: 'file', file })).toMatchObject({ status: 403, code: 'root-only' });
			await good({ failregex: '<HOST>', source: 'file', file });
		}
		const link = await asAdmin({ source: 'jail', jail: 'secret' });
		expect(link.status).toBe(400);
		expect(link.errors.jail).toMatch(/a symbolic link; only root@pam may follow it/);
		expect(JSON.stringify(link)).not.toContain('hash');
		const dots = await asAdmin({ source: 'file', file: join(fail2ban.dir, 'logs').concat('/../secret') });
		expect(dots.status).toBe(400);
	});

	it('changes nothing and leaves no file behind', async () => {
		expect(readdirSync(helper.state).filter((name) => name !== 'changes' && name !== 'lock')).toEqual([]);
		expect(helper.log.filter((line) => line.startsWith('<3>'))).toEqual([]);
	});
});
