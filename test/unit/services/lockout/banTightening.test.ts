import { describe, expect, it } from 'vitest';
import type { JailCommands } from '../../../../src/backend/files/jailCommands.ts';
import { canBanMore, countsBans } from '../../../../src/backend/services/lockout/banTightening.ts';
import { entryOf } from '../../../../src/backend/services/lockout/JailPreviews.ts';
import { ignoresAll, previewTask } from '../../../../src/backend/services/lockout/previewTask.ts';

function jail(settings: Record<string, string> = {}, more: Partial<JailCommands> = {}): JailCommands {
	return {
		jail: 'sshd',
		backend: 'polling',
		settings: new Map(Object.entries({ maxretry: '5', findtime: '10m', bantime: '1h', ...settings })),
		ignoreip: ['127.0.0.1/8', '10.0.0.0/24'],
		logpaths: ['/var/log/auth.log'],
		journalmatches: [],
		failregex: ['^a <HOST>', '^b <HOST>'],
		ignoreregex: ['^c'],
		actions: new Map(),
		...more,
	};
}

it.each([
	[true, ['^\\s*fail2ban\\.actions\\s+NOTICE\\s+\\[(?!recidive\\])(?:.*)\\]\\s+Ban\\s+<HOST>\\s*$']],
	[true, ['\\] (?:Restore )?Ban <ADDR>$']],
	[false, ['^Failed password for .* from <HOST>']],
	[false, ['\\]\\s+Ban\\s+<HOST>', '^Failed password for .* from <HOST>']],
	[false, ['\\]\\s+Unban\\s+<HOST>']],
	[false, []],
])('a jail counts bans: %s for %j', (counts, failregex) => {
	expect(countsBans(jail({}, { failregex }))).toBe(counts);
});

describe('a jail can ban more', () => {
	it.each([
		['fewer failures', jail({ maxretry: '4' })],
		['a longer time', jail({ findtime: '11m' })],
		['a time that is none', jail({ findtime: 'soon' })],
		['an address that is no longer ignored', jail({}, { ignoreip: ['127.0.0.1/8', '10.0.0.0/25'] })],
		['the own addresses no longer ignored', jail({ ignoreself: 'false' })],
		['another program that ignores', jail({ ignorecommand: '/bin/false' })],
		['bans that grow', jail({ 'bantime.increment': 'true' })],
		['one more expression', jail({}, { failregex: ['^a <HOST>', '^b <HOST>', '^d <HOST>'] })],
		['an exception less', jail({}, { ignoreregex: [] })],
		['one more log', jail({}, { logpaths: ['/var/log/auth.log', '/var/log/more.log'] })],
		['another backend', jail({}, { backend: 'systemd' })],
		['names looked up', jail({ usedns: 'yes' })],
		['other actions, which may close more', jail({}, { actions: new Map([['nftables', '[]']]) })],
	])('with %s', (_, after) => {
		expect(canBanMore(jail(), after)).toBe(true);
	});

	it('with the whole journal instead of a part', () => {
		const part = jail({}, { backend: 'systemd', journalmatches: ['_COMM=sshd'] });
		const whole = jail({}, { backend: 'systemd' });
		expect(canBanMore(part, whole)).toBe(true);
		expect(canBanMore(part, part)).toBe(false);
	});
});

describe('a jail cannot ban more', () => {
	it.each([
		['longer bans', jail({ bantime: '-1' })],
		['more failures', jail({ maxretry: '6' })],
		['a shorter time', jail({ findtime: '5m' })],
		['the same time in other words', jail({ findtime: '600' })],
		['a network around what was ignored', jail({}, { ignoreip: ['127.0.0.0/8', '10.0.0.0/8'] })],
		['an expression less', jail({}, { failregex: ['^a <HOST>'] })],
	])('with %s', (_, after) => {
		expect(canBanMore(jail(), after)).toBe(false);
	});
});

describe('what a jail ignores', () => {
	const own = ['192.0.2.1'];
	it('is told for all of the caller’s addresses together', () => {
		expect(ignoresAll(jail(), own, ['10.0.0.7'])).toBe(true);
		expect(ignoresAll(jail(), own, ['10.0.0.7', '198.51.100.1'])).toBe(false);
		expect(ignoresAll(jail(), own, ['192.0.2.1'])).toBe(true);
		expect(ignoresAll(jail({ ignoreself: 'no' }), own, ['192.0.2.1'])).toBe(false);
	});

	it('is not known without an address, or where a name or a program decides', () => {
		expect(ignoresAll(jail(), own, [])).toBeNull();
		expect(ignoresAll(jail({}, { ignoreip: ['home.example'] }), own, ['198.51.100.1'])).toBeNull();
		expect(ignoresAll(jail({ ignorecommand: '/x' }), own, ['198.51.100.1'])).toBeNull();
	});
});

describe('how a jail comes to its options', () => {
	const running = new Set(['sshd']);
	it('is a start, a restart or a reload', () => {
		const both = { before: jail(), after: jail() };
		expect(entryOf('sshd', new Set(), [], both)).toBe('start');
		expect(entryOf('sshd', running, [{ kind: 'restart', jail: 'sshd' }], both)).toBe('restart');
		expect(entryOf('sshd', running, [{ kind: 'restart', jail: 'other' }], both)).toBe('reload');
		const more = jail({}, { logpaths: ['/var/log/auth.log', '/var/log/new.log'] });
		expect(entryOf('sshd', running, [], { before: jail(), after: more })).toBe('restart');
	});

	it('says how far back it counts: what a running jail remembers is within its old time', () => {
		const of = { after: jail({ findtime: '14d' }), database: null, own: [], watch: [], below: null };
		expect(previewTask({ ...of, before: jail(), entry: 'reload' })).toMatchObject({
			findtime: 600,
			memory: true,
		});
		expect(previewTask({ ...of, before: jail(), entry: 'restart' })).toMatchObject({
			findtime: 14 * 86_400,
			memory: false,
			restores: false,
		});
		expect(previewTask({ ...of, before: undefined, entry: 'start' })).toMatchObject({ restores: true });
	});

	it('splits a journal match at its fields', () => {
		const after = jail(
			{},
			{ backend: 'systemd[journalflags=1]', journalmatches: ['_COMM=a b _UID=0', '_COMM=c'] },
		);
		const of = {
			before: undefined,
			entry: 'start' as const,
			database: null,
			own: [],
			watch: [],
			below: null,
		};
		expect(previewTask({ ...of, after }).source).toEqual({
			kind: 'journal',
			args: { journalflags: '1' },
			matches: [['_COMM=a b', '_UID=0'], ['_COMM=c']],
			since: 0,
		});
	});
});
