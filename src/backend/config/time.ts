import { msg } from '../kit/message.ts';

const units: [seconds: number, spellings: string[]][] = [
	[1, ['s', 'ss', 'se', 'sec', 'second', 'seconds']],
	[60, ['m', 'mm', 'mi', 'min', 'minute', 'minutes']],
	[3_600, ['h', 'hh', 'ho', 'hou', 'hour', 'hours']],
	[86_400, ['d', 'dd', 'da', 'day', 'days']],
	[604_800, ['w', 'ww', 'we', 'wee', 'week', 'weeks']],
	// A twelfth of a year, and a year of 365.25 days, as fail2ban counts them.
	[2_629_800, ['mo', 'mon', 'month', 'months']],
	[31_557_600, ['y', 'yy', 'ye', 'yea', 'year', 'years']],
];

/** Seconds of each spelling of a unit that fail2ban takes, in lower case. */
export const timeUnits: ReadonlyMap<string, number> = new Map(
	units.flatMap(([seconds, spellings]) => spellings.map((unit) => [unit, seconds] as const)),
);

/** About 317 years; the server computes dates with such numbers. */
const LONGEST = 10_000_000_000;

/** fail2ban evaluates times as Python, which refuses a number with leading zeros. */
const whole = /^(-?[1-9]\d*|0)$/;
const part = /(0|[1-9]\d*)(\.\d+)? *([a-z]+) */iy;

/** The rule that a text breaks which is not a time. */
export const TIME_RULE = msg('Use numbers with units: 90s, 10m, 1h 30m, 14d, 4w (s, m, h, d, w, mo, y).');

/**
 * Seconds of a time as fail2ban writes it: `600`, `-1`, `10m`, `1h 30m`, `1.5 hours`; null: it is none.
 * Narrower than fail2ban, which evaluates the text as Python: no sums, no bare number beside a unit.
 */
export function parseTime(text: string): number | null {
	if (whole.test(text)) return bounded(Number(text));
	let seconds = 0;
	part.lastIndex = 0;
	let end = 0;
	for (let match = part.exec(text); match; match = part.exec(text)) {
		const unit = timeUnits.get(match[3]?.toLowerCase() ?? '');
		if (unit === undefined) return null;
		seconds += Number(`${match[1]}${match[2] ?? ''}`) * unit;
		end = part.lastIndex;
	}
	return end > 0 && end === text.length ? bounded(seconds) : null;
}

function bounded(seconds: number): number | null {
	return Math.abs(seconds) <= LONGEST ? seconds : null;
}
