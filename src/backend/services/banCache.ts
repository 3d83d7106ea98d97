import { type Ban, type Fail2banServer, type JailCounters, ServerError } from '../fail2ban/Fail2banServer.ts';
import type { Log } from '../log.ts';
import { BanTable } from './banTable.ts';
import type { Figures, ServerFigures } from './serverFigures.ts';
import { within } from './within.ts';

/** The bans of one jail as fetched, with the counters that they belong to. */
interface JailBans {
	bans: readonly Ban[];
	banned: number;
	totalBanned: number;
	/** Unix milliseconds. */
	fetchedAt: number;
	/** The server that they are from. */
	pid: number | undefined;
}

/** fail2ban's observer prolongs a ban a moment after it began (milliseconds). */
const settling = 2000;

/** Someone may change a ban's time without a counter moving; then it is seen this much later (milliseconds). */
const oldest = 60_000;

/** How long the first list waits for the counts of earlier bans (milliseconds). */
const countPatience = 1000;

export type BanCounts = (database: string) => Promise<Map<string, number>>;

export function countKey(jail: string, ip: string): string {
	return `${jail}\u0000${ip}`;
}

/** Whether the bans of a jail must be fetched before a list can be answered from them. */
export function mustFetch(
	known: JailBans | undefined,
	counters: JailCounters,
	pid: number | undefined,
	now: number,
): boolean {
	if (known === undefined || known.pid !== pid) return true;
	if (known.banned !== counters.banned || known.totalBanned !== counters.totalBanned) return true;
	const settled = newest(known.bans) * 1000 + settling;
	return known.fetchedAt < settled && now >= settled;
}

/** Time of the newest ban, Unix seconds. */
function newest(bans: readonly Ban[]): number {
	return bans.reduce((latest, { since }) => Math.max(latest, since), 0);
}

/** All bans of the server, fetched anew for those jails whose counters moved. */
export class BanCache {
	#jails = new Map<string, JailBans>();
	#table: BanTable | null = null;
	/** What the table is made of changed since. */
	#changed = false;
	#counts: ReadonlyMap<string, number> = new Map();
	#counted = false;
	#counting: Promise<void> | null = null;
	#flight: Promise<BanTable> | null = null;
	#flightEpoch = -1;

	constructor(
		private readonly deps: {
			server: Fail2banServer;
			figures: ServerFigures;
			counts: BanCounts;
			now: () => number;
			log: Log;
		},
	) {}

	/**
	 * The bans as they are now; the last known ones while the server does not answer. Throws ServerError if
	 * there are none.
	 */
	async table(): Promise<BanTable> {
		const { failure } = await this.deps.figures.read();
		if (failure !== null && this.#table !== null) return this.#table;
		return this.currentTable();
	}

	/** The bans as they are now. Throws ServerError while the server does not answer. */
	async currentTable(): Promise<BanTable> {
		const { figures, failure } = await this.deps.figures.read();
		if (failure !== null) throw failure;
		if (this.#flight === null || this.#flightEpoch !== figures.epoch) {
			const flight = this.#refresh(figures).finally(() => {
				if (this.#flight === flight) this.#flight = null;
			});
			this.#flight = flight;
			this.#flightEpoch = figures.epoch;
		}
		return this.#flight;
	}

	async #refresh({ jails: counters, process, dbfile }: Figures): Promise<BanTable> {
		const now = this.deps.now();
		const pid = process?.pid;
		const due = counters.filter((jail) => mustFetch(this.#jails.get(jail.jail), jail, pid, now));
		const gone = [...this.#jails.keys()].filter((jail) => !counters.some((counter) => counter.jail === jail));
		if (due.length > 0) this.#recount(dbfile);
		await Promise.all(due.map((jail) => this.#fetch(jail, pid)));
		for (const jail of gone) this.#jails.delete(jail);
		if (due.length > 0 || gone.length > 0) this.#changed = true;
		if (!this.#counted && this.#counting !== null) {
			await within(this.#counting, countPatience);
		}
		this.#fetchOldOnes(counters, pid, now);
		return this.#built();
	}

	#built(): BanTable {
		if (this.#table === null || this.#changed) {
			this.#changed = false;
			this.#table = new BanTable(
				new Map([...this.#jails].map(([jail, { bans }]) => [jail, bans])),
				(jail, ip) => this.#counts.get(countKey(jail, ip)) ?? 1,
			);
		}
		return this.#table;
	}

	async #fetch({ jail, banned, totalBanned }: JailCounters, pid: number | undefined): Promise<void> {
		const fetchedAt = this.deps.now();
		try {
			const bans = banned === 0 ? [] : await this.deps.server.bans(jail);
			this.#jails.set(jail, { bans, banned, totalBanned, fetchedAt, pid });
		} catch (error) {
			// the jail stopped since it was counted
			if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
			this.#jails.delete(jail);
		}
	}

	/** What is merely old is fetched behind the answer: nobody waits for it. */
	#fetchOldOnes(counters: readonly JailCounters[], pid: number | undefined, now: number): void {
		const old = counters.filter(({ jail }) => now - (this.#jails.get(jail)?.fetchedAt ?? now) > oldest);
		if (old.length === 0) return;
		// marks them as fetched, so that the next list does not ask again
		for (const { jail } of old)
			this.#jails.set(jail, { ...(this.#jails.get(jail) as JailBans), fetchedAt: now });
		Promise.all(old.map((jail) => this.#fetch(jail, pid))).then(
			() => {
				this.#changed = true;
			},
			(error: unknown) => this.deps.log.warning(`The list of bans could not be renewed: ${String(error)}`),
		);
	}

	#recount(dbfile: string | null): void {
		if (dbfile === null || this.#counting !== null) return;
		this.#counting = this.deps
			.counts(dbfile)
			.then(
				(counts) => {
					this.#counts = counts;
					this.#changed = true;
				},
				(error: unknown) => this.deps.log.warning(`fail2ban's database could not be read: ${String(error)}`),
			)
			.finally(() => {
				this.#counted = true;
				this.#counting = null;
			});
	}
}
