import { describe, expect, it } from 'vitest';
import { parseTime, timeUnits } from '../../../src/backend/config/time.ts';

describe('parseTime', () => {
	it.each([
		['600', 600],
		['0', 0],
		['-1', -1],
		['10m', 600],
		['90s', 90],
		['1h 30m', 5400],
		['1h30m', 5400],
		['14d', 1_209_600],
		['4w', 2_419_200],
		['1mo', 2_629_800],
		['1y', 31_557_600],
		['1.5h', 5400],
		['2 Hours 5 MIN', 7500],
		['1year 6mo', 47_336_400],
	])('reads %s', (text, seconds) => {
		expect(parseTime(text)).toBe(seconds);
	});

	it.each([
		'',
		' ',
		'm',
		'007',
		'1e3',
		'-0',
		'+5',
		'1_000',
		'1.5',
		'-1h',
		'1h 30',
		'05m',
		'1h 05m',
		'1h+30m',
		'1h-30m',
		'2*3',
		'10 x',
		'10mins',
		'1hr',
		' 10m',
		'1h\n30m',
		'1h\t30m',
		'٣m',
		'99999999999',
		'400y',
		'__import__("os").getpid()',
		"__import__('os')",
		'1h if 1 else 2',
		'10m;',
	])('refuses %j', (text) => {
		expect(parseTime(text)).toBeNull();
	});

	it('knows seven units', () => {
		expect(new Set(timeUnits.values()).size).toBe(7);
	});
});
