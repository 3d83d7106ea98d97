import { alignLines, replaceLines } from './alignLines.ts';
import type { ConfigLine, Entry } from './parseConfig.ts';
import { indentation, inlineComment, strip, type TextLine } from './pythonText.ts';

/** One line of a value with the text behind its ` ;`, '' without one. */
export interface ValueLine {
	value: string;
	comment: string;
}

/** A physical line cut into what stands before the value, and what behind it. */
interface Parts {
	before: string;
	value: string;
	/** White space, and ` ; comment` if there is one. */
	after: string;
}

/** @param first the line holds the option’s name */
export function cutLine(text: string, first: boolean): Parts {
	const at = inlineComment(text);
	const body = at === -1 ? text : text.slice(0, at);
	const from = first ? body.search(/[=:]/) + 1 : 0;
	const value = strip(body.slice(from));
	if (value === '') return { before: text.slice(0, from), value, after: text.slice(from) };
	const start = from + indentation(body.slice(from));
	return { before: text.slice(0, start), value, after: text.slice(start + value.length) };
}

function commentOf(after: string): string {
	const at = inlineComment(after);
	return at === -1 ? '' : strip(after.slice(at + 1));
}

export function readValueLines(lines: readonly ConfigLine[], entry: Entry): ValueLine[] {
	return entry.lines.map((index, nth) => {
		const { value, after } = cutLine(lines[index]?.text ?? '', nth === 0);
		return { value, comment: commentOf(after) };
	});
}

/** Gives each new value line the comment of the line that it repeats or replaces. */
export function keepComments(before: readonly ValueLine[], values: readonly string[]): ValueLine[] {
	const old = before.map((line) => line.value);
	const pairs = replaceLines(alignLines(old, values), old.length);
	return values.map((value, nth) => {
		const comment = before[pairs[nth] ?? -1]?.comment ?? '';
		// Behind a blank continuation line a comment would make the line vanish from the value.
		return { value, comment: value === '' && nth > 0 ? '' : comment };
	});
}

/** The text of an option that is not there yet. */
export function newValueLines(indent: string, option: string, lines: readonly ValueLine[]): string[] {
	return lines.map(({ value, comment }, nth) => {
		const start =
			nth === 0 ? `${indent}${option} =${value === '' ? '' : ' '}` : value === '' ? '' : `${indent}    `;
		return `${start}${value}${tail(comment)}`;
	});
}

function tail(comment: string): string {
	return comment === '' ? '' : ` ; ${comment}`;
}

/**
 * The physical lines from an option's first to its last value line, with a new value. Lines whose value and
 * comment stay are not touched, and full-line comments in between keep their place.
 */
export function rewriteValue(
	lines: readonly ConfigLine[],
	entry: Entry,
	after: readonly ValueLine[],
): TextLine[] {
	const before = readValueLines(lines, entry);
	// The option's own line always takes the first value line; the others are matched among themselves.
	const rest = alignLines(
		before.slice(1).map((line) => line.value),
		after.slice(1).map((line) => line.value),
	);
	const source = [0, ...replaceLines(rest, before.length - 1).map((nth) => (nth === -1 ? -1 : nth + 1))];
	const inserted = new Map<number, ValueLine[]>();
	const rewritten = new Map<number, ValueLine>();
	let anchor = 0;
	after.forEach((line, nth) => {
		const old = source[nth] ?? -1;
		if (old === -1) {
			const lines = inserted.get(anchor) ?? [];
			inserted.set(anchor, lines);
			lines.push(line);
		} else {
			rewritten.set(old, line);
			anchor = old;
		}
	});

	const indent = continuationIndent(lines, entry);
	const result: TextLine[] = [];
	const first = entry.lines[0] ?? 0;
	let nth = 0;
	for (let index = first; index <= (entry.lines.at(-1) ?? first); index++) {
		const physical = lines[index];
		if (physical === undefined) break;
		if (entry.lines[nth] !== index) {
			result.push(physical);
			continue;
		}
		const line = rewritten.get(nth);
		if (line) result.push({ text: rewriteLine(physical.text, nth === 0, line, indent), eol: physical.eol });
		for (const { value, comment } of inserted.get(nth) ?? []) {
			result.push({ text: value === '' ? '' : `${indent}${value}${tail(comment)}`, eol: physical.eol });
		}
		nth++;
	}
	return result;
}

function continuationIndent(lines: readonly ConfigLine[], { lines: own }: Entry): string {
	for (const index of own.slice(1)) {
		const text = lines[index]?.text ?? '';
		if (strip(text) !== '') return text.slice(0, indentation(text));
	}
	const text = lines[own[0] ?? 0]?.text ?? '';
	return `${text.slice(0, indentation(text))}    `;
}

function rewriteLine(text: string, first: boolean, line: ValueLine, indent: string): string {
	const { before, value, after } = cutLine(text, first);
	if (value === line.value && commentOf(after) === line.comment) return text;
	if (!first && line.value === '') return '';
	if (!first && value === '') return `${indent}${line.value}${tail(line.comment)}`;
	const gap = value === '' && line.value !== '' ? ' ' : '';
	const blankAfter = gap !== '' && inlineComment(after) === -1;
	return `${before}${gap}${line.value}${newTail(blankAfter ? '' : after, line.comment)}`;
}

function newTail(after: string, comment: string): string {
	const old = commentOf(after);
	if (comment === old) return after;
	if (comment === '' || old === '') return tail(comment);
	const at = inlineComment(after) + 1;
	return `${after.slice(0, at + indentation(after.slice(at)))}${comment}`;
}
