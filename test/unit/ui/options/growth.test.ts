import { describe, expect, it } from 'vitest';
import { banTimes, isMultipliers } from '../../../../src/ui/options/growth.ts';

const rule = { bantime: 3600, multipliers: '', factor: 1, maxtime: null };

describe('banTimes', () => {
	it('doubles with each ban where nothing else is said', () => {
		expect(banTimes(rule, 4)).toEqual([3600, 7200, 14_400, 28_800]);
	});

	it('takes the multiplier of each ban, and the last one from then on', () => {
		// fail2ban leaves the first ban as it is and counts multipliers from 0.
		expect(banTimes({ ...rule, multipliers: '1 5 30' }, 5)).toEqual([
			3600, 18_000, 108_000, 108_000, 108_000,
		]);
	});

	it('multiplies with the factor, but never makes a ban shorter than the first', () => {
		expect(banTimes({ ...rule, factor: 0.1 }, 3)).toEqual([3600, 3600, 3600]);
		expect(banTimes({ ...rule, factor: 3 }, 3)).toEqual([3600, 21_600, 43_200]);
	});

	it('stops at the longest time', () => {
		expect(banTimes({ ...rule, maxtime: 10_000 }, 4)).toEqual([3600, 7200, 10_000, 10_000]);
	});

	it('stops doubling after twenty bans', () => {
		const times = banTimes(rule, 25);
		expect(times[24]).toBe(3600 * 2 ** 20);
	});
});

describe('isMultipliers', () => {
	it.each(['1', '1 2 4 8', ' 1 2 ', '1  2'])('takes %j', (text) => {
		expect(isMultipliers(text)).toBe(true);
	});

	it.each(['', '1,2', '1.5', '0 1', '-1', '1 x', Array(21).fill('1').join(' ')])('refuses %j', (text) => {
		expect(isMultipliers(text)).toBe(false);
	});
});
