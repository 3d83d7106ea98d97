const zero = 48;
const dot = 46;
const colon = 58;

/** The groups of the IPv6 address that is being read. */
const groups = new Uint16Array(8);

/**
 * Reads an address into four words, as parseAddress does but without an object: tables of 50,000 are built so.
 * Answers its family, or 0 for whatever needs a closer look (networks, IPv4-mapped, no address at all).
 */
export function readWords(text: string, words: Uint32Array, at: number): 0 | 4 | 6 {
	if (text.includes(':')) return readGroups(text) ? writeGroups(words, at) : 0;
	const number = readIpv4(text);
	if (number < 0) return 0;
	words[at + 3] = number;
	return 4;
}

/** -1: not four numbers. */
function readIpv4(text: string): number {
	let number = 0;
	let part = 0;
	let digits = 0;
	let dots = 0;
	for (let i = 0; i <= text.length; i++) {
		const code = i === text.length ? dot : text.charCodeAt(i);
		if (code === dot) {
			if (digits === 0 || part > 255) return -1;
			number = number * 256 + part;
			dots++;
			part = 0;
			digits = 0;
		} else {
			const digit = code - zero;
			// a leading zero is octal to some, so such a number is none
			if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return -1;
			part = part * 10 + digit;
			digits++;
		}
	}
	return dots === 4 ? number : -1;
}

function hexDigit(code: number): number {
	if (code >= zero && code <= 57) return code - zero;
	if (code >= 97 && code <= 102) return code - 87;
	if (code >= 65 && code <= 70) return code - 55;
	return -1;
}

/** Whether the text is an IPv6 address in hexadecimal groups; they are in `groups` then. */
function readGroups(text: string): boolean {
	let count = 0;
	let gap = -1;
	let i = 0;
	if (text.startsWith('::')) {
		gap = 0;
		i = 2;
	}
	while (i < text.length) {
		let value = 0;
		const start = i;
		for (let digit = hexDigit(text.charCodeAt(i)); digit >= 0; digit = hexDigit(text.charCodeAt(++i))) {
			value = value * 16 + digit;
		}
		if (i === start || i - start > 4 || count === 8) return false;
		groups[count++] = value;
		if (i === text.length) break;
		if (text.charCodeAt(i++) !== colon) return false;
		if (text.charCodeAt(i) === colon) {
			if (gap >= 0) return false;
			gap = count;
			i++;
		} else if (i === text.length) return false;
	}
	if (gap < 0) return count === 8;
	if (count > 7) return false;
	groups.copyWithin(8 - (count - gap), gap, count);
	groups.fill(0, gap, 8 - (count - gap));
	return true;
}

function writeGroups(words: Uint32Array, at: number): 0 | 6 {
	for (let word = 0; word < 4; word++) {
		words[at + word] = (groups[word * 2] as number) * 65_536 + (groups[word * 2 + 1] as number);
	}
	// IPv4-mapped is IPv4
	return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0xffff ? 0 : 6;
}
