const columns = 6;
const firstRows = 256;
const firstSlots = 1024;

export type EventKind = 'found' | 'bans' | 'unbans';
const columnOf: Record<EventKind, number> = { found: 3, bans: 4, unbans: 5 };

/** One row: what a jail and an address had in one hour. */
export interface TallyRow {
	/** Unix time in hours. */
	hour: number;
	jail: number;
	address: number;
	found: number;
	bans: number;
	unbans: number;
}

/** Counts of one file by hour, jail and address, in 24 bytes for each that occurs. */
export class Tally {
	#rows = new Uint32Array(columns * firstRows);
	#size = 0;
	#hour = -1;
	/**
	 * Rows of the hour that is being counted, by hash; a slot holds the row's place and counts for the hour of its stamp
	 * only. A log goes on in time, so an hour seldom comes twice; if it does it has two rows.
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
		(this.#rows[row + columnOf[kind]] as number)++;
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
			if (this.#rows[row + 2] === address && this.#rows[row + 1] === jail) return row;
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
		// the rows of the hour are the last ones
		const last = this.#slots.length - 1;
		for (let row = (this.#size - this.#inHour) * columns; row < this.#size * columns; row += columns) {
			const address = this.#rows[row + 2] as number;
			const jail = this.#rows[row + 1] as number;
			let at = (Math.imul(address ^ (jail << 20), 0x9e37_79b1) >>> 12) & last;
			while (this.#stamps[at] === this.#stamp) at = (at + 1) & last;
			this.#stamps[at] = this.#stamp;
			this.#slots[at] = row;
		}
	}

	#append(hour: number, jail: number, address: number): number {
		const row = this.#size * columns;
		if (row === this.#rows.length) {
			const grown = new Uint32Array(this.#rows.length * 2);
			grown.set(this.#rows);
			this.#rows = grown;
		}
		this.#size++;
		this.#rows[row] = hour;
		this.#rows[row + 1] = jail;
		this.#rows[row + 2] = address;
		return row;
	}

	/** Calls with each row; the object is the same each time. */
	each(visit: (row: TallyRow) => void): void {
		const row: TallyRow = { hour: 0, jail: 0, address: 0, found: 0, bans: 0, unbans: 0 };
		const all = this.#rows;
		for (let at = 0; at < this.#size * columns; at += columns) {
			row.hour = all[at] as number;
			row.jail = all[at + 1] as number;
			row.address = all[at + 2] as number;
			row.found = all[at + 3] as number;
			row.bans = all[at + 4] as number;
			row.unbans = all[at + 5] as number;
			visit(row);
		}
	}

	/** Gives addresses their new numbers, and makes one row of those that have the same now. */
	renumber(moved: Uint32Array): void {
		const old = this.#rows.subarray(0, this.#size * columns);
		this.#rows = new Uint32Array(columns * firstRows);
		this.#size = 0;
		this.#hour = -1;
		for (let at = 0; at < old.length; at += columns) {
			const address = moved[old[at + 2] as number] as number;
			const row = this.#rowOf(old[at] as number, old[at + 1] as number, address);
			for (let column = 3; column < columns; column++)
				(this.#rows[row + column] as number) += old[at + column] as number;
		}
	}
}
