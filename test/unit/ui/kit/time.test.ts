import fc from 'fast-check';
import '../globals.ts';
import { describe, expect, it } from 'vitest';
import { parseTime, shortTime, timeInWords } from '../../../../src/ui/kit/time.ts';

const minute = 60;
const hour = 3600;
const day = 86_400;

describe('parseTime', () => {
	it.each([
		['600', 600],
		['0', 0],
		['-1', -1],
		['90s', 90],
		['10m', 600],
		['1h 30m', 5400],
		['1h30m', 5400],
		[' 14 days ', 14 * day],
		['4W', 28 * day],
		['1mo', 2_629_800],
		['1year', 31_557_600],
		['1.5h', 5400],
		['2 Hours 5 min', 2 * hour + 5 * minute],
	])('reads %j as fail2ban does', (text, seconds) => {
		expect(parseTime(text)).toBe(seconds);
	});

	it.each([
		'',
		' ',
		'abc',
		'007',
		'1e3',
		'01h',
		'10x',
		'1h 30',
		'-2h',
		'1h-30m',
		'1..5h',
		'.5h',
		'__import__("os")',
	])('knows that %j is no time', (text) => {
		expect(parseTime(text)).toBeNull();
	});

	it('adds up its parts, however they are separated', () => {
		const units = { s: 1, m: minute, h: hour, d: day, w: 7 * day } as const;
		const part = fc.tuple(fc.nat(999), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])));
		fc.assert(
			fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom('', ' '), (parts, gap) => {
				const text = parts.map(([count, unit]) => `${count}${unit}`).join(gap);
				const sum = parts.reduce((total, [count, unit]) => total + count * units[unit], 0);
				expect(parseTime(text)).toBe(sum);
			}),
			{ numRuns: 200 },
		);
	});
});

describe('timeInWords', () => {
	it.each([
		[0, '0 seconds'],
		[1, '1 second'],
		[600, '10 minutes'],
		[5400, '1 hour 30 minutes'],
		[14 * day, '14 days'],
		[2_629_800, '30.4 days'],
		[31_557_600, '365 days 6 hours'],
	])('says %i seconds as %j', (seconds, words) => {
		expect(timeInWords(seconds)).toBe(words);
	});
});

describe('shortTime', () => {
	it.each([
		[-5, '0s'],
		[0, '0s'],
		[59, '59s'],
		[245, '4m 5s'],
		[20 * day + 21 * hour + 59 * minute, '20d 21h'],
		[day + 5, '1d'],
		[3 * hour, '3h'],
	])('shortens %i seconds to %j', (seconds, text) => {
		expect(shortTime(seconds)).toBe(text);
	});
});
