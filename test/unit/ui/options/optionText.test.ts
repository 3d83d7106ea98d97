import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { OptionValue } from '../../../../src/contract/types.ts';
import { originText, resetText } from '../../../../src/ui/options/optionText.ts';

const inherited: OptionValue = {
	value: '10m',
	raw: '10m',
	file: 'jail.conf',
	line: 104,
	origin: 'stock',
	own: false,
	overrides: [],
	editable: true,
	'blocked-by': null,
	target: 'jail.d/sshd.local',
};
const own: OptionValue = {
	...inherited,
	value: '14d',
	raw: '14d',
	file: 'jail.d/sshd.local',
	line: 3,
	origin: 'admin',
	own: true,
	overrides: [{ value: '10m', raw: '10m', file: 'jail.conf', line: 104 }],
};

describe('originText', () => {
	it('says what an inherited value means and where it stands', () => {
		expect(originText('time', inherited, '')).toBe('= 10 minutes, jail.conf:104');
		expect(originText('count', { ...inherited, value: '5', raw: '5' }, '')).toBe('jail.conf:104');
	});

	it('says where a value of the jail’s own stands', () => {
		expect(originText('bantime', own, '14d')).toBe('= 14 days, jail.d/sshd.local:3');
	});

	it('explains a value with references by what they come to', () => {
		const reference = { ...own, raw: '%(known/bantime)s', value: '1h' };
		expect(originText('bantime', reference, '%(known/bantime)s')).toBe('= 1 hour, jail.d/sshd.local:3');
	});

	it('says while typing what it means and where it will be written', () => {
		expect(originText('bantime', own, '1h 30m')).toBe(
			'= 1 hour 30 minutes, will be written to jail.d/sshd.local',
		);
		expect(originText('bantime', inherited, '-1')).toBe('= permanent, will be written to jail.d/sshd.local');
		expect(originText('time', inherited, 'abc')).toBe('will be written to jail.d/sshd.local');
	});

	it('says what an emptied field is reset to', () => {
		expect(originText('bantime', own, '')).toBe('will be reset to 10m (jail.conf:104)');
		expect(originText('bantime', { ...own, overrides: [] }, '')).toBe('will be reset to not set');
	});

	it('names the file that would win over a change, whatever is typed', () => {
		const blocked = { ...inherited, 'blocked-by': { file: 'jail.d/zz.local', line: 4 } };
		expect(originText('time', blocked, '')).toBe('jail.d/zz.local:4 is read later and overrides it');
		expect(originText('time', blocked, '2h')).toBe('jail.d/zz.local:4 is read later and overrides it');
	});

	it('tells a default of fail2ban from an option that is not set', () => {
		const none = { ...inherited, file: null, line: null, origin: 'default' as const };
		expect(originText('time', none, '')).toBe('= 10 minutes, fail2ban default');
		expect(originText('time', { ...none, value: null, raw: null }, '')).toBe('not set');
	});
});

describe('resetText', () => {
	it('names value and file that a reset gives back', () => {
		expect(resetText('bantime', own)).toBe('Reset to 10m (jail.conf:104)');
		const overrides = [{ value: 'true', raw: 'true', file: 'jail.conf', line: 5 }];
		expect(resetText('bool', { ...own, overrides })).toBe('Reset to Yes (jail.conf:5)');
	});
});
