import { describe, expect, it } from 'vitest';
import { shortDuration } from '../../../src/backend/kit/durations.ts';
import { statusLines } from '../../../src/cli/status.ts';
import type { JailRow, Status } from '../../../src/contract/types.ts';

const status: Status = {
	running: true,
	version: '1.1.0',
	uptime: 93_784,
	pid: 4711,
	jails: 1,
	'enabled-jails': 2,
	banned: 12,
	failed: 3,
	loglevel: 'INFO',
	logtarget: '/var/log/fail2ban.log',
	dbfile: null,
	'plugin-version': '0.1.0',
	token: 'x',
	pending: [],
	provisional: null,
	problems: [],
	stale: null,
};

function jail(over: Partial<JailRow>): JailRow {
	return {
		jail: 'sshd',
		enabled: true,
		running: true,
		enforcing: true,
		banned: 0,
		'total-banned': 0,
		failed: 0,
		'total-failed': 0,
		filter: 'sshd',
		backend: 'systemd',
		bantime: '10m',
		findtime: '10m',
		maxretry: 5,
		source: '',
		problem: null,
		stock: true,
		'own-options': 0,
		...over,
	};
}

describe('statusLines', () => {
	it('shows server, jails, problems and what waits', () => {
		const lines = statusLines(
			{
				...status,
				problems: [{ id: 'jail-stopped', severity: 'error', text: "Jail 'nginx' is not running." }],
				pending: [
					{
						jail: 'sshd',
						option: 'maxretry',
						running: '5',
						configured: '3',
						file: 'jail.local',
						line: 7,
					},
				],
			},
			[
				jail({ banned: 12, 'total-banned': 345, failed: 3, bantime: '1h 30m' }),
				jail({ jail: 'nginx-http-auth', running: false }),
				jail({ jail: 'pve', enforcing: false }),
			],
			0,
		);
		expect(lines.join('\n')).toBe(`fail2ban 1.1.0 runs for 1d 2h (process 4711, pve-fail2ban 0.1.0)
1 of 2 enabled jails run, 12 banned, 3 failures counted.

JAIL             STATE        BANNED  TOTAL  FAILED  MAXRETRY  FINDTIME  BANTIME
sshd             running          12    345       3         5  10m       1h 30m
nginx-http-auth  not running       0      0       0         5  10m       10m
pve              no actions        0      0       0         5  10m       10m

error: Jail 'nginx' is not running.

Configured, but not running yet:
  sshd: maxretry 5 -> 3 (jail.local:7)`);
	});

	it('says that fail2ban is not running, and nothing about figures', () => {
		expect(statusLines({ ...status, running: false }, [], 0)).toEqual([
			'fail2ban is not running (pve-fail2ban 0.1.0)',
		]);
	});

	it('tells the age of figures when the server is silent', () => {
		expect(statusLines({ ...status, stale: 1000 }, [], 1_125_000)).toContain(
			'fail2ban does not answer; these figures are 2min 5s old.',
		);
	});

	it('lets no name move the cursor or forge a line', () => {
		const lines = statusLines(
			{ ...status, problems: [{ id: 'x', severity: 'warning', text: 'a\n\u001b[2Jb' }] },
			[jail({ jail: 'evil\u001b]0;x\u0007' })],
			0,
		);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
		expect(lines.every((line) => !/[\u0000-\u001f]/.test(line))).toBe(true);
		expect(lines).toContain('warning: a [2Jb');
	});
});

describe('duration', () => {
	it.each([
		[0, '0s'],
		[59, '59s'],
		[60, '1min'],
		[3661, '1h 1min'],
		[86_400 + 59, '1d'],
		[90 * 86_400 + 7200, '90d 2h'],
	])('writes %i as %s', (seconds, text) => {
		expect(shortDuration(seconds)).toBe(text);
	});
});
