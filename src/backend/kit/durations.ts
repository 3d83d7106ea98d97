const units = [
	{ seconds: 604_800, word: 'week', short: 'w' },
	{ seconds: 86_400, word: 'day', short: 'd' },
	{ seconds: 3600, word: 'hour', short: 'h' },
	{ seconds: 60, word: 'minute', short: 'min' },
	{ seconds: 1, word: 'second', short: 's' },
] as const;

/** How many of each unit make up a time, without those of which there is none. */
function counts(seconds: number, used: readonly (typeof units)[number][]) {
	let rest = seconds;
	return used.flatMap((unit) => {
		const count = Math.floor(rest / unit.seconds);
		rest -= count * unit.seconds;
		return count === 0 ? [] : [{ ...unit, count }];
	});
}

/** "for 30 days", "for 1 hour 30 minutes"; two units at most, so long times lose their seconds. -1: "permanently". */
export function durationWords(seconds: number): string {
	if (seconds < 0) return 'permanently';
	const whole = Math.round(seconds);
	// a time that is no whole number of weeks reads better in days
	const used = whole % units[0].seconds === 0 ? units : units.slice(1);
	const words = counts(whole, used).map(({ count, word }) => `${count} ${word}${count === 1 ? '' : 's'}`);
	return `for ${words.slice(0, 2).join(' ') || '0 seconds'}`;
}

/** Seconds as the largest unit from days on and the one below it, e.g. `3d 4h`. */
export function shortDuration(seconds: number): string {
	const from = units.findIndex((unit, at) => at > 0 && seconds >= unit.seconds);
	if (from < 0) return '0s';
	return counts(seconds, units.slice(from, from + 2))
		.map(({ count, short }) => `${count}${short}`)
		.join(' ');
}
