import type { TestSpan } from '../../contract/types.ts';
import { formatNetwork, parseAddress } from './addresses.ts';

/** What may be an address: digits, letters up to f, dots and colons. */
const candidate = /[0-9a-f:][0-9a-f:.]*[0-9a-f:]/gi;

/**
 * Where an address stands in a line, in whatever form.
 * @param address as fail2ban prints it; a word that is no address is looked for as it is
 */
export function addressSpans(line: string, address: string): TestSpan[] {
	const marks = parseAddress(address) === null ? wordMarks(line, address) : addressMarks(line, address);
	return marks.map(([start, end]) => ({ start, end, name: 'ip' }));
}

type Mark = [from: number, to: number];

function addressMarks(line: string, address: string): Mark[] {
	const marks: Mark[] = [];
	for (const { 0: word, index } of line.matchAll(candidate)) {
		const bounds = boundsOf(word, address);
		if (bounds !== null) marks.push([index + bounds[0], index + bounds[1]]);
	}
	return marks;
}

/** A colon or a dot beside an address may belong to the sentence: "192.0.2.1:" and "from:192.0.2.1." */
function boundsOf(word: string, address: string): Mark | null {
	const attempts: Mark[] = [[0, word.length]];
	const end = word.replace(/[.:]$/, '').length;
	const start = /^:(?!:)/.test(word) ? 1 : 0;
	const colon = word.indexOf(':');
	attempts.push([start, end]);
	// a port behind an IPv4 address, or the end of a word before it
	if (colon > 0) attempts.push([0, colon]);
	attempts.push([word.lastIndexOf(':') + 1, end]);
	for (const [from, to] of attempts) {
		const parsed = parseAddress(word.slice(from, to));
		if (parsed !== null && formatNetwork(parsed) === address) return [from, to];
	}
	return null;
}

function wordMarks(line: string, word: string): Mark[] {
	const marks: Mark[] = [];
	for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + word.length)) {
		marks.push([at, at + word.length]);
	}
	return marks;
}
