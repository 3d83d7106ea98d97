import { formatNetwork, parseNetwork } from '../../addresses/addresses.ts';
import { readWords } from '../../addresses/addressWords.ts';

/** Sorts what is no address behind all that are one. */
const noFamily = 0xffff_ffff;

/** What sorting and searching by address need to know of each row: its address as numbers. */
export class BanAddresses {
	/** 4, 6, or larger for a word that is no address: `set J banip` takes any. */
	readonly family: Uint32Array;
	/** Four words a row, see Network. */
	readonly words: Uint32Array;
	/** Normalized forms that differ from the written ones, which a search shall find too. */
	readonly normalised = new Map<number, string>();

	constructor(ips: readonly string[]) {
		this.family = new Uint32Array(ips.length);
		this.words = new Uint32Array(ips.length * 4);
		for (let row = 0; row < ips.length; row++) this.#add(row, ips[row] as string);
	}

	#add(row: number, ip: string): void {
		const family = readWords(ip, this.words, row * 4);
		this.family[row] = family;
		// fail2ban itself writes no leading zero and no capital
		if (family === 0 || (family === 6 && /[A-F]|(?:^|:)0/.test(ip))) this.#lookCloser(row, ip);
	}

	#lookCloser(row: number, ip: string): void {
		const network = parseNetwork(ip);
		this.family[row] = network?.family ?? noFamily;
		this.words.set(network?.words ?? [0, 0, 0, 0], row * 4);
		const text = network === null ? ip : formatNetwork(network);
		if (text !== ip) this.normalised.set(row, text);
	}
}
