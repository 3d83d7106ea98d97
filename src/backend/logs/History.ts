import { type Address, AddressNames, networkText } from './AddressNames.ts';
import { type EventKind, Tally, type TallyRow } from './Tally.ts';

/** Addresses and rows that are kept; beyond, those addresses with the fewest events are counted together. */
const most = { addresses: 60_000, rows: 400_000, jails: 4000 };

/** What is left of the addresses then. */
const kept = 1 / 3;

/** Addresses and networks that are answered. */
const shown = 20;

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

function byCounts(one: Counts, other: Counts): number {
	return other.found - one.found || other.bans - one.bans;
}

/** The sums of all events, small enough to be kept and to be asked in milliseconds. */
export class History {
	readonly #addresses = new AddressNames();
	readonly #jails = new Map<string, number>();
	readonly #jailNames: string[] = [];
	readonly #tallies = new Map<object, Tally>();

	/** Forgets all sources but these. */
	retain(sources: ReadonlySet<object>): void {
		for (const source of this.#tallies.keys()) if (!sources.has(source)) this.#tallies.delete(source);
	}

	/** Counts an event of a source, e.g. of one file. */
	add(source: object, kind: EventKind, hour: number, jail: string, address: Address): void {
		let tally = this.#tallies.get(source);
		if (tally === undefined) {
			tally = new Tally();
			this.#tallies.set(source, tally);
		}
		tally.add(kind, hour, this.#jailOf(jail), this.#addresses.idOf(address));
		if (this.#addresses.size > most.addresses || tally.size > most.rows) this.#forget();
	}

	/** Call after each file: several may hold more rows together than one may. */
	trim(): void {
		let rows = 0;
		for (const tally of this.#tallies.values()) rows += tally.size;
		if (rows > most.rows) this.#forget();
	}

	#jailOf(jail: string): number {
		let id = this.#jails.get(jail);
		if (id === undefined) {
			// so many jails are forged ones
			if (this.#jailNames.length >= most.jails) return most.jails;
			id = this.#jailNames.push(jail) - 1;
			this.#jails.set(jail, id);
		}
		return id;
	}

	/** Counts the addresses that have the fewest events as one. */
	#forget(): void {
		const totals = new Uint32Array(this.#addresses.size);
		const count = ({ address, found, bans, unbans }: TallyRow) => {
			(totals[address] as number) += found + bans + unbans;
		};
		for (const tally of this.#tallies.values()) tally.each(count);
		totals[0] = 0;
		let room = Math.floor(totals.length * kept);
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

	query({ since, until, jail, bucket }: HistoryQuery): HistoryAnswer {
		const first = Math.floor(since / 3600);
		const last = Math.floor((until - 1) / 3600);
		const only = jail === undefined ? -1 : (this.#jails.get(jail) ?? -2);
		const hours = last - first + 1;
		const starts = Array.from({ length: Math.max(0, hours) }, (_, n) => bucketStart(first + n, bucket));
		const series: HistoryAnswer['series'] = [];
		const barOf = starts.map((time) => {
			if (series.at(-1)?.time !== time) series.push({ time, found: 0, bans: 0, unbans: 0 });
			return series.length - 1;
		});
		const jails = this.#jailNames.map((name) => ({ jail: name, found: 0, bans: 0, unbans: 0 }));
		const found = new Uint32Array(this.#addresses.size);
		const bans = new Uint32Array(this.#addresses.size);
		const count = (row: TallyRow) => {
			if (row.hour < first || row.hour > last || (only !== -1 && row.jail !== only)) return;
			const bar = series[barOf[row.hour - first] as number] as HistoryAnswer['series'][number];
			const ofJail = jails[row.jail];
			for (const sum of ofJail ? [bar, ofJail] : [bar]) {
				sum.found += row.found;
				sum.bans += row.bans;
				sum.unbans += row.unbans;
			}
			(found[row.address] as number) += row.found;
			(bans[row.address] as number) += row.bans;
		};
		for (const tally of this.#tallies.values()) tally.each(count);
		return {
			series,
			...this.#top(found, bans),
			jails: jails.filter((sum) => sum.found + sum.bans + sum.unbans > 0).sort(byCounts),
		};
	}

	#top(found: Uint32Array, bans: Uint32Array): Pick<HistoryAnswer, 'addresses' | 'networks'> {
		const addresses: (Counts & { id: number })[] = [];
		const networks = new Map<Address, Counts & { addresses: number }>();
		for (let id = 1; id < found.length; id++) {
			const counts = { found: found[id] as number, bans: bans[id] as number };
			if (counts.found + counts.bans === 0) continue;
			const least = addresses[shown - 1];
			if (least === undefined || byCounts(counts, least) < 0) {
				addresses.push({ id, ...counts });
				addresses.sort(byCounts);
				if (addresses.length > shown) addresses.pop();
			}
			const key = this.#addresses.networkKey(id);
			if (key === null) continue;
			const sum = networks.get(key);
			if (sum === undefined) networks.set(key, { addresses: 1, found: counts.found, bans: counts.bans });
			else {
				sum.addresses++;
				sum.found += counts.found;
				sum.bans += counts.bans;
			}
		}
		const top = [...networks].sort(([, one], [, other]) => byCounts(one, other)).slice(0, shown);
		return {
			addresses: addresses.map(({ id, ...counts }) => ({ ip: this.#addresses.name(id), ...counts })),
			networks: top.map(([key, sums]) => ({ network: networkText(key), ...sums })),
		};
	}
}
