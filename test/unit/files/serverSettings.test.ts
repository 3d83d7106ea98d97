import { describe, expect, it } from 'vitest';
import { dumpedJails } from '../../../src/backend/files/jailCommands.ts';
import { planSettings, sameSetting } from '../../../src/backend/files/serverSettings.ts';

const dump = [
	['set', 'syslogsocket', 'auto'],
	['set', 'loglevel', 'INFO'],
	['set', 'logtarget', '/var/log/fail2ban.log'],
	['set', 'dbfile', '/var/lib/fail2ban/fail2ban.sqlite3'],
	['set', 'dbmaxmatches', 10],
	['set', 'dbpurgeage', '1d'],
	['add', 'sshd', 'systemd'],
	['set', 'sshd', 'maxretry', 5],
] as const;

describe('dumpedJails', () => {
	it('keeps the options of the server apart from those of its jails', () => {
		const { server, jails } = dumpedJails(dump);
		expect(Object.fromEntries(server)).toEqual({
			syslogsocket: 'auto',
			loglevel: 'INFO',
			logtarget: '/var/log/fail2ban.log',
			dbfile: '/var/lib/fail2ban/fail2ban.sqlite3',
			dbmaxmatches: '10',
			dbpurgeage: '1d',
		});
		expect(jails.get('sshd')?.settings.get('maxretry')).toBe('5');
	});
});

describe('planSettings', () => {
	const before = dumpedJails(dump).server;

	it('tells the server only what changed, in the order in which fail2ban does', () => {
		const after = new Map([...before, ['dbpurgeage', '2d'], ['loglevel', 'DEBUG']]);
		expect([...planSettings(before, after)]).toEqual([
			['loglevel', 'DEBUG'],
			['dbpurgeage', '2d'],
		]);
		expect(planSettings(before, before).size).toBe(0);
	});

	it('leaves alone what a running server cannot change, and what no file sets any more', () => {
		const after = new Map([...before, ['dbfile', '/x'], ['dbmaxmatches', 'null']]);
		expect(planSettings(before, after).size).toBe(0);
	});
});

describe('sameSetting', () => {
	it('knows the forms in which the server answers', () => {
		expect(sameSetting('dbpurgeage', '1d 12h', '129600')).toBe(true);
		expect(sameSetting('loglevel', 'debug', 'DEBUG')).toBe(true);
		expect(sameSetting('logtarget', 'SYSLOG[facility=auth]', 'SYSLOG')).toBe(true);
		expect(sameSetting('syslogsocket', 'auto', '/dev/log')).toBe(true);
	});

	it('sees what differs, and takes what the server does not tell for right', () => {
		expect(sameSetting('loglevel', 'INFO', 'DEBUG')).toBe(false);
		expect(sameSetting('dbpurgeage', '1d', '3600')).toBe(false);
		expect(sameSetting('dbmaxmatches', '10', null)).toBe(true);
	});
});
