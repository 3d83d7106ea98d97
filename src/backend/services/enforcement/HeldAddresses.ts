import { type Network, parseNetwork } from '../../addresses/addresses.ts';
import type { Listing } from '../../fail2ban/listings.ts';

/** Most addresses of a network that are looked up one by one; `ipset` adds a network to a set of addresses so. */
const countable = 4096;

/** Answers whether a firewall's list holds an address or a network, for 50,000 of either in milliseconds. */
export class HeldAddresses {
	readonly #singles: ReadonlySet<string>;
	/** First and last address of each network or range, by family and number, sorted; `last` never goes down. */
	readonly #first: string[];
	readonly #last: string[] = [];

	constructor({ singles, wide }: Listing) {
		this.#singles = singles;
		const spans = wide
			.map(spanOf)
			.filter((span) => span !== null)
			.sort((a, b) => (a.first < b.first ? -1 : 1));
		this.#first = spans.map(({ first }) => first);
		let latest = '';
		for (const { last } of spans) {
			if (last > latest) latest = last;
			this.#last.push(latest);
		}
	}

	has(ip: string): boolean {
		if (this.#singles.has(ip)) return true;
		if (this.#first.length === 0 && !ip.includes('/')) return false;
		const span = spanOf(ip);
		if (span === null) return false;
		let low = 0;
		let high = this.#first.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#first[middle] as string) <= span.first) low = middle + 1;
			else high = middle;
		}
		return (low > 0 && (this.#last[low - 1] as string) >= span.last) || this.#hasEach(ip);
	}

	#hasEach(ip: string): boolean {
		const { family, bits, words } = parseNetwork(ip) as Network;
		const size = 2 ** (32 - bits);
		if (family !== 4 || bits === 32 || size > countable) return false;
		for (let n = words[3]; n < words[3] + size; n++) {
			const address = [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
			if (!this.#singles.has(address)) return false;
		}
		return true;
	}
}

/** First and last address of a network or a range as texts that sort; null: it is neither. */
function spanOf(text: string): { first: string; last: string } | null {
	const [from = '', to] = text.split('-');
	const first = parseNetwork(from);
	const last = to === undefined ? first : parseNetwork(to);
	if (first === null || last === null || first.family !== last.family) return null;
	return { first: sortable(first.family, first.words), last: sortable(last.family, lastWords(last)) };
}

function sortable(family: 4 | 6, words: readonly number[]): string {
	return `${family}${words.map((word) => word.toString(16).padStart(8, '0')).join('')}`;
}

/** The network's words with all bits behind its prefix set. */
function lastWords({ family, bits, words }: Network): number[] {
	const lead = family === 4 ? 96 + bits : bits;
	return words.map((word, at) => {
		const free = Math.max(0, Math.min(32, (at + 1) * 32 - lead));
		return word + 2 ** free - 1;
	});
}
