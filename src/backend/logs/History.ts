import { type Address, AddressNames, networkText } from './AddressNames.ts';
import { type EventKind, Tally, type TallySums } from './Tally.ts';

/** Addresses and rows that are kept; beyond, those addresses with the fewest events are counted together. */
const limits = { addresses: 60_000, rows: 400_000, jails: 4000 };

/** What is left of the addresses then. */
const keptShare = 1 / 3;

/** Addresses and networks that are answered. */
const maxRows = 20;

export type Bucket = 'hour' | '6h' | 'day';

export interface HistoryQuery {
	/** Unix seconds; counted from the beginning of its hour. */
	since: number;
	until: number;
	jail?: string | undefined;
	bucket: Bucket;
}

interface Counts {
	found: number;
	bans: number;
}

export interface HistoryAnswer {
	series: (Counts & { time: number; unbans: number })[];
	addresses: (Counts & { ip: string })[];
	networks: (Counts & { network: string; addresses: number })[];
	jails: (Counts & { jail: string; unbans: number })[];
}

/** Unix seconds at which the bar with this hour begins, by local time. */
export function bucketStart(hour: number, bucket: Bucket): number {
	if (bucket === 'hour') return hour * 3600;
	const date = new Date(hour * 3_600_000);
	date.setHours(bucket === 'day' ? 0 : Math.floor(date.getHours() / 6) * 6, 0, 0, 0);
	return Math.floor(date.getTime() / 1000);
}

function add<Sum extends Counts & { unbans: number }>(sum: Sum, of: Uint32Array, index: number): Sum {
	sum.found += of[index * 3] as number;
	sum.bans += of[index * 3 + 1] as number;
	sum.unbans += of[index * 3 + 2] as number;
	return sum;
}

function byCounts(one: Counts, other: Counts): number {
	return other.found - one.found || other.bans - one.bans;
}

/** The sums of all events, small enough to be kept and to be asked in milliseconds. */
export class History {
	readonly #addresses = new AddressNames();
	/** Number 0 stands for all beyond the bound. */
	readonly #jails = new Map([['', 0]]);
	readonly #jailNames = [''];
	readonly #tallies = new Map<object, Tally>();
	#answered: { key: string; answer: HistoryAnswer } | null = null;

	/** Forgets all sources but these. */
	retain(sources: ReadonlySet<object>): void {
		for (const source of this.#tallies.keys()) {
			if (!sources.has(source) && this.#tallies.delete(source)) this.#answered = null;
		}
	}

	/** Counts an event of a source, e.g. of one file. */
	add(source: object, kind: EventKind, hour: number, jail: string, address: Address): void {
		this.#answered = null;
		let tally = this.#tallies.get(source);
		if (tally === undefined) {
			tally = new Tally();
			this.#tallies.set(source, tally);
		}
		tally.add(kind, hour, this.#jailOf(jail), this.#addresses.idOf(address));
		if (this.#addresses.size > limits.addresses || tally.size > limits.rows) this.#forget();
	}

	/** Call after each file: several may hold more rows together than one may. */
	trim(): void {
		let rows = 0;
		for (const tally of this.#tallies.values()) rows += tally.size;
		if (rows > limits.rows) this.#forget();
	}

	#jailOf(jail: string): number {
		let id = this.#jails.get(jail);
		if (id === undefined) {
			// so many jails are forged ones
			if (this.#jailNames.length >= limits.jails) return 0;
			id = this.#jailNames.push(jail) - 1;
			this.#jails.set(jail, id);
		}
		return id;
	}

	/** Counts the addresses that have the fewest events as one. */
	#forget(): void {
		const { found, bans } = this.#sums(0, 0xffff_ffff, -1, 0);
		const totals = found.map((count, id) => count + (bans[id] as number));
		totals[0] = 0;
		let room = Math.floor(totals.length * keptShare);
		const border = totals.slice().sort()[totals.length - room] as number;
		room -= totals.reduce((sum, total) => sum + (total > border ? 1 : 0), 0);
		// many have one event only, and of those the newer ones stay
		let skip = totals.reduce((sum, total) => sum + (total === border ? 1 : 0), 0) - room;
		const moved = this.#addresses.keep((id) => {
			const total = totals[id] as number;
			return total > border || (total === border && skip-- <= 0);
		});
		for (const tally of this.#tallies.values()) tally.renumber(moved);
	}

	/** The same answer again while nothing was added. */
	query({ since, until, jail, bucket }: HistoryQuery): HistoryAnswer {
		const first = Math.floor(since / 3600);
		const last = Math.floor((until - 1) / 3600);
		const key = JSON.stringify([first, last, jail, bucket]);
		if (this.#answered?.key !== key) {
			this.#answered = { key, answer: this.#answer(first, last, jail, bucket) };
		}
		return this.#answered.answer;
	}

	#answer(first: number, last: number, jail: string | undefined, bucket: Bucket): HistoryAnswer {
		const only = jail === undefined ? -1 : (this.#jails.get(jail) ?? -2);
		const hours = last - first + 1;
		const sums = this.#sums(first, last, only, Math.max(0, hours));
		const series: HistoryAnswer['series'] = [];
		for (let n = 0; n < hours; n++) {
			const time = bucketStart(first + n, bucket);
			if (series.at(-1)?.time !== time) series.push({ time, found: 0, bans: 0, unbans: 0 });
			add(series.at(-1) as HistoryAnswer['series'][number], sums.hours, n);
		}
		const jails = this.#jailNames.map((name, id) =>
			add({ jail: name, found: 0, bans: 0, unbans: 0 }, sums.jails, id),
		);
		return {
			series,
			...this.#top(sums.found, sums.bans),
			jails: jails.filter((sum) => sum.found + sum.bans + sum.unbans > 0).sort(byCounts),
		};
	}

	/** @param hours how many are told apart; 0: none */
	#sums(first: number, last: number, jail: number, hours: number): TallySums {
		const sums = {
			hours: new Uint32Array(hours * 3),
			jails: new Uint32Array(this.#jailNames.length * 3),
			found: new Uint32Array(this.#addresses.size),
			bans: new Uint32Array(this.#addresses.size),
		};
		for (const tally of this.#tallies.values()) tally.addTo(sums, first, last, jail);
		return sums;
	}

	#top(found: Uint32Array, bans: Uint32Array): Pick<HistoryAnswer, 'addresses' | 'networks'> {
		const ids = new Uint32Array(found.length);
		let count = 0;
		for (let id = 1; id < found.length; id++) {
			if ((found[id] as number) + (bans[id] as number) > 0) ids[count++] = id;
		}
		const networks = new Map<Address, number>();
		const sums = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)] as const;
		const [addresses, foundThere, bansThere] = sums;
		for (let n = 0; n < count; n++) {
			const id = ids[n] as number;
			const key = this.#addresses.networkKey(id);
			if (key === null) continue;
			let at = networks.get(key);
			if (at === undefined) {
				at = networks.size;
				networks.set(key, at);
			}
			(addresses[at] as number)++;
			(foundThere[at] as number) += found[id] as number;
			(bansThere[at] as number) += bans[id] as number;
		}
		const keys = [...networks.keys()];
		const all = ids.subarray(0, count);
		return {
			addresses: greatest(all, found, bans).map((id) => ({
				ip: this.#addresses.name(id),
				found: found[id] as number,
				bans: bans[id] as number,
			})),
			networks: greatest(Uint32Array.from(keys.keys()), foundThere, bansThere).map((at) => ({
				network: networkText(keys[at] as Address),
				addresses: addresses[at] as number,
				found: foundThere[at] as number,
				bans: bansThere[at] as number,
			})),
		};
	}
}

/** The few of these with the most failures, then bans. */
function greatest(all: Uint32Array, found: Uint32Array, bans: Uint32Array): number[] {
	const compare = (one: number, other: number) =>
		(found[other] as number) - (found[one] as number) || (bans[other] as number) - (bans[one] as number);
	const top: number[] = [];
	for (const id of all) {
		const least = top[maxRows - 1];
		if (least !== undefined && compare(id, least) >= 0) continue;
		top.push(id);
		top.sort(compare);
		if (top.length > maxRows) top.pop();
	}
	return top;
}
