import { formatNetwork, holds, type Network, parseNetwork } from '../../addresses/addresses.ts';
import type { Ban } from '../../fail2ban/Fail2banServer.ts';
import { BanAddresses } from './BanAddresses.ts';

const columns = ['since', 'ip', 'jail', 'until', 'bantime', 'count'] as const;
export type BanColumn = (typeof columns)[number];

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
	readonly #jail: Uint32Array;
	readonly #since: Uint32Array;
	readonly #until: Uint32Array;
	readonly #bantime: Uint32Array;
	readonly #count: Uint32Array;
	/** Made when the first sort or search needs it: a first page by time does not. */
	#addresses: BanAddresses | null = null;
	readonly #orders = new Map<BanColumn, Uint32Array>();

	/** @param count how often the jail banned the address */
	constructor(bans: ReadonlyMap<string, readonly Ban[]>, count: (jail: string, ip: string) => number) {
		this.#jails = [...bans.keys()].sort();
		this.size = this.#jails.reduce((sum, jail) => sum + (bans.get(jail)?.length ?? 0), 0);
		const column = () => new Uint32Array(this.size);
		this.#jail = column();
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
	}

	/** Makes ready what any sort and search will need, so that the first one is as fast as the next. */
	prepare(): void {
		for (const column of columns) this.#order(column);
	}

	get #numbers(): BanAddresses {
		this.#addresses ??= new BanAddresses(this.#ips);
		return this.#addresses;
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

	/** The banned addresses of a jail, in no order. */
	addresses(jail: string): string[] {
		const number = this.#jails.indexOf(jail);
		return this.#ips.filter((_ip, row) => this.#jail[row] === number);
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
			const { family, words } = this.#numbers;
			tests.push((row) => holds(network, family[row] as number, words, row * 4));
		}
		if (part !== undefined && part !== '') {
			const lower = part.toLowerCase();
			tests.push((row) => (this.#ips[row] as string).includes(lower));
			const normalised = formatted(lower);
			const forms = this.#numbers.normalised;
			if (normalised !== lower || forms.size > 0) {
				const asWritten = tests.pop() as (row: number) => boolean;
				const other = (row: number) => forms.get(row) ?? (this.#ips[row] as string).toLowerCase();
				tests.push((row) => asWritten(row) || other(row).includes(normalised));
			}
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
	#keys(sort: BanColumn): SortKey[] {
		const single = (column: Uint32Array): SortKey => ({ column, stride: 1, at: 0 });
		switch (sort) {
			case 'ip':
				return [
					...[3, 2, 1, 0].map((at) => ({ column: this.#numbers.words, stride: 4, at })),
					single(this.#numbers.family),
				];
			case 'jail':
				return [single(this.#jail)];
			case 'since':
				return [single(this.#since)];
			case 'until':
				return [single(this.#until)];
			case 'bantime':
				return [single(this.#bantime)];
			case 'count':
				return [single(this.#count)];
		}
	}
}

/** A search for a whole IPv6 address shall find it however it is written. */
function formatted(part: string): string {
	const network = parseNetwork(part);
	return network === null ? part : formatNetwork(network);
}

/** Unsigned 32-bit keys: the one of row `n` stands at `n * stride + at`. */
export interface SortKey {
	column: Uint32Array;
	stride: number;
	at: number;
}

/** Stable order of rows by their keys, the least significant one first: a radix sort, far faster than a comparison. */
export function radixOrder(size: number, keys: readonly SortKey[]): Uint32Array {
	let order = new Uint32Array(size);
	let other = new Uint32Array(size);
	for (let row = 0; row < size; row++) order[row] = row;
	const starts = new Uint32Array(65_537);
	for (const key of keys) {
		for (const shift of [0, 16]) {
			if (!countDigits(key, shift, size, starts)) continue;
			moveRows(key, shift, order, other, starts);
			[order, other] = [other, order];
		}
	}
	return order;
}

/** Fills `starts` with where the rows of each digit begin; false: all rows share one, so nothing has to move. */
function countDigits(
	{ column, stride, at }: SortKey,
	shift: number,
	size: number,
	starts: Uint32Array,
): boolean {
	starts.fill(0);
	for (let row = 0; row < size; row++) {
		const digit = ((column[row * stride + at] as number) >>> shift) & 0xffff;
		starts[digit + 1] = (starts[digit + 1] as number) + 1;
	}
	const first = size === 0 ? 0 : ((column[at] as number) >>> shift) & 0xffff;
	if (starts[first + 1] === size) return false;
	for (let digit = 1; digit <= 65_536; digit++) {
		starts[digit] = (starts[digit] as number) + (starts[digit - 1] as number);
	}
	return true;
}

function moveRows(
	{ column, stride, at }: SortKey,
	shift: number,
	from: Uint32Array,
	to: Uint32Array,
	starts: Uint32Array,
): void {
	for (let n = 0; n < from.length; n++) {
		const row = from[n] as number;
		const digit = ((column[row * stride + at] as number) >>> shift) & 0xffff;
		const start = starts[digit] as number;
		to[start] = row;
		starts[digit] = start + 1;
	}
}
