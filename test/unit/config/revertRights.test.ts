import { describe, expect, it } from 'vitest';
import { rootOnlyPlaces } from '../../../src/backend/config/revertRights.ts';
import { sshdGuard } from '../../../src/backend/config/shippedFilterGuards.ts';

const jail = (now: string | null, next: string | null) => rootOnlyPlaces('jail.d/sshd.local', now, next);

describe('barredPlaces', () => {
	it('lets through what the forms let through', () => {
		const now = '[sshd]\nbantime = 1h\nfilter = a\n';
		expect(jail(now, '[sshd]\nbantime = 2h ; longer\nenabled = yes\nfilter = b[mode=%(mode)s]\n')).toEqual(
			[],
		);
		expect(jail(now, null)).toEqual([]);
		expect(jail(null, '[DEFAULT]\nignoreip = 10.0.0.1 ; office\n    2001:db8::/32 ; home\n')).toEqual([]);
	});

	it('bars options that only root@pam sets, also removing them', () => {
		expect(jail(null, '[sshd]\naction = x\nlogpath = /var/log/x\n')).toEqual([
			'action in [sshd]',
			'logpath in [sshd]',
		]);
		expect(jail('[sshd]\nchain = X\n', null)).toEqual(['chain in [sshd]']);
		expect(jail(null, '[sshd]\nmy_own = x\n')).toEqual(['my_own in [sshd]']);
		expect(jail(null, '[INCLUDES]\nbefore = /tmp/x\n')).toEqual(['before in [INCLUDES]']);
	});

	it.each([
		'port = ssh; touch X',
		'banaction = noop[actionban="touch X"]',
		'ignoreip = %(sec/token)s',
		'filter = ../../x',
		'bantime = 1 if 1 else 2',
	])('bars %s', (line) => {
		expect(jail(null, `[sshd]\n${line}\n`)).toHaveLength(1);
	});

	it('lets everybody undo what the protection of log-ins gives sshd, and nothing else of that kind', () => {
		const guard = [
			`ignoreregex = ${sshdGuard.ignoreregex.join('\n\t')}`,
			`journalmatch = ${sshdGuard.journalmatch}`,
		];
		const text = `[sshd]\nbantime = 1h\n${guard.join('\n')}\n`;
		expect(jail(text, '[sshd]\nbantime = 1h\n')).toEqual([]);
		expect(jail('[sshd]\nbantime = 1h\n', text)).toEqual([]);
		expect(jail(text, '[sshd]\njournalmatch = _UID=0\n')).toEqual(['journalmatch in [sshd]']);
		expect(jail(text.replace('[sshd]', '[other]'), null)).toHaveLength(2);
	});

	it('lets an option that only root@pam set stay as it is', () => {
		const text = '[sshd]\naction = x\nbantime = 1h\n';
		expect(jail(text, text.replace('1h', '2h'))).toEqual([]);
	});

	it('holds options of the server to their own rule', () => {
		const server = (now: string | null, next: string | null) => rootOnlyPlaces('fail2ban.local', now, next);
		expect(server(null, '[Definition]\nloglevel = DEBUG\ndbpurgeage = 2d\n')).toEqual([]);
		expect(server('[Definition]\nloglevel = DEBUG\n', null)).toEqual([]);
		expect(server(null, '[Definition]\nlogtarget = /etc/passwd\n')).toEqual(['logtarget in [Definition]']);
		expect(server('[Definition]\nsocket = /x\n', null)).toEqual(['socket in [Definition]']);
	});

	it('bars filters, actions and what cannot be read as a whole', () => {
		for (const name of ['filter.d/x.local', 'action.d/x.local', 'paths-debian.local'])
			expect(rootOnlyPlaces(name, null, '[Definition]\nfailregex = x\n')).toEqual([name]);
		expect(jail('junk\n', null)).toEqual(['jail.d/sshd.local']);
	});
});
