const units = [
	[604_800, 'week'],
	[86_400, 'day'],
	[3600, 'hour'],
	[60, 'minute'],
	[1, 'second'],
] as const;

/** "for 30 days", "for 1 hour 30 minutes"; two units at most, so long times lose their seconds. -1: "permanently". */
export function durationWords(seconds: number): string {
	if (seconds < 0) return 'permanently';
	const words: string[] = [];
	let rest = Math.round(seconds);
	for (const [size, name] of units) {
		// a time that is no whole number of weeks reads better in days
		if (name === 'week' && rest % size !== 0) continue;
		const count = Math.floor(rest / size);
		if (count === 0) continue;
		words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
		rest -= count * size;
		if (words.length === 2) break;
	}
	return `for ${words.join(' ') || '0 seconds'}`;
}
