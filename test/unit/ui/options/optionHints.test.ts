import '../globals.ts';
import { describe, expect, it } from 'vitest';
import { checkOption, type FieldKind } from '../../../../src/ui/options/optionHints.ts';

describe('checkOption', () => {
	it.each<[FieldKind, string]>([
		['time', '10m'],
		['bantime', '-1'],
		['count', '1'],
		['count', '1000'],
		['multipliers', '1 2 4 8'],
		['ignoreip', '127.0.0.1/8 ::1, 10.0.0.0/8'],
		['text', 'anything'],
	])('takes a %s of %j', (kind, text) => {
		expect(checkOption(kind, text, false)).toBe(true);
	});

	it.each<[FieldKind, string]>([
		['time', '-1'],
		['time', '10 apples'],
		['bantime', '-2'],
		['count', '0'],
		['count', '1001'],
		['count', '5x'],
		['multipliers', '1,2'],
		['ignoreip', 'example.com'],
	])('says why a %s of %j is none', (kind, text) => {
		expect(checkOption(kind, text, false)).toEqual(expect.stringMatching(/./));
	});

	it('lets root@pam ignore a host name', () => {
		expect(checkOption('ignoreip', 'example.com', true)).toBe(true);
	});
});
