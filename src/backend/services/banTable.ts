import type { Ban } from '../fail2ban/Fail2banServer.ts';
import { formatNetwork, holds, type Network, parseNetwork } from './addresses.ts';
import { readWords } from './addressWords.ts';

export type BanColumn = 'ip' | 'jail' | 'since' | 'until' | 'bantime' | 'count';

/** Stands for "permanent" in the columns, so that it sorts last. */
const permanent = 0xffff_ffff;

/** Which bans are asked for: of a jail, of a network, or with a part of their address. */
export interface BanFilter {
	jail?: string | undefined;
	network?: Network | undefined;
	part?: string | undefined;
}

export interface TableBan {
	ip: string;
	jail: string;
	since: number;
	/** Seconds; -1 is permanent. */
	bantime: number;
	/** null: permanent. */
	until: number | null;
	count: number;
}

/** All bans at one moment, in columns of numbers: 50,000 rows take few megabytes and sort in milliseconds. */
export class BanTable {
	readonly size: number;
	readonly #jails: readonly string[];
	readonly #ips: string[] = [];
	/** Addresses whose written form is not the normalised one, which a search shall find too. */
	readonly #normalised = new Map<number, string>();
	readonly #jail: Uint32Array;
	readonly #family: Uint32Array;
	readonly #words: Uint32Array;
	readonly #since: Uint32Array;
	readonly #until: Uint32Array;
	readonly #bantime: Uint32Array;
	readonly #count: Uint32Array;
	readonly #orders = new Map<BanColumn, Uint32Array>();

	/** @param count how often the jail banned the address */
	constructor(bans: ReadonlyMap<string, readonly Ban[]>, count: (jail: string, ip: string) => number) {
		this.#jails = [...bans.keys()].sort();
		this.size = this.#jails.reduce((sum, jail) => sum + (bans.get(jail)?.length ?? 0), 0);
		const column = () => new Uint32Array(this.size);
		this.#jail = column();
		this.#family = column();
		this.#words = new Uint32Array(this.size * 4);
		this.#since = column();
		this.#until = column();
		this.#bantime = column();
		this.#count = column();
		this.#jails.forEach((jail, number) => {
			for (const ban of bans.get(jail) ?? []) this.#add(number, ban, count(jail, ban.ip));
		});
	}

	#add(jail: number, ban: Ban, count: number): void {
		const row = this.#ips.push(ban.ip) - 1;
		this.#jail[row] = jail;
		this.#since[row] = ban.since;
		this.#until[row] = ban.until ?? permanent;
		this.#bantime[row] = ban.bantime < 0 ? permanent : ban.bantime;
		this.#count[row] = count;
		const family = readWords(ban.ip, this.#words, row * 4);
		if (family === 0) this.#lookCloser(row, ban.ip);
		else this.#family[row] = family;
		// fail2ban itself writes no leading zero and no capital
		if (family === 6 && /[A-F]|(?:^|:)0/.test(ban.ip)) this.#normalised.set(row, formatted(ban.ip));
	}

	#lookCloser(row: number, ip: string): void {
		const network = parseNetwork(ip);
		// `set J banip` takes any word; those sort behind the addresses
		this.#family[row] = network?.family ?? permanent;
		this.#words.set(network?.words ?? [0, 0, 0, 0], row * 4);
		if (network !== null) this.#normalised.set(row, formatNetwork(network));
	}

	row(number: number): TableBan {
		const until = this.#until[number] as number;
		const bantime = this.#bantime[number] as number;
		return {
			ip: this.#ips[number] as string,
			jail: this.#jails[this.#jail[number] as number] as string,
			since: this.#since[number] as number,
			bantime: bantime === permanent ? -1 : bantime,
			until: until === permanent ? null : until,
			count: this.#count[number] as number,
		};
	}

	/** Numbers of the rows that match, in the order of a column. */
	find(filter: BanFilter, sort: BanColumn, descending: boolean): Uint32Array {
		const order = this.#order(sort);
		const matches = this.#matcher(filter);
		const found = matches === null ? order.slice() : order.filter(matches);
		return descending ? found.reverse() : found;
	}

	#matcher({ jail, network, part }: BanFilter): ((row: number) => boolean) | null {
		const tests: ((row: number) => boolean)[] = [];
		if (jail !== undefined) {
			const number = this.#jails.indexOf(jail);
			tests.push((row) => this.#jail[row] === number);
		}
		if (network !== undefined) {
			tests.push((row) => holds(network, this.#family[row] as number, this.#words, row * 4));
		}
		if (part !== undefined && part !== '') {
			const lower = part.toLowerCase();
			const normalised = formatted(lower);
			tests.push((row) => {
				const ip = (this.#ips[row] as string).toLowerCase();
				return (
					ip.includes(lower) || ip.includes(normalised) || !!this.#normalised.get(row)?.includes(normalised)
				);
			});
		}
		const [first, second] = tests;
		if (first === undefined) return null;
		return second === undefined ? first : (row) => tests.every((test) => test(row));
	}

	#order(sort: BanColumn): Uint32Array {
		let order = this.#orders.get(sort);
		if (order === undefined) {
			order = radixOrder(this.size, this.#keys(sort));
			this.#orders.set(sort, order);
		}
		return order;
	}

	/** What a column sorts by, the least significant key first. */
	#keys(sort: BanColumn): ((row: number) => number)[] {
		const words = this.#words;
		switch (sort) {
			case 'ip':
				return [
					...[3, 2, 1, 0].map((word) => (row: number) => words[row * 4 + word] as number),
					(row) => this.#family[row] as number,
				];
			case 'jail':
				return [(row) => this.#jail[row] as number];
			case 'since':
				return [(row) => this.#since[row] as number];
			case 'until':
				return [(row) => this.#until[row] as number];
			case 'bantime':
				return [(row) => this.#bantime[row] as number];
			case 'count':
				return [(row) => this.#count[row] as number];
		}
	}
}

/** A search for a whole IPv6 address shall find it however it is written. */
function formatted(part: string): string {
	const network = parseNetwork(part);
	return network === null ? part : formatNetwork(network);
}

/** Stable order of rows by unsigned 32-bit keys: a radix sort by 16 bits, far faster than a comparison. */
export function radixOrder(size: number, keys: readonly ((row: number) => number)[]): Uint32Array {
	let order = new Uint32Array(size);
	for (let row = 0; row < size; row++) order[row] = row;
	let other = new Uint32Array(size);
	const starts = new Uint32Array(65_537);
	for (const key of keys) {
		for (const shift of [0, 16]) {
			starts.fill(0);
			for (const row of order) {
				const digit = (key(row) >>> shift) & 0xffff;
				starts[digit + 1] = (starts[digit + 1] as number) + 1;
			}
			// all rows share this digit: nothing to move
			if (size === 0 || starts[((key(0) >>> shift) & 0xffff) + 1] === size) continue;
			for (let digit = 1; digit <= 65_536; digit++) {
				starts[digit] = (starts[digit] as number) + (starts[digit - 1] as number);
			}
			for (const row of order) {
				const digit = (key(row) >>> shift) & 0xffff;
				const at = starts[digit] as number;
				other[at] = row;
				starts[digit] = at + 1;
			}
			[order, other] = [other, order];
		}
	}
	return order;
}
