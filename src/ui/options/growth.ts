/** How the ban time of an address grows with each ban, as fail2ban computes it (jail.py, `setBanTimeExtra`). */
export interface Growth {
	/** Seconds of the first ban. */
	bantime: number;
	/** The text of `bantime.multipliers`: whole numbers separated by blanks; empty: powers of two. */
	multipliers: string;
	factor: number;
	/** Seconds; null: no limit. */
	maxtime: number | null;
}

/** Whether fail2ban can read the text as `bantime.multipliers`. */
export function isMultipliers(text: string): boolean {
	const numbers = text.trim().split(/ +/);
	return numbers.length <= 20 && numbers.every((n) => /^[1-9]\d{0,8}$/.test(n));
}

/** Seconds of the first, second, … ban; the last one repeats from then on. `steps` bans at most. */
export function banTimes({ bantime, multipliers, factor, maxtime }: Growth, steps: number): number[] {
	const factors = multipliers.trim() === '' ? null : multipliers.trim().split(/ +/).map(Number);
	const times = [bantime];
	for (let count = 1; count < steps; count++) {
		const grown = factors
			? bantime * factor * (factors[Math.min(count, factors.length - 1)] as number)
			: Math.max(bantime, bantime * 2 ** Math.min(count, 20) * factor);
		times.push(maxtime === null ? grown : Math.min(grown, maxtime));
	}
	return times;
}
