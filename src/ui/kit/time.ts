import { format, plural } from './text.ts';

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

interface Part {
	seconds: number;
	/** In words, with {0} for the number. */
	words: (n: number) => string;
	short: string;
}

const parts: Part[] = [
	{ seconds: day, words: (n) => plural(n, '{0} day', '{0} days'), short: 'd' },
	{ seconds: hour, words: (n) => plural(n, '{0} hour', '{0} hours'), short: 'h' },
	{ seconds: minute, words: (n) => plural(n, '{0} minute', '{0} minutes'), short: 'm' },
	{ seconds: 1, words: (n) => plural(n, '{0} second', '{0} seconds'), short: 's' },
];

function split(seconds: number): [count: number, index: number][] {
	let rest = Math.round(seconds);
	const found: [number, number][] = [];
	for (const [index, { seconds: size }] of parts.entries()) {
		const count = Math.floor(rest / size);
		if (count > 0) {
			found.push([count, index]);
			rest -= count * size;
		}
	}
	return found;
}

function inWords(count: number, index: number): string {
	return format((parts[index] as Part).words(count), count);
}

/** A duration in words: `1 hour 30 minutes`; one decimal where two units do not suffice (`30.4 days`). */
export function timeInWords(seconds: number): string {
	const found = split(seconds);
	const [first, second] = found;
	if (!first) {
		return inWords(0, parts.length - 1);
	}
	if (found.length > 2) {
		const size = (parts[first[1]] as Part).seconds;
		return inWords(Math.round((seconds / size) * 10) / 10, first[1]);
	}
	return second === undefined
		? inWords(...first)
		: // TRANSLATORS: a duration in two units, e.g. 1 hour 30 minutes
			format(gettext('{0} {1}'), inWords(...first), inWords(...second));
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
		.map(([count, index]) => `${count}${parts[index]?.short}`)
		.join(' ');
}
