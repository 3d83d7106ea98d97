/** The bytes of a text as an IPv4 address in a signed 32-bit number; null for what is none. */
export function ipv4At(data: Uint8Array, from: number, to: number): number | null {
	let value = 0;
	let part = 0;
	let digits = 0;
	let dots = 0;
	for (let at = from; at < to; at++) {
		const byte = data[at] as number;
		if (byte === 46) {
			if (digits === 0 || ++dots > 3) return null;
			value = (value << 8) | part;
			part = 0;
			digits = 0;
			continue;
		}
		// a leading zero would not come back when the number is written again
		if (byte < 48 || byte > 57 || (digits > 0 && part === 0)) return null;
		part = part * 10 + byte - 48;
		digits++;
		if (part > 255) return null;
	}
	return dots === 3 && digits > 0 ? (value << 8) | part : null;
}

export function ipv4Text(value: number): string {
	return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** The /48 of an IPv6 address; null for what is none. */
export function ipv6Network(address: string): string | null {
	const [head = '', tail, more] = address.split('::');
	if (!address.includes(':') || more !== undefined || !/^[0-9a-f:.]+$/i.test(address)) return null;
	const before = head === '' ? [] : head.split(':');
	const after = tail === undefined || tail === '' ? [] : tail.split(':');
	const missing = Math.max(0, 8 - before.length - after.length);
	const groups = [...before, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...after];
	const first = groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
	while (first.at(-1) === '0') first.pop();
	return `${first.join(':')}::/48`;
}

/** How an address comes from the log: IPv4 as a number, anything else as its text. */
export type Address = number | string;

const tableSize = 2 ** 18;

function hash(value: number): number {
	return Math.imul(value ^ (value >>> 15), 0x9e37_79b1) >>> 14;
}

/**
 * Numbers for addresses, so that an event takes a few bytes, and an IPv4 address four. Number 0 stands for all that
 * were given up. Holds up to 100,000 addresses.
 */
export class AddressNames {
	/** Numbers of IPv4 addresses, by hash; 0: free. */
	readonly #table = new Uint32Array(tableSize);
	#values = new Int32Array(1024);
	#size = 1;
	/** What is no IPv4 address. */
	readonly #texts = new Map<number, string>();
	readonly #ids = new Map<string, number>();

	/** The numbers are below this. */
	get size(): number {
		return this.#size;
	}

	name(id: number): string {
		return this.#texts.get(id) ?? ipv4Text(this.#values[id] as number);
	}

	/** What is the same for all addresses of a /24 or /48; null for a name that is no address. */
	networkKey(id: number): Address | null {
		const text = this.#texts.get(id);
		return text === undefined ? (this.#values[id] as number) >>> 8 : ipv6Network(text);
	}

	idOf(address: Address): number {
		if (typeof address === 'string') {
			const known = this.#ids.get(address);
			if (known !== undefined) return known;
			const id = this.#next(0);
			this.#ids.set(address, id);
			this.#texts.set(id, address);
			return id;
		}
		for (let at = hash(address); ; at = (at + 1) % tableSize) {
			const id = this.#table[at] as number;
			if (id === 0) {
				this.#table[at] = this.#next(address);
				return this.#table[at] as number;
			}
			if (this.#values[id] === address && !this.#texts.has(id)) return id;
		}
	}

	#next(value: number): number {
		if (this.#size === this.#values.length) {
			const grown = new Int32Array(this.#values.length * 2);
			grown.set(this.#values);
			this.#values = grown;
		}
		this.#values[this.#size] = value;
		return this.#size++;
	}

	/** Gives up all but these; answers the new number of each old one. */
	keep(kept: (id: number) => boolean): Uint32Array {
		const moved = new Uint32Array(this.#size);
		const old = { values: this.#values, texts: new Map(this.#texts), size: this.#size };
		this.#table.fill(0);
		this.#ids.clear();
		this.#texts.clear();
		this.#values = new Int32Array(1024);
		this.#size = 1;
		for (let id = 1; id < old.size; id++) {
			if (kept(id)) moved[id] = this.idOf(old.texts.get(id) ?? (old.values[id] as number));
		}
		return moved;
	}
}

/** A network by its key. */
export function networkText(key: Address): string {
	return typeof key === 'string' ? key : `${ipv4Text(key << 8)}/24`;
}
