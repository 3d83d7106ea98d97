import { CharSet } from './CharSet.ts';
import { RegexSyntaxError } from './regexNode.ts';

/** What an escape stands for; `text` is undefined for a class such as `\d`. */
export interface Escaped {
	text: string | undefined;
	set: CharSet;
	/** Behind it. */
	end: number;
}

const classes: Readonly<Record<string, CharSet | undefined>> = {
	d: CharSet.digits,
	D: CharSet.digits.negate(),
	s: CharSet.spaces,
	S: CharSet.spaces.negate(),
	w: CharSet.word,
	W: CharSet.word.negate(),
};

const controls: Readonly<Record<string, string | undefined>> = {
	n: '\n',
	t: '\t',
	r: '\r',
	f: '\f',
	v: '\v',
	a: '\u0007',
};

const numbered = /(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/y;

/** An escape at a backslash, outside or inside of a class. @throws RegexSyntaxError */
export function parseEscape(source: string, at: number): Escaped {
	const sign = source[at + 1];
	if (sign === undefined) throw new RegexSyntaxError('A backslash ends the expression.', at);
	const set = classes[sign];
	if (set) return { text: undefined, set, end: at + 2 };
	numbered.lastIndex = at + 1;
	const match = numbered.exec(source);
	if (match) {
		const [, x, u, long, octal] = match;
		const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '0', 16) : Number.parseInt(octal, 8);
		const text = String.fromCodePoint(Math.min(code, 0x10ffff));
		return { text, set: CharSet.of(text), end: numbered.lastIndex };
	}
	const text = controls[sign] ?? sign;
	return { text, set: CharSet.of(text), end: at + 2 };
}

/** A class in brackets at its opening one. @throws RegexSyntaxError */
export function parseClass(source: string, start: number): { set: CharSet; end: number } {
	const negative = source[start + 1] === '^';
	let at = start + (negative ? 2 : 1);
	const first = at;
	let set = CharSet.none;
	for (;;) {
		const sign = source[at];
		if (sign === undefined) throw new RegexSyntaxError('A class in brackets is not closed.', start);
		if (sign === ']' && at > first) break;
		const from = member(source, at);
		at = from.end;
		if (
			source[at] === '-' &&
			source[at + 1] !== ']' &&
			source[at + 1] !== undefined &&
			from.text !== undefined
		) {
			const to = member(source, at + 1);
			at = to.end;
			if (to.text === undefined) set = set.union(from.set).union(CharSet.of('-')).union(to.set);
			else set = set.union(CharSet.range(from.text, to.text));
		} else set = set.union(from.set);
	}
	return { set: negative ? set.negate() : set, end: at + 1 };
}

function member(source: string, at: number): Escaped {
	const sign = source[at] ?? '';
	if (sign === '\\') {
		// in a class \b is a backspace
		if (source[at + 1] === 'b') return { text: '\b', set: CharSet.of('\b'), end: at + 2 };
		return parseEscape(source, at);
	}
	return { text: sign, set: CharSet.of(sign), end: at + sign.length };
}
