import { expect, test } from 'vitest';
import { tooLong } from '../../../build/check/commitSubjects.ts';

test('names commits whose subject has more than 72 characters', () => {
	const fits = 'x'.repeat(72);
	const log = `abc1234 ${fits}\ndef5678 ${fits}y\n`;
	expect(tooLong(log)).toEqual([`def5678 ${fits}y (73 characters)`]);
});
