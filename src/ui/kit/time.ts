/**
 * Times as fail2ban reads them (a subset of its grammar: no arithmetic), to show what a text means. Nothing
 * here is ever written back: the text that was typed is what is saved.
 */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** fail2ban's year is 365.25 days, its month a twelfth of that. */
const year = 365.25 * day;

const units: [names: RegExp, seconds: number][] = [
	[/^(?:s|ss|se|sec|seconds?)$/, 1],
	[/^(?:m|mm|mi|min|minutes?)$/, minute],
	[/^(?:h|hh|ho|hou|hours?)$/, hour],
	[/^(?:d|dd|da|days?)$/, day],
	[/^(?:w|ww|we|wee|weeks?)$/, 7 * day],
	[/^(?:mo|mon|months?)$/, year / 12],
	[/^(?:y|yy|ye|yea|years?)$/, year],
];

// No leading zeros: fail2ban evaluates the number as Python, where 007 is an error.
const number = '(?:0|[1-9]\\d*)';

/**
 * Seconds that a fail2ban time comes to, e.g. 5400 for `1h 30m`; null if it is none. Minus one is answered
 * for `-1`, which means permanent as a bantime and nothing elsewhere.
 */
export function parseTime(text: string): number | null {
	const trimmed = text.trim();
	if (trimmed === '-1') {
		return -1;
	}
	if (new RegExp(`^${number}$`).test(trimmed)) {
		return Number(trimmed);
	}
	const part = new RegExp(`(${number}(?:\\.\\d+)?)\\s*([a-z]+)\\s*`, 'iy');
	let sum = 0;
	while (part.lastIndex < trimmed.length) {
		const match = part.exec(trimmed);
		const unit = match && units.find(([names]) => names.test((match[2] as string).toLowerCase()));
		if (!match || !unit) {
			return null;
		}
		sum += Number(match[1]) * unit[1];
	}
	return trimmed === '' ? null : sum;
}

const parts: [seconds: number, one: string, many: string, short: string][] = [
	[day, 'day', 'days', 'd'],
	[hour, 'hour', 'hours', 'h'],
	[minute, 'minute', 'minutes', 'm'],
	[1, 'second', 'seconds', 's'],
];

function split(seconds: number): [count: number, index: number][] {
	let rest = Math.round(seconds);
	const found: [number, number][] = [];
	for (const [index, [size]] of parts.entries()) {
		const count = Math.floor(rest / size);
		if (count > 0) {
			found.push([count, index]);
			rest -= count * size;
		}
	}
	return found;
}

/**
 * A duration in words: `1 hour 30 minutes`; one decimal where two units do not suffice (`30.4 days`).
 * `word` translates one unit, e.g. `(2, 'day', 'days')`.
 */
export function timeInWords(
	seconds: number,
	word: (count: number, one: string, many: string) => string = (count, one, many) =>
		count === 1 ? one : many,
): string {
	const found = split(seconds);
	const [first] = found;
	if (!first) {
		return `0 ${word(0, 'second', 'seconds')}`;
	}
	if (found.length > 2) {
		const [size, one, many] = parts[first[1]] as (typeof parts)[number];
		const count = Math.round((seconds / size) * 10) / 10;
		return `${count} ${word(count, one, many)}`;
	}
	return found
		.map(([count, index]) => {
			const [, one, many] = parts[index] as (typeof parts)[number];
			return `${count} ${word(count, one, many)}`;
		})
		.join(' ');
}

/** A duration in at most two adjacent units, the rest cut off: `20d 21h`, `4m 5s`, `0s`. */
export function shortTime(seconds: number): string {
	const found = split(Math.max(0, seconds));
	const [first] = found;
	if (!first) {
		return '0s';
	}
	return found
		.filter(([, index]) => index <= first[1] + 1)
		.map(([count, index]) => `${count}${parts[index]?.[3]}`)
		.join(' ');
}
