import { describe, expect, test } from 'vitest';
import { verbatim } from '../../../../src/backend/kit/message.ts';
import {
	type JailWatch,
	LogInWatch,
	type WatchReading,
} from '../../../../src/backend/services/checks/LogInWatch.ts';
import {
	type LogInCheckDeps,
	matchingJails,
	realAddresses,
	watchedLogIns,
} from '../../../../src/backend/services/checks/logInChecks.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

const filters = {
	'jail.d/x.local': '[web]\nenabled = true\nfilter = proxmox\n[pam-generic]\nenabled = true\n',
};

const seen: JailWatch = {
	lines: 10,
	matched: 2,
	addresses: ['203.0.113.5'],
	complete: true,
	journal: true,
	fault: null,
};

function deps(given: {
	jails?: string[];
	running?: boolean;
	watch?: Record<string, Partial<JailWatch>> | null;
	failed?: [string, WatchReading['failed'] extends ReadonlyMap<string, infer V> ? V : never][];
	top?: string[];
	files?: FakeConfig;
	route?: string;
}): LogInCheckDeps {
	const { jails = ['sshd', 'web', 'pam-generic'], running = true, watch = {}, failed = [], top = [] } = given;
	return {
		files: given.files ?? new FakeConfig(filters),
		figures: {
			read: async () =>
				({
					figures: { running, jails: jails.map((jail) => ({ jail })) },
					stale: null,
					failure: null,
				}) as never,
		},
		watch: {
			read: async (names) =>
				watch && {
					jails: new Map(names.map((name) => [name, { ...seen, ...watch[name] }])),
					failed: new Map(failed) as WatchReading['failed'],
				},
		},
		topAddresses: async () => top,
		readText: (file) => (file === '/proc/net/route' ? (given.route ?? null) : null),
	};
}

describe('the watched log-ins', () => {
	test('are missed by the filters of running jails, whatever their names', async () => {
		expect((await watchedLogIns(deps({ jails: ['sshd', 'web'] }))())?.text).toBe(
			'No jail watches log-ins to the system (PAM).',
		);
		expect((await watchedLogIns(deps({ jails: ['sshd', 'pam-generic'] }))())?.state).toBe('critical');
		expect((await watchedLogIns(deps({}))())?.state).toBe('good');
	});
	test('are told apart from those for which no jail is even enabled', async () => {
		const stopped = await watchedLogIns(deps({ jails: [], running: false }))();
		expect(stopped?.text).toMatch(/web interface, log-ins by SSH or log-ins to the system/);
		expect(stopped?.hint).toBe('Jails for this are enabled, but are not running.');
		const files = new FakeConfig({ 'jail.d/x.local': '[sshd]\nenabled = true\n' });
		const bare = await watchedLogIns(deps({ jails: [], running: false, files }))();
		expect(bare?.hint).toBe('Enable or create a jail for this.');
	});
	test('are not watched by the filter of another product', async () => {
		const files = new FakeConfig({
			'jail.d/x.local': '[web]\nenabled = true\nfilter = pve-fail2ban-pbs\n[pam-generic]\nenabled = true\n',
			'filter.d/pve-fail2ban-pbs.conf': '[Definition]\nfailregex = ^authentication failure; rhost=<ADDR>$\n',
		});
		expect((await watchedLogIns(deps({ files }))())?.text).toContain('log-ins to the web interface');
	});
	test('are watched by a filter of any name that reads their lines', async () => {
		const files = new FakeConfig({
			'jail.d/x.local':
				'[web]\nenabled = true\nfilter = mine\nbackend = systemd\n[pam-generic]\nenabled = true\n',
			'filter.d/mine.conf':
				'[Definition]\nfailregex = ^authentication failure; rhost=<ADDR>\njournalmatch = _SYSTEMD_UNIT=pvedaemon.service\n',
		});
		expect((await watchedLogIns(deps({ files }))())?.state).toBe('good');
	});
});

describe('what the jails find', () => {
	const failure = { time: 1_700_000_000, message: 'x' };
	test('is good when each finds failed log-ins', async () => {
		expect((await matchingJails(deps({}))())?.text).toBe(
			'Jails find failed log-ins: web, sshd and pam-generic.',
		);
	});
	test('is critical when log-ins failed and the jail finds none of them', async () => {
		const found = await matchingJails(deps({ watch: { web: { matched: 0 } }, failed: [['web', failure]] }))();
		expect(found).toMatchObject({
			state: 'critical',
			text: "Jail 'web' finds none of the failed log-ins to the web interface (last: 2023-11-14 22:13 UTC).",
		});
	});
	test('is critical when the jail does not even read them', async () => {
		const watch = { sshd: { matched: 0, lines: 0 } };
		expect((await matchingJails(deps({ watch, failed: [['ssh', failure]] }))())?.text).toContain(
			"Jail 'sshd' reads none of the failed log-ins by SSH",
		);
	});
	test('is a warning when nothing is there to read', async () => {
		const found = await matchingJails(deps({ watch: { sshd: { matched: 0, lines: 0 } } }))();
		expect(found).toMatchObject({
			state: 'warning',
			text: expect.stringContaining("Jail 'sshd' reads nothing"),
		});
	});
	test.each<[string, Partial<JailWatch>, boolean]>([
		['no log-in failed', { matched: 0 }, false],
		['only some lines were looked at', { matched: 0, complete: false }, true],
		['the file may just have been rotated', { matched: 0, lines: 0, journal: false }, true],
		['the filter cannot be tried', { fault: verbatim('no such file') }, true],
	])('is not known when %s', async (_what, watch, failed) => {
		const check = matchingJails(deps({ watch: { sshd: watch }, failed: failed ? [['ssh', failure]] : [] }));
		await expect(async () => check()).rejects.toThrow("Jail 'sshd'");
	});
	test('is not known before it was looked at, or without fail2ban', async () => {
		await expect(async () => matchingJails(deps({ watch: null }))()).rejects.toThrow('still being read');
		await expect(async () => matchingJails(deps({ running: false }))()).rejects.toThrow('is not running');
	});
});

describe('where failed log-ins come from', () => {
	const route =
		'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nv\t00000000\t010200C0\t3\t0\t0\t0\t00000000\n';
	const from = (top: string[], matched: string[] = [], watch: null | undefined = undefined) => {
		const found = watch === null ? null : { sshd: { addresses: matched }, web: { addresses: [] } };
		return realAddresses(deps({ top, watch: found, route }))();
	};
	test('points to a proxy or NAT when it is the gateway or this host', async () => {
		expect((await from(['192.0.2.1', '203.0.113.5']))?.text).toMatch(
			/^Failed log-ins come from 192\.0\.2\.1:/,
		);
		expect((await from(['::ffff:127.0.0.1']))?.state).toBe('warning');
		expect((await from(['::1'], [], null))?.state).toBe('warning');
		expect((await from(['203.0.113.5']))?.state).toBe('good');
	});
	test("is seen in the jails' own logs too, since fail2ban does not count whom it ignores", async () => {
		expect((await from(['203.0.113.5'], ['127.0.0.1']))?.state).toBe('warning');
	});
	test('is not known before a log-in failed, or before the logs were looked at', async () => {
		await expect(async () => from([])).rejects.toThrow('no failed log-in is known yet');
		await expect(async () => from(['203.0.113.5'], [], null)).rejects.toThrow('still being read');
	});
});

describe('LogInWatch', () => {
	const report = {
		lines: [{ ip: '203.0.113.5' }, { ip: null }, { ip: '203.0.113.6' }],
		counts: { matched: 3, missed: 1, ignored: 0, total: 4 },
		older: false,
		stopped: null,
	};
	const files = new FakeConfig({
		'jail.d/x.local': '[sshd]\nenabled = true\nbackend = systemd\n',
		'filter.d/sshd.conf': '[Definition]\nfailregex = ^Failed .* from <HOST>\njournalmatch = _COMM=sshd\n',
	});
	function watch(given: { now?: () => number; failedLogIns?: () => Promise<null> } = {}) {
		const tested: unknown[] = [];
		const made = new LogInWatch({
			files,
			testLines: (async (task: unknown) => {
				tested.push(task);
				return report;
			}) as never,
			failedLogIns: given.failedLogIns ?? null,
			now: given.now ?? (() => 2_000_000_000_000),
			log: { warning: () => {} } as never,
		});
		const never = new Promise(() => {});
		return { tested, read: () => made.read(['sshd'], ['ssh'], never) };
	}
	test("runs the jail's own filter over its own source of 30 days, once in a quarter of an hour", async () => {
		let now = 2_000_000_000_000;
		const { read, tested } = watch({ now: () => now });
		expect((await read())?.jails.get('sshd')).toEqual({
			lines: 4,
			matched: 3,
			addresses: ['203.0.113.6', '203.0.113.5'],
			complete: true,
			journal: true,
			fault: null,
		});
		await read();
		expect(tested).toMatchObject([
			{
				source: { kind: 'journal', matches: [['_COMM=sshd']], since: 2_000_000_000 - 30 * 86_400 },
				limit: 20_000,
			},
		]);
		now += 16 * 60_000;
		await read();
		expect(tested).toHaveLength(2);
	});
	test('keeps the reason why the journal cannot tell', async () => {
		const { read } = watch({ failedLogIns: () => Promise.reject(new Error('no journal')) });
		expect((await read())?.failed.get('ssh')).toEqual(new Error('no journal'));
	});
});
