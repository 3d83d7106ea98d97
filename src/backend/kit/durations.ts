import { type Message, msg, msgN } from './message.ts';

const units = [
	{ seconds: 604_800, word: 'week', short: 'w' },
	{ seconds: 86_400, word: 'day', short: 'd' },
	{ seconds: 3600, word: 'hour', short: 'h' },
	{ seconds: 60, word: 'minute', short: 'min' },
	{ seconds: 1, word: 'second', short: 's' },
] as const;

/** How many of each unit make up a time; units with a count of 0 are left out. */
function counts(seconds: number, used: readonly (typeof units)[number][]) {
	let rest = seconds;
	return used.flatMap((unit) => {
		const count = Math.floor(rest / unit.seconds);
		rest -= count * unit.seconds;
		return count === 0 ? [] : [{ ...unit, count }];
	});
}

function unitWords(count: number, unit: (typeof units)[number]['word']): Message {
	switch (unit) {
		case 'week':
			return msgN(count, '{0} week', '{0} weeks');
		case 'day':
			return msgN(count, '{0} day', '{0} days');
		case 'hour':
			return msgN(count, '{0} hour', '{0} hours');
		case 'minute':
			return msgN(count, '{0} minute', '{0} minutes');
		case 'second':
			return msgN(count, '{0} second', '{0} seconds');
	}
}

/** "30 days", "1 hour 30 minutes"; two units at most, so long times lose their seconds. */
export function timeWords(seconds: number): Message {
	const whole = Math.round(seconds);
	// a time that is not a whole number of weeks reads better in days
	const used = whole % units[0].seconds === 0 ? units : units.slice(1);
	const [first, second] = counts(whole, used).map(({ count, word }) => unitWords(count, word));
	if (first === undefined) return unitWords(0, 'second');
	// TRANSLATORS: a time in two units, e.g. "1 hour 30 minutes"
	return second === undefined ? first : msg('{0} {1}', first, second);
}

/** "for 30 days"; -1: "permanently". */
export function durationWords(seconds: number): Message {
	// TRANSLATORS: {0}: a time such as "30 days"; the end of a sentence such as "This bans 192.0.2.17 for 30 days"
	return seconds < 0 ? msg('permanently') : msg('for {0}', timeWords(seconds));
}

/** Seconds as the largest unit from days on and the one below it, e.g. `3d 4h`. */
export function shortDuration(seconds: number): string {
	const from = units.findIndex((unit, at) => at > 0 && seconds >= unit.seconds);
	if (from < 0) return '0s';
	return counts(seconds, units.slice(from, from + 2))
		.map(({ count, short }) => `${count}${short}`)
		.join(' ');
}
