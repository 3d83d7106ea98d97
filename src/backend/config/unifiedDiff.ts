import { alignLines } from './alignLines.ts';

/** Unchanged lines around a change. */
const context = 3;

interface Line {
	sign: ' ' | '-' | '+';
	text: string;
}

/** Lines with their line ends; the last one may have none. */
function linesOf(text: string | null): string[] {
	return text === null || text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

function compare(before: readonly string[], after: readonly string[]): Line[] {
	const result: Line[] = [];
	let old = 0;
	const removeTo = (end: number) => {
		while (old < end) result.push({ sign: '-', text: before[old++] ?? '' });
	};
	alignLines(before, after).forEach((pair, now) => {
		const text = after[now] ?? '';
		if (pair === -1) {
			// what it replaces stands before it, as in every diff
			result.push({ sign: '+', text });
			return;
		}
		removeTo(pair);
		result.push({ sign: ' ', text });
		old = pair + 1;
	});
	removeTo(before.length);
	return ordered(result);
}

/** Removed lines before the added ones of the same place. */
function ordered(lines: readonly Line[]): Line[] {
	const result: Line[] = [];
	let added: Line[] = [];
	for (const line of lines) {
		if (line.sign === '+') added.push(line);
		else {
			if (line.sign === ' ') {
				result.push(...added);
				added = [];
			}
			result.push(line);
		}
	}
	return [...result, ...added];
}

function printed({ sign, text }: Line): string {
	return text.endsWith('\n') ? `${sign}${text}` : `${sign}${text}\n\\ No newline at end of file\n`;
}

function range(start: number, count: number): string {
	// without lines it names the line before the place
	return count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
}

/**
 * The unified diff of one file, as `diff -u` prints it; null stands for a file that is not there. Empty if nothing
 * differs.
 * @param name below the configuration folder
 */
export function unifiedDiff(name: string, before: string | null, after: string | null): string {
	if (before === after) return '';
	const lines = compare(linesOf(before), linesOf(after));
	const head = [
		before === null ? '--- /dev/null' : `--- a/${name}`,
		after === null ? '+++ /dev/null' : `+++ b/${name}`,
	];
	return `${head.join('\n')}\n${hunks(lines).join('')}`;
}

function hunks(lines: readonly Line[]): string[] {
	const result: string[] = [];
	const place = { old: 1, now: 1 };
	let from = 0;
	const advance = (to: number) => {
		for (; from < to; from++) {
			const sign = lines[from]?.sign;
			if (sign !== '+') place.old++;
			if (sign !== '-') place.now++;
		}
	};
	for (let at = 0; at < lines.length; at++) {
		if (lines[at]?.sign === ' ') continue;
		const start = Math.max(from, at - context);
		const end = hunkEnd(lines, at);
		advance(start);
		const part = lines.slice(start, end);
		const olds = part.filter(({ sign }) => sign !== '+').length;
		const news = part.filter(({ sign }) => sign !== '-').length;
		const head = `@@ -${range(place.old, olds)} +${range(place.now, news)} @@\n`;
		result.push(head + part.map(printed).join(''));
		advance(end);
		at = end - 1;
	}
	return result;
}

/** Changes with no more than twice the context between them stand in one hunk. */
function hunkEnd(lines: readonly Line[], first: number): number {
	let last = first;
	for (let at = first; at < lines.length && at - last <= 2 * context; at++) {
		if (lines[at]?.sign !== ' ') last = at;
	}
	return Math.min(lines.length, last + 1 + context);
}
