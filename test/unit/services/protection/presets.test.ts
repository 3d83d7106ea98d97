import { describe, expect, it } from 'vitest';
import { presets } from '../../../../src/backend/services/protection/presets.ts';

const units: Record<string, string> = { m: 'minute', h: 'hour', d: 'day', w: 'week' };

/** As it is written: 14d are 14 days, not 2 weeks. */
function words(time: string): string {
	const number = Number.parseInt(time, 10);
	return `${number} ${units[time.slice(-1)]}${number === 1 ? '' : 's'}`;
}

describe('the sentences of a preset', () => {
	it.each(presets)('say what $id writes', (preset) => {
		const { text, maxretry, findtime, bantime, increment, maxtime } = preset;
		const failures = maxretry === 1 ? '1 failure within' : `${maxretry} failures within`;
		const bans = maxretry === 1 ? 'bans' : 'ban';
		expect(String(text)).toContain(
			`${failures} ${words(findtime)} ${bans} the address for ${words(bantime)}.`,
		);
		expect(String(text).includes('Each further ban is longer')).toBe(increment);
		if (maxtime !== null) expect(String(text)).toContain(`up to ${words(maxtime)}.`);
		expect(String(text).includes('One mistyped password is enough.')).toBe(maxretry === 1);
	});
});
