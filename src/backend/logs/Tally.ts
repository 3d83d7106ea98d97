const columns = 6;
/** Rows are kept in pages, so that growing copies nothing. */
const pageBits = 12;
const pageRows = 2 ** pageBits;
const inPage = pageRows - 1;
const firstSlots = 1024;

export type EventKind = 'found' | 'bans' | 'unbans';
const columnOf: Record<EventKind, number> = { found: 3, bans: 4, unbans: 5 };

/** Sums of many rows. */
export interface TallySums {
	/** Found, bans and unbans for each hour; empty if they are not told apart. */
	hours: Uint32Array;
	/** The same for each jail. */
	jails: Uint32Array;
	/** For each address. */
	found: Uint32Array;
	bans: Uint32Array;
}

/** Counts of one file by hour, jail and address, in 24 bytes for each that occurs. */
export class Tally {
	#pages: Uint32Array[] = [];
	#size = 0;
	#hour = -1;
	/**
	 * Rows of the hour that is being counted, by hash; a slot counts for the hour of its stamp only. A log goes on in
	 * time, so an hour seldom comes twice; if it does it has two rows.
	 */
	#slots = new Uint32Array(firstSlots);
	#stamps = new Uint32Array(firstSlots);
	#stamp = 0;
	#inHour = 0;

	get size(): number {
		return this.#size;
	}

	add(kind: EventKind, hour: number, jail: number, address: number): void {
		const row = this.#rowOf(hour, jail, address);
		const page = this.#pages[row >>> pageBits] as Uint32Array;
		(page[(row & inPage) * columns + columnOf[kind]] as number)++;
	}

	#rowOf(hour: number, jail: number, address: number): number {
		if (hour !== this.#hour) {
			this.#hour = hour;
			this.#stamp++;
			this.#inHour = 0;
		}
		const last = this.#slots.length - 1;
		let at = (Math.imul(address ^ (jail << 20), 0x9e37_79b1) >>> 12) & last;
		for (; this.#stamps[at] === this.#stamp; at = (at + 1) & last) {
			const row = this.#slots[at] as number;
			const page = this.#pages[row >>> pageBits] as Uint32Array;
			const start = (row & inPage) * columns;
			if (page[start + 2] === address && page[start + 1] === jail) return row;
		}
		const row = this.#append(hour, jail, address);
		this.#stamps[at] = this.#stamp;
		this.#slots[at] = row;
		if (++this.#inHour * 2 > last) this.#widen();
		return row;
	}

	#widen(): void {
		this.#slots = new Uint32Array(this.#slots.length * 4);
		this.#stamps = new Uint32Array(this.#slots.length);
		const last = this.#slots.length - 1;
		// the rows of the hour are the last ones
		for (let row = this.#size - this.#inHour; row < this.#size; row++) {
			const page = this.#pages[row >>> pageBits] as Uint32Array;
			const start = (row & inPage) * columns;
			const key = (page[start + 2] as number) ^ ((page[start + 1] as number) << 20);
			let at = (Math.imul(key, 0x9e37_79b1) >>> 12) & last;
			while (this.#stamps[at] === this.#stamp) at = (at + 1) & last;
			this.#stamps[at] = this.#stamp;
			this.#slots[at] = row;
		}
	}

	#append(hour: number, jail: number, address: number): number {
		const row = this.#size++;
		let page = this.#pages[row >>> pageBits];
		if (page === undefined) {
			page = new Uint32Array(pageRows * columns);
			this.#pages.push(page);
		}
		const start = (row & inPage) * columns;
		page.fill(0, start, start + columns);
		page[start] = hour;
		page[start + 1] = jail;
		page[start + 2] = address;
		return row;
	}

	/**
	 * Adds the rows of hours `first` to `last` to the sums; of one jail if it is not -1. In one loop without calls, since
	 * there are hundreds of thousands.
	 */
	addTo(sums: TallySums, first: number, last: number, jail: number): void {
		const { hours, jails, found, bans } = sums;
		let left = this.#size;
		for (const page of this.#pages) {
			const end = Math.min(left, pageRows) * columns;
			left -= pageRows;
			for (let at = 0; at < end; at += columns) {
				const hour = page[at] as number;
				const ofJail = page[at + 1] as number;
				if (hour < first || hour > last || (jail !== -1 && ofJail !== jail)) continue;
				const address = page[at + 2] as number;
				const inHours = (hour - first) * 3;
				const inJails = ofJail * 3;
				const finds = page[at + 3] as number;
				const banned = page[at + 4] as number;
				const lifted = page[at + 5] as number;
				if (inHours < hours.length) {
					(hours[inHours] as number) += finds;
					(hours[inHours + 1] as number) += banned;
					(hours[inHours + 2] as number) += lifted;
				}
				(jails[inJails] as number) += finds;
				(jails[inJails + 1] as number) += banned;
				(jails[inJails + 2] as number) += lifted;
				(found[address] as number) += finds;
				(bans[address] as number) += banned;
			}
		}
	}

	/** Gives addresses their new numbers, and makes one row of those that have the same now. */
	renumber(moved: Uint32Array): void {
		const rows = this.#size;
		this.#size = 0;
		this.#hour = -1;
		for (let old = 0; old < rows; old++) {
			const page = this.#pages[old >>> pageBits] as Uint32Array;
			const start = (old & inPage) * columns;
			// read before it is written over: there are never more rows than before
			const found = page[start + 3] as number;
			const bans = page[start + 4] as number;
			const unbans = page[start + 5] as number;
			const address = moved[page[start + 2] as number] as number;
			const row = this.#rowOf(page[start] as number, page[start + 1] as number, address);
			const to = this.#pages[row >>> pageBits] as Uint32Array;
			const at = (row & inPage) * columns;
			(to[at + 3] as number) += found;
			(to[at + 4] as number) += bans;
			(to[at + 5] as number) += unbans;
		}
		this.#pages.length = Math.ceil(this.#size / pageRows);
	}
}
