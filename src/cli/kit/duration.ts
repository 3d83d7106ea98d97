const units: readonly [name: string, seconds: number][] = [
	['d', 86_400],
	['h', 3600],
	['min', 60],
	['s', 1],
];

/** Seconds as the two largest units, e.g. `3d 4h`. */
export function duration(seconds: number): string {
	const from = units.findIndex(([, size]) => seconds >= size);
	if (from === -1) return '0s';
	let left = seconds;
	const parts: string[] = [];
	for (const [name, size] of units.slice(from, from + 2)) {
		const count = Math.floor(left / size);
		left -= count * size;
		if (count > 0) parts.push(`${count}${name}`);
	}
	return parts.join(' ');
}
