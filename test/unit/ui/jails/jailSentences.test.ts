import '../globals.ts';
import { describe, expect, it } from 'vitest';
import { banSentence, growthSentence } from '../../../../src/ui/jails/jailSentences.ts';

describe('banSentence', () => {
	it('tells what the numbers come to', () => {
		expect(banSentence('5', '10m', '14d')).toBe('5 failures within 10 minutes ban the address for 14 days.');
		expect(banSentence('1', '10m', '1h')).toBe('1 failure within 10 minutes bans the address for 1 hour.');
		expect(banSentence('3', '1h', '-1')).toBe('3 failures within 1 hour ban the address permanently.');
	});

	it('says nothing while a number is none', () => {
		expect(banSentence('x', '10m', '14d')).toBe('');
		expect(banSentence('5', 'x', '14d')).toBe('');
		expect(banSentence('5', '10m', '')).toBe('');
	});
});

describe('growthSentence', () => {
	const texts = { bantime: '1h', multipliers: '', factor: '', formula: '', maxtime: '' };

	it('shows the first bans and the longest one', () => {
		expect(growthSentence({ ...texts, maxtime: '4w' })).toBe('Bans last 1h, 2h, 4h, 8h … up to 4w');
		expect(growthSentence({ ...texts, multipliers: '1 5 30 60' })).toBe('Bans last 1h, 5h, 1d 6h, 2d 12h …');
	});

	it('says nothing of a formula or a factor that only Python can read', () => {
		expect(growthSentence({ ...texts, formula: 'ban.Time * 2' })).toBe('');
		expect(growthSentence({ ...texts, factor: '1 + 1' })).toBe('');
	});

	it('says that permanent bans do not grow', () => {
		expect(growthSentence({ ...texts, bantime: '-1' })).toBe('A permanent ban does not grow.');
	});
});
