import type { RegexNode } from './regexNode.ts';
import { fits, lineOf, type SamplePart, sampleLine, type Variant, variants } from './sampleLines.ts';

/** The address that an attacker wants to have banned, of a network for documentation (RFC 5737). */
export const forgedAddress = '198.51.100.9';

/** A line in which somebody who controls a part of it wrote an address of his choice. */
export interface ForgedLine {
	/** The same line as it looks when nobody cheats. */
	honest: string;
	line: string;
	/** What the honest line gives, and what the attacker hopes for. */
	owner: string;
	address: string;
	/** Where the text was put in; start: into the line of another program. */
	place: 'start' | 'field' | 'end';
	/** Only if no other honest line is one that the filter knows. */
	spare: boolean;
}

/** Words of another program's line around a name that its user chose. */
const foreign = ['other[1]: "log-in" of ((', ')) from 192.0.2.77'] as const;

/** So many forged lines at most for one expression; each is one search of fail2ban's. */
const MOST = 400;

/**
 * Lines that may fool an expression: its own text with another address is written into each part that the
 * expression leaves free, behind its end if that is open, and into the line of another program. In-class means
 * that the free part allows the text; where it only forbids blanks, the log may print them all the same, since
 * such an expression trusts that no user name has one.
 * @param prefix the prefregex around it
 */
export function forgedLines(node: RegexNode, prefix?: RegexNode): ForgedLine[] {
	const found = new Map<string, ForgedLine>();
	for (const variant of variants) {
		const parts = sampleLine(node, variant, prefix);
		if (parts.some((part) => part.host)) forge(parts, variant.shape, found);
	}
	return [...found.values()].slice(0, MOST);
}

function forge(parts: readonly SamplePart[], shape: Variant['shape'], found: Map<string, ForgedLine>): void {
	const honest = lineOf(parts);
	const host = parts.findIndex((part) => part.host);
	const owner = parts[host]?.text ?? '';
	const rest = { honest, owner, address: forgedFor(owner), spare: shape === 'bare' };
	const add = (line: string, place: ForgedLine['place']) => {
		if (!found.has(line)) found.set(line, { ...rest, line, place });
	};
	const texts = forgedTexts(parts, host);
	const named = firstWord(parts);
	parts.forEach((part, nth) => {
		if (part.field === null) return;
		const around = (text: string) => lineOf(parts.slice(0, nth)) + text + lineOf(parts.slice(nth + 1));
		// parts that may be left out and the prefix are seldom what a user writes, nor is what the server adds
		const loose = part.field.set.isWord && !part.head && nth > named;
		const likely = shape !== 'full' && (part.user !== null || (part.quoted && nth < host));
		const trusts = loose && (likely || part.user === 'group');
		for (const text of texts) if (trusts || fits(part.field, text)) add(around(text), 'field');
	});
	for (const text of texts) {
		add(`${honest} ${text}`, 'end');
		add(foreign.join(text), 'start');
	}
}

/** The text from before the address to behind it, in several lengths, with the other address in it. */
function forgedTexts(parts: readonly SamplePart[], host: number): string[] {
	const forged = parts.map((part) => (part.host ? { ...part, text: forgedFor(part.text) } : part));
	const texts = new Set<string>();
	const starts = new Set([0, parts.findIndex((part) => part.content), host - 3, host - 2, host - 1, host]);
	for (const from of starts) {
		if (from < 0) continue;
		for (const to of new Set([host + 1, host + 2, parts.length])) {
			const text = lineOf(forged.slice(from, to));
			texts.add(`a${text}`);
			texts.add(`a ${text.trimStart()}`);
		}
	}
	return [...texts];
}

/** Another one of the same kind. */
function forgedFor(text: string): string {
	if (text.includes(':')) return '2001:db8::bad';
	return /^[\d.]+$/.test(text) ? forgedAddress : 'forged.example';
}

/** Index of the first part that has a word of three letters: the name of the program, in most filters. */
function firstWord(parts: readonly SamplePart[]): number {
	const index = parts.findIndex(({ field, host, text }) => field === null && !host && /[a-z]{3}/i.test(text));
	return index === -1 ? parts.length : index;
}
