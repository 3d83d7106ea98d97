/**
 * Pairs equal lines of two versions of a value, in order, so that a line's comment and place stay with its
 * text: equal ends first, then lines that are unique on both sides (a patience diff, fast on long lists).
 * Answers for each new line the index of its old one, or -1.
 */
export function alignLines(before: readonly string[], after: readonly string[]): number[] {
	const pairs = new Array<number>(after.length).fill(-1);
	alignRange(before, after, pairs, { old: 0, now: 0 }, { old: before.length, now: after.length });
	return pairs;
}

interface Point {
	old: number;
	now: number;
}

function alignRange(
	before: readonly string[],
	after: readonly string[],
	pairs: number[],
	start: Point,
	end: Point,
): void {
	let from = { ...start };
	const to = { ...end };
	while (from.old < to.old && from.now < to.now && before[from.old] === after[from.now]) {
		pairs[from.now++] = from.old++;
	}
	while (from.old < to.old && from.now < to.now && before[to.old - 1] === after[to.now - 1]) {
		pairs[--to.now] = --to.old;
	}
	const anchors = longestRise(uniqueLines(before, after, from, to));
	for (const anchor of anchors) {
		pairs[anchor.now] = anchor.old;
		alignRange(before, after, pairs, from, anchor);
		from = { old: anchor.old + 1, now: anchor.now + 1 };
	}
	if (anchors.length > 0) alignRange(before, after, pairs, from, to);
}

/** Lines that stand exactly once in both ranges, in the new order. */
function uniqueLines(before: readonly string[], after: readonly string[], from: Point, to: Point): Point[] {
	const old = positions(before, from.old, to.old);
	const result: Point[] = [];
	for (const [line, now] of positions(after, from.now, to.now)) {
		const at = old.get(line) ?? -1;
		if (at !== -1 && now !== -1) result.push({ old: at, now });
	}
	return result.sort((one, other) => one.now - other.now);
}

/** Position of each line of a range; -1 for one that is there more than once. */
function positions(lines: readonly string[], from: number, to: number): Map<string, number> {
	const result = new Map<string, number>();
	lines.slice(from, to).forEach((line, nth) => {
		result.set(line, result.has(line) ? -1 : from + nth);
	});
	return result;
}

/** The longest subsequence whose old positions rise too (patience sorting). */
function longestRise(points: readonly Point[]): Point[] {
	interface Card {
		point: Point;
		below: Card | undefined;
	}
	const piles: Card[] = [];
	for (const point of points) {
		let low = 0;
		let high = piles.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((piles[middle]?.point.old ?? 0) < point.old) low = middle + 1;
			else high = middle;
		}
		piles[low] = { point, below: piles[low - 1] };
	}
	const result: Point[] = [];
	for (let card = piles.at(-1); card; card = card.below) result.unshift(card.point);
	return result;
}

/**
 * Gives each unpaired new line the unpaired old line at the same place between two pairs, as far as there
 * is one: it counts as that line, changed.
 */
export function replaceLines(pairs: readonly number[], oldCount: number): number[] {
	const result = [...pairs];
	let old = 0;
	for (let now = 0; now < pairs.length; ) {
		let end = now;
		while (end < pairs.length && pairs[end] === -1) end++;
		const next = end < pairs.length ? (pairs[end] ?? oldCount) : oldCount;
		for (; now < end; now++) if (old < next) result[now] = old++;
		old = next + 1;
		now = end + 1;
	}
	return result;
}
