import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { Problem, Status } from '../../../../src/contract/types.ts';
import { isFirstUse, overall, statusLines } from '../../../../src/ui/overview/overviewState.ts';

const running: Status = {
	running: true,
	version: '1.1.0',
	uptime: 3 * 86_400 + 4 * 3600,
	pid: 1,
	jails: 3,
	'enabled-jails': 3,
	banned: 0,
	failed: 0,
	loglevel: null,
	logtarget: null,
	dbfile: null,
	'plugin-version': '0',
	token: 't',
	pending: [],
	provisional: null,
	problems: [],
	stale: null,
};
const warning: Problem = { id: 'w', severity: 'warning', text: 'A warning' };
const stopped: Problem = {
	id: 'jail-stopped',
	severity: 'error',
	text: 'It is not running',
	jail: 'recidive',
};
const idle: Problem = { id: 'jail-not-enforcing', severity: 'error', text: 'It does nothing', jail: 'sshd' };

const check = (id: string, state: 'good' | 'warning' | 'critical' | 'unknown', text = id) => ({
	id,
	state,
	text,
	hint: null,
	link: 'fail2ban-jails',
});

describe('the check list', () => {
	it('stands among the problems, worst first, and what is good behind what runs', () => {
		const checks = [
			check('enforced', 'critical'),
			check('tfa', 'warning'),
			check('ssh', 'good'),
			check('x', 'unknown'),
		];
		const lines = statusLines({ ...running, problems: [warning] }, checks);
		expect(lines.map(({ id }) => id.split(' ')[0])).toEqual(['enforced', 'w', 'tfa', 'server', 'ssh', 'x']);
	});

	it('does not repeat whether fail2ban runs', () => {
		expect(statusLines(running, [check('service', 'good')])).toHaveLength(1);
	});

	it('names the cause why fail2ban refuses to start in place of its own words', () => {
		const told: Problem = { id: 'not-running', severity: 'error', text: 'fail2ban is not running: no log' };
		const cause = { ...check('configuration', 'critical', 'the cause'), link: 'repair' };
		const lines = statusLines({ ...running, running: false, problems: [told] }, [cause]);
		expect(lines.map(({ message }) => message)).toEqual(['the cause']);
	});

	it('does not call a node protected while one is critical', () => {
		expect(overall(running, [check('ban-action', 'critical'), check('tfa', 'warning')])).toEqual({
			status: 'critical',
			text: 'Not protected',
		});
	});

	it('makes a protected node one with warnings', () => {
		expect(overall(running, [check('tfa', 'warning')]).text).toBe('Protected, with warnings');
		expect(overall(running, [check('tfa', 'unknown'), check('ssh', 'good')]).text).toBe('Protected');
	});
});

describe('overall', () => {
	it('is good with jails and without problems', () => {
		expect(overall(running)).toEqual({ status: 'good', text: 'Protected' });
	});

	it('calls no node protected before the checks have answered', () => {
		expect(overall(running, null)).toEqual({ status: 'unknown', text: 'Checking…' });
		expect(overall({ ...running, running: false }, null).text).toBe('Not protected');
	});

	it('warns of any problem', () => {
		expect(overall({ ...running, problems: [warning] }).text).toBe('Protected, with warnings');
	});

	it('does not call a node protected whose server or jails are not running, or enforce nothing', () => {
		expect(overall({ ...running, running: false }).text).toBe('Not protected');
		expect(overall({ ...running, jails: 0 }).text).toBe('Not protected');
		expect(overall({ ...running, jails: 1, problems: [idle] }).text).toBe('Not protected');
	});
});

describe('statusLines', () => {
	it('puts the worst first and what runs last, with the way to the jail', () => {
		const lines = statusLines({ ...running, problems: [warning, stopped] });
		expect(lines.map(({ status, message, jail }) => [status, message, jail])).toEqual([
			['critical', 'It is not running', 'recidive'],
			['warning', 'A warning', undefined],
			['good', 'fail2ban 1.1.0 has been running for 3d 4h with 3 jails', undefined],
		]);
	});

	it('says once that the server is not running', () => {
		const off = { ...running, running: false };
		expect(statusLines(off).map(({ message }) => message)).toEqual(['fail2ban is not running.']);
		const told: Problem = { id: 'not-running', severity: 'error', text: 'fail2ban is not running: no log' };
		expect(statusLines({ ...off, problems: [told] }).map(({ message }) => message)).toEqual([told.text]);
	});
});

describe('isFirstUse', () => {
	it('is a node where no jail runs and none is meant to', () => {
		expect(isFirstUse({ ...running, jails: 0, 'enabled-jails': 0 })).toBe(true);
		expect(isFirstUse({ ...running, jails: 0, 'enabled-jails': 1 })).toBe(false);
	});
});
