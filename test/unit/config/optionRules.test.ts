import { describe, expect, it } from 'vitest';
import { checkOption, writeForm } from '../../../src/backend/config/optionRules.ts';
import { jailOptions } from '../../../src/contract/kit/jailOptions.ts';

const admin = { root: false };
const root = { root: true };

const good: Record<string, (string | number | boolean)[]> = {
	enabled: [true, false, 'true', 'false', '0', '1', 0, 1],
	maxretry: [1, '5', 1000],
	findtime: ['10m', '1h 30m', 600],
	bantime: ['-1', '14d', -1, '1.5h'],
	'bantime.increment': [true],
	'bantime.multipliers': ['1', '1 2 4 8', '1  2', Array.from({ length: 20 }, (_, n) => n + 1).join(' ')],
	'bantime.maxtime': ['4w'],
	'bantime.rndtime': ['10m'],
	'bantime.overalljails': [0],
	filter: ['sshd', 'apache-auth', 'a.b_c', `a${'b'.repeat(63)}`],
	mode: ['normal', 'aggressive', 'ddos_1'],
	backend: ['auto', 'systemd', 'polling', 'pyinotify'],
	banaction: ['nftables', 'iptables-multiport', 'nftables-allports'],
	banaction_allports: ['iptables'],
	port: ['22', 'ssh', '22,5900:5999,https', '0:65535', '65535', 'imap3', 'a-b'],
	protocol: ['tcp', 'udp'],
	usedns: ['no', 'warn', 'raw'],
	maxmatches: [0, '1000'],
	ignoreself: [false],
	ignoreip: ['', '127.0.0.1/8 ::1', '192.0.2.1, 2001:db8::/32', '::ffff:192.0.2.1', '10.0.0.0/0'],
};

const bad: Record<string, (string | number | boolean)[]> = {
	enabled: ['', 'yes', '2', 'on', 'TRUE', 2],
	maxretry: [0, 1001, '', '05', '1e3', '-1', 1.5, '5 ', 'abc', '%(maxmatches)s'],
	findtime: [
		'-1',
		'0',
		'0s',
		'',
		'abc',
		'007',
		'10mins',
		"__import__('os').getpid()",
		'%(bantime)s',
		'10m\n',
	],
	bantime: ['-2', '', '__import__("os").getpid()', '1h\n30m', '%(known/bantime)s'],
	'bantime.increment': ['maybe'],
	'bantime.multipliers': ['', '0', '1,2', '1.5', '-1', '1\n2', Array(21).fill(1).join(' '), '1 eval(2)'],
	'bantime.maxtime': ['-1', 'forever'],
	'bantime.rndtime': ['x'],
	'bantime.overalljails': ['2'],
	filter: [
		'',
		'../../evil/x',
		'/etc/x',
		'a..b',
		'.a',
		'-a',
		'sshd[mode=x]',
		'a b',
		`a${'b'.repeat(64)}`,
		'ä',
	],
	mode: ['', 'Normal', 'a b', 'a]', 'x'.repeat(33)],
	backend: ['', 'gamin', 'systemd[journalflags=1]', 'AUTO'],
	banaction: ['', 'noop', 'noop[actionban="touch X"]', 'nftables-multiport[x=1]', 'ufw', '%(x)s'],
	banaction_allports: ['iptables-xt_recent'],
	port: [
		'',
		'0',
		'65536',
		'022',
		'99999',
		'ssh; touch X',
		'ssh,',
		'22 23',
		'5:1',
		'1:65536',
		'-j',
		'SSH',
		'`x`',
		'$(x)',
		'a'.repeat(16),
	],
	protocol: ['', 'icmp', 'tcp,udp', 'TCP'],
	usedns: ['', 'yes', 'maybe'],
	maxmatches: ['-1', 1001],
	ignoreself: ['no'],
	ignoreip: [
		'%(sec/token)s',
		'file:/etc/passwd',
		'example.org',
		'localhost',
		'192.0.2',
		'0x7f.1',
		'010.0.0.1',
		'256.0.0.1',
		'10.0.0.0/33',
		'10.0.0.0/255.0.0.0',
		'10.0.0.0/8/8',
		'10.0.0.0/08',
		'2001:db8::/129',
		'fe80::1%eth0',
		'1:2:3',
		'192.0.2.1\n192.0.2.2',
		'192.0.2.1; x',
	],
};

const rootOnly: Record<string, string> = {
	ignorecommand: '/usr/bin/test %(ip)s',
	'bantime.factor': '1',
	'bantime.formula': 'ban.Time * 2',
	journalmatch: '_SYSTEMD_UNIT=ssh.service',
	logpath: '/var/log/a.log\n/var/log/b.log',
	logencoding: 'utf-8',
	logtimezone: 'UTC',
	datepattern: '^%%Y-%%m',
	maxlines: '5',
	chain: 'INPUT',
	action: '%(action_)s\nmail[x="1"]',
	destemail: 'root@localhost',
	sender: 'fail2ban',
	mta: 'sendmail',
	ignorecache: 'key="<ip>",max-count=100,max-time=5m',
	prefregex: '^<F-CONTENT>.+</F-CONTENT>$',
	failregex: '\n^a <HOST>$\n^b;c <HOST>$',
	ignoreregex: '',
};

describe('checkOption', () => {
	it.each(Object.entries(good))('accepts %s from anybody who may modify', (name, values) => {
		for (const value of values) {
			expect(checkOption(name, value, admin), `${value}`).toBeNull();
			expect(checkOption(name, value, root), `${value}`).toBeNull();
		}
	});

	it.each(Object.entries(bad))('refuses %s below root with one sentence', (name, values) => {
		for (const value of values) expect(String(checkOption(name, value, admin)), `${value}`).toMatch(/\.$/);
	});

	it.each([
		'enabled',
		'maxretry',
		'findtime',
		'bantime',
		'bantime.maxtime',
		'bantime.multipliers',
		'maxmatches',
	])('holds root to the grammar of %s, which fail2ban evaluates', (name) => {
		for (const value of bad[name] ?? []) expect(checkOption(name, value, root), `${value}`).not.toBeNull();
	});

	it.each(Object.entries(rootOnly))('leaves %s to root', (name, value) => {
		expect(String(checkOption(name, value, admin))).toBe('Only root@pam may set this option.');
		expect(checkOption(name, value, root)).toBeNull();
	});

	it('has a rule for every option of the contract', () => {
		for (const { name, permission } of jailOptions) {
			expect(Object.keys(permission === 'root' ? rootOnly : good)).toContain(name);
		}
	});

	it('lets root write what INI and fail2ban can hold, and nothing else', () => {
		expect(checkOption('banaction', 'noop[actionban="touch X"]', root)).toBeNull();
		expect(checkOption('backend', 'systemd[journalflags=1]', root)).toBeNull();
		expect(checkOption('ignoreip', 'example.org\n%(shared)s', root)).toBeNull();
		for (const value of ['a ; b', '# a', 'a\u0000', ' a', 'a\nb', '%d', '50%', '%(x']) {
			expect(checkOption('destemail', value, root), value).not.toBeNull();
		}
		expect(checkOption('failregex', 'a\n# b', root)).not.toBeNull();
		expect(String(checkOption('maxlines', 'abc', root))).toBe('Must be a whole number from 1 to 10000.');
	});

	it.each([
		'%',
		'<',
		'>',
		'[',
		']',
		'"',
		"'",
		'\\',
		';',
		'$',
		'`',
		'\n',
		'\r',
		'\u0000',
		'\u001b',
		'\u0085',
		'\u2028',
	])('lets no option hold %j below root', (character) => {
		for (const { name } of jailOptions) {
			expect(checkOption(name, `1${character}`, admin), name).not.toBeNull();
		}
	});

	it('refuses options that fail2ban does not have', () => {
		expect(String(checkOption('Bantime', '1', root))).toBe("There is no jail option 'Bantime'.");
		expect(String(checkOption('__proto__', '1', root))).toContain('no jail option');
	});

	it('tells how times are written', () => {
		expect(String(checkOption('findtime', 'soon', admin))).toBe(
			'Use numbers with units: 90s, 10m, 1h 30m, 14d, 4w (s, m, h, d, w, mo, y).',
		);
	});
});

describe('writeForm', () => {
	it.each([
		['enabled', true, 'true'],
		['enabled', '0', 'false'],
		['ignoreself', 1, 'true'],
		['maxretry', 5, '5'],
		['bantime', '1h 30m', '1h 30m'],
		['bantime.multipliers', ' 1  2 4 ', '1 2 4'],
	])('writes %s %j as %s', (name, value, text) => {
		expect(writeForm(name, value)).toBe(text);
	});
});
