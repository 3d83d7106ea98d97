import { describe, expect, it } from 'vitest';
import { parseTime, timeUnits } from '../../src/backend/config/time.ts';
import { releases } from '../support/fail2ban.ts';
import { runPython } from '../support/pythonConfig.ts';

const script = `
import sys, json
from fail2ban.server.mytime import MyTime
print(json.dumps([MyTime.str2seconds(text) for text in json.load(sys.stdin)]))
`;

/** Every spelling of a unit in every shape that we accept, and every pair of units. */
function accepted(): string[] {
	const spellings = [...timeUnits.keys()];
	const shapes = (unit: string) => {
		const capital = unit.charAt(0).toUpperCase() + unit.slice(1);
		return [unit, unit.toUpperCase(), capital].flatMap((word) =>
			['0', '1', '7', '30', '1.5', '0.25', '10.0'].flatMap((number) => [
				`${number}${word}`,
				`${number} ${word}`,
			]),
		);
	};
	const pairs = spellings.flatMap((one) =>
		spellings.flatMap((other) => [`1${one}30${other}`, `2 ${one}  1.5 ${other}`, `1.25${one} 10${other} 3s`]),
	);
	return ['0', '-1', '-5', '600', '31557600', ...spellings.flatMap(shapes), ...pairs];
}

describe.each(releases())('times and fail2ban $version', (release) => {
	it('gives every accepted time the seconds that fail2ban computes', () => {
		const texts = accepted();
		const seconds = runPython<number[]>(release, script, texts);
		texts.forEach((text, nth) => {
			expect(parseTime(text), text).toBe(seconds[nth]);
		});
		console.log(`fail2ban ${release.version}: ${texts.length} times equal`);
	});
});
