import type { RegexNode } from './regexNode.ts';
import { lineOf, sampleLine, singleSet, variants } from './sampleLines.ts';

/** A line that may keep a search busy, shorter first: an exponential search is caught by the short one. */
export interface SlowLine {
	short: string;
	long: string;
}

/** What a log line may well be long; an attacker's request or user name is seldom longer. */
const LENGTH = 2000;
const SHORT_PUMPS = 40;

/** From how many times on a repetition can be made to try many ways. */
const MANY = 10;

/** So many lines at most for one expression. */
const MOST = 60;

/** So many parts of an expression at most. */
const MAX_STEPS = 1000;

const signs = ['a', '1', ' ', '.', ',', '/', '-', '"'];
/** What ends the line so that the match fails late. */
const ends = ['!', ' !', '\t"\t'];

/**
 * Lines that make an expression slow if it can be made slow: what it repeats is repeated, and then the line
 * goes on as the expression does not expect. Which of them are slow is to be measured.
 */
export function slowLines(node: RegexNode): SlowLine[] {
	const found = new Map<string, SlowLine>();
	for (const { before, pump } of repetitions(node)) {
		// nobody but the system writes the start of a line
		if (pump.trim() === '' && before !== '' && !/[a-z]{3}/i.test(before.replace(/kernel:|@vserver_/, '')))
			continue;
		for (const end of ends) {
			const line = (times: number) => before + pump.repeat(Math.max(times, 1)) + end;
			const long = line(Math.floor(LENGTH / pump.length));
			found.set(long, { short: line(Math.min(SHORT_PUMPS, LENGTH / pump.length)), long });
		}
	}
	return [...found.values()].slice(0, MOST);
}

/** Each repetition with what comes before it in a line, and what can be repeated there; nested ones first. */
function repetitions(node: RegexNode): { before: string; pump: string }[] {
	const found: { before: string; pump: string; depth: number }[] = [];
	const text = (part: RegexNode) => lineOf(sampleLine(part, { shape: 'bare', branch: 0 }));
	let steps = 0;
	const walk = (part: RegexNode, before: string, depth: number): void => {
		// what comes before is built anew for each part, so a huge expression is not looked through
		if (++steps > MAX_STEPS) return;
		if (part.kind === 'sequence') {
			let at = before;
			for (const inner of part.parts) {
				walk(inner, at, depth);
				at += text(inner);
			}
		} else if (part.kind === 'choice') for (const branch of part.branches) walk(branch, before, depth);
		else if (part.kind === 'group' || part.kind === 'look') walk(part.body, before, depth);
		else if (part.kind === 'condition') for (const branch of [part.yes, part.no]) walk(branch, before, depth);
		else if (part.kind === 'repeat') {
			const many = part.max >= MANY;
			if (many) for (const pump of pumps(part.body)) found.push({ before, pump, depth: depth + 1 });
			walk(part.body, before, many ? depth + 1 : depth);
		}
	};
	walk(node, '', 0);
	return found.sort((one, other) => other.depth - one.depth);
}

function pumps(body: RegexNode): string[] {
	const set = singleSet(body);
	if (set) {
		const common = signs.filter((sign) => set.has(sign));
		return common.length > 0 ? common.slice(0, 4) : [set.pick() ?? 'a'];
	}
	const texts = variants.map((variant) => lineOf(sampleLine(body, variant)));
	return [...new Set(texts)].filter((text) => text !== '' && text.length <= LENGTH / 2);
}
