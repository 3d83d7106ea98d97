/** Small things of Python that fail2ban's readers of jails, filters and actions use on values. */

import { type Message, TextError } from '../kit/message.ts';
import { SPACE, strip } from './pythonText.ts';

/** A value that cannot be used; what fail2ban does then depends on where it stands. */
export class PythonValueError extends TextError {
	constructor(message: string | Message) {
		super(message);
		this.name = 'PythonValueError';
	}
}

/** What fail2ban takes for true. Values of options are stripped when they are read. */
export function isTrue(value: string | null | undefined): boolean {
	return /^(1|on|true|yes)$/i.test(value ?? '');
}

/** Words for the contrary; fail2ban takes any other text for it, too. */
export function isFalse(value: string): boolean {
	return /^(0|off|false|no)$/i.test(value);
}

/** `int(text)`; undefined where Python raises ValueError. */
export function toInt(text: string): number | undefined {
	const digits = strip(text);
	// Python has no negative zero, and adding 0 takes it away.
	return /^[+-]?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) + 0 : undefined;
}

/** `str(value)` of what a jail's options hold. */
export function toText(value: string | number | boolean): string {
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	return String(value);
}

/** Words between commas and white space; 1.0.2 knows only blanks and line ends for white space. */
export function splitWords(text: string, version: string | null): string[] {
	const gap = version?.startsWith('1.0.') ? /[ ,\n]+/ : new RegExp(`[${SPACE},]+`);
	return text
		.split(gap)
		.map(strip)
		.filter((word) => word !== '');
}

/** Python's `$`: the end, or a last line end. */
const END = '(?=\\n?$)';
const WORD = '[\\p{L}\\p{N}_.-]+';
const S = `[${SPACE}]`;
const named = new RegExp(`^([^\\[]+)(?:\\[(.*)\\])?${S}*$`, 's');
const argument = new RegExp(
	`${S}*(${WORD})=(?:"([^"]*)"|'([^']*)'|([^,\\]]*))(?:,|\\]${S}*\\[|${END}|(?<after>.+))|,?${S}*${END}|(?<other>.+)`,
	'gsu',
);
const listed = new RegExp(
	`(?:[^\\[${SPACE}]+(?:${S}*\\[${S}*(?:${WORD}=(?:"[^"]*"|'[^']*'|[^,\\]]*)${S}*(?:,|\\]${S}*\\[)?${S}*)*\\])?${S}*|[^${SPACE}]+)(?=\\n${S}*|${S}+|$)`,
	'gsu',
);

export interface NamedOptions {
	name: string;
	options: Map<string, string>;
}

/** `name[a=1, b="…"][c='…']`. @throws PythonValueError */
export function extractOptions(text: string): NamedOptions {
	const match = named.exec(text);
	if (!match) throw new PythonValueError('unexpected option syntax');
	const options = new Map<string, string>();
	for (const found of (match[2] ?? '').matchAll(argument)) {
		const wrong = found.groups?.after ?? found.groups?.other;
		if (wrong !== undefined) throw new PythonValueError(`unexpected syntax: ${wrong.slice(0, 25)}`);
		const option = found[1];
		if (option) options.set(strip(option), strip(found[2] ?? found[3] ?? found[4] ?? ''));
	}
	return { name: match[1] ?? '', options };
}

/** The actions of a list, each with its `[…]`. */
export function splitWithOptions(text: string): string[] {
	return [...text.matchAll(listed)].map((match) => strip(match[0])).filter((word) => word !== '');
}

/** `shlex.split(text)`. @throws PythonValueError */
export function splitShell(text: string): string[] {
	const words: string[] = [];
	let word: string | undefined;
	for (let at = 0; at < text.length; at++) {
		const character = text.charAt(at);
		if (/[ \t\r\n]/.test(character)) {
			if (word !== undefined) words.push(word);
			word = undefined;
			continue;
		}
		word ??= '';
		if (character === '\\') {
			if (++at >= text.length) throw new PythonValueError('No escaped character');
			word += text.charAt(at);
		} else if (character === '"' || character === "'") {
			const quoted = readQuoted(text, at, character);
			word += quoted.text;
			at = quoted.end;
		} else word += character;
	}
	if (word !== undefined) words.push(word);
	return words;
}

function readQuoted(text: string, start: number, quote: string): { text: string; end: number } {
	let result = '';
	for (let at = start + 1; at < text.length; at++) {
		const character = text.charAt(at);
		if (character === quote) return { text: result, end: at };
		const next = text.charAt(at + 1);
		// Between double quotes a backslash protects itself and the quote only.
		if (character === '\\' && quote === '"' && (next === '\\' || next === '"')) {
			result += next;
			at++;
		} else result += character;
	}
	throw new PythonValueError('No closing quotation');
}

/** `json.dumps` of a dictionary of strings: blanks behind the separators, ASCII only. */
export function dumpJson(options: ReadonlyMap<string, string>): string {
	const ascii = (text: string) =>
		JSON.stringify(text).replace(
			/[\u007f-\uffff]/g,
			(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
		);
	return `{${[...options].map(([key, value]) => `${ascii(key)}: ${ascii(value)}`).join(', ')}}`;
}
