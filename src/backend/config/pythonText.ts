/** Text as Python's str sees it: its white space and its line ends differ from JavaScript's. */

/** The characters of `str.isspace()`, for use inside a character class; U+FEFF is none of them. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const space = new RegExp(`[${SPACE}]`);
const leading = new RegExp(`^[${SPACE}]+`);

function isSpace(character: string): boolean {
	return space.test(character);
}

/** `str.rstrip()`; a loop, because a regular expression anchored at the end is quadratic. */
export function stripEnd(text: string): string {
	let end = text.length;
	while (end > 0 && isSpace(text.charAt(end - 1))) end--;
	return text.slice(0, end);
}

/** `str.strip()`. */
export function strip(text: string): string {
	return stripEnd(text.replace(leading, ''));
}

/** Number of white-space characters at the start. */
export function indentation(text: string): number {
	return leading.exec(text)?.[0].length ?? 0;
}

export interface TextLine {
	text: string;
	/** '' for a last line without one. */
	eol: '' | '\n' | '\r\n' | '\r';
}

/** Splits as Python's text files do: at \n, \r\n and a lone \r, and at nothing else. */
export function splitLines(text: string): TextLine[] {
	const lines: TextLine[] = [];
	const end = /\r\n|\n|\r/g;
	let start = 0;
	for (let match = end.exec(text); match; match = end.exec(text)) {
		lines.push({ text: text.slice(start, match.index), eol: match[0] as TextLine['eol'] });
		start = end.lastIndex;
	}
	if (start < text.length) lines.push({ text: text.slice(start), eol: '' });
	return lines;
}

/** Position of an inline comment's `;`: at the start of the line or behind white space. Else -1. */
export function inlineComment(text: string): number {
	for (let at = text.indexOf(';'); at !== -1; at = text.indexOf(';', at + 1)) {
		if (at === 0 || isSpace(text.charAt(at - 1))) return at;
	}
	return -1;
}
