import type { Ban, Fail2banServer, JailCounters } from '../../fail2ban/Fail2banServer.ts';
import type { ManyBans } from '../../fail2ban/manyBans.ts';
import type { Log } from '../../kit/journalLog.ts';
import { within } from '../kit/within.ts';
import type { Figures, FiguresReading, ServerFigures } from '../server/ServerFigures.ts';
import { BanTable } from './BanTable.ts';

/** The bans of one jail as fetched, with the counters that they belong to. */
interface JailBans {
	bans: readonly Ban[];
	banned: number;
	totalBanned: number;
	/** Unix milliseconds. */
	fetchedAt: number;
	/** The server that they are from. */
	pid: number | undefined;
	/** The times are the database's, which may be off; the server is asked for its own soon after. */
	estimated: boolean;
}

/** fail2ban's observer prolongs a ban a moment after it began (milliseconds). */
const settlingMs = 2000;

/** Someone may change a ban's time without a counter moving; then it is seen this much later (milliseconds). */
const maxAgeMs = 60_000;

/** How long the first list waits for the counts of earlier bans (milliseconds). */
const countWithinMs = 1000;

/** A new table is made ready for all sorts this much after it was first shown (milliseconds). */
const prepareAfterMs = 100;

/** Between two jails that are renewed behind the callers, so that the server can do other work (milliseconds). */
const pauseMs = 50;

/** How often each jail banned each address; what is missing was banned once. */
export type BanCounts = (database: string) => Promise<Map<string, number>>;

/** The bans of these jails, the fastest way. */
export type ReadBans = (jails: readonly JailCounters[], database: string | null) => Promise<ManyBans>;

export interface BanCacheDeps {
	server: Fail2banServer;
	figures: ServerFigures;
	readBans: ReadBans;
	counts: BanCounts;
	now: () => number;
	log: Log;
}

export function countKey(jail: string, ip: string): string {
	return `${jail}\u0000${ip}`;
}

/** Whether the bans of a jail must be fetched before a list can be answered from them. */
function mustFetch(
	known: JailBans | undefined,
	counters: JailCounters,
	pid: number | undefined,
	now: number,
): boolean {
	if (known === undefined || known.pid !== pid) return true;
	if (known.banned !== counters.banned || known.totalBanned !== counters.totalBanned) return true;
	const settled = newest(known.bans) * 1000 + settlingMs;
	return known.fetchedAt < settled && now >= settled;
}

/** Time of the newest ban, Unix seconds. */
function newest(bans: readonly Ban[]): number {
	return bans.reduce((latest, { since }) => Math.max(latest, since), 0);
}

/** Whether two lists tell the same bans; the database rounds a time to the second. */
function sameBans(one: readonly Ban[], other: readonly Ban[]): boolean {
	if (one.length !== other.length) return false;
	const known = new Map(one.map((ban) => [ban.ip, ban]));
	return other.every(({ ip, since, bantime }) => {
		const ban = known.get(ip);
		return ban !== undefined && ban.bantime === bantime && Math.abs(ban.since - since) <= 1;
	});
}

/** All bans of the server, fetched anew for those jails whose counters moved. */
export class BanCache {
	#jails = new Map<string, JailBans>();
	#table: BanTable | null = null;
	/** What the table is made of changed since. */
	#changed = false;
	#revision = 0;
	#counts: ReadonlyMap<string, number> = new Map();
	#counted = false;
	#counting: Promise<void> | null = null;
	#renewing = false;
	#flight: Promise<BanTable> | null = null;
	#flightEpoch = -1;

	constructor(private readonly deps: BanCacheDeps) {}

	/** Goes up when the list turned out to be other than it was told, though no counter moved. */
	get revision(): number {
		return this.#revision;
	}

	/**
	 * The bans as they are now; the last known ones while the server does not answer. Throws ServerError if
	 * there are none.
	 */
	async table(): Promise<BanTable> {
		const reading = await this.deps.figures.read();
		if (reading.failure !== null && this.#table !== null) return this.#table;
		return this.#tableOf(reading);
	}

	/** The bans as they are now. Throws ServerError while the server does not answer. */
	async currentTable(): Promise<BanTable> {
		return this.#tableOf(await this.deps.figures.read());
	}

	#tableOf({ figures, failure }: FiguresReading): Promise<BanTable> {
		if (failure !== null) return Promise.reject(failure);
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
		if (due.length > 0) await this.#fetch(due, pid, dbfile);
		for (const jail of gone) this.#jails.delete(jail);
		if (due.length > 0 || gone.length > 0) this.#changed = true;
		if (!this.#counted && this.#counting !== null) await within(this.#counting, countWithinMs);
		const old = [...this.#jails].filter(([, bans]) => bans.estimated || now - bans.fetchedAt > maxAgeMs);
		if (old.length > 0) void this.#renew(old.map(([jail]) => jail));
		return this.#built();
	}

	#built(): BanTable {
		if (this.#table === null || this.#changed) {
			this.#changed = false;
			const bans = new Map([...this.#jails].map(([jail, { bans: list }]) => [jail, list]));
			const counts = this.#counts;
			const count = (jail: string, ip: string) => counts.get(countKey(jail, ip)) ?? 1;
			const table = new BanTable(bans, counts.size === 0 ? () => 1 : count);
			this.#table = table;
			// behind the answer; a table that was replaced meanwhile is not worth it
			setTimeout(() => this.#table === table && table.prepare(), prepareAfterMs).unref();
		}
		return this.#table;
	}

	async #fetch(due: readonly JailCounters[], pid: number | undefined, dbfile: string | null): Promise<void> {
		const fetchedAt = this.deps.now();
		const some = due.filter(({ banned }) => banned > 0);
		const { bans, estimated, counts } = await this.deps.readBans(some, dbfile);
		for (const { jail, banned, totalBanned } of due) {
			const list = banned === 0 ? [] : bans.get(jail);
			// without a list the jail stopped since it was counted
			if (list === undefined) this.#jails.delete(jail);
			else {
				const known = { bans: list, banned, totalBanned, fetchedAt, pid, estimated: estimated.has(jail) };
				this.#jails.set(jail, known);
			}
		}
		if (counts === null) this.#recount(dbfile);
		else {
			this.#counts = counts;
			this.#counted = true;
		}
	}

	/** Asks the server itself for what is old or estimated, behind the answer: nobody waits for it. */
	async #renew(jails: readonly string[]): Promise<void> {
		if (this.#renewing) return;
		this.#renewing = true;
		try {
			const renewed: { jail: string; known: JailBans; bans: readonly Ban[]; fetchedAt: number }[] = [];
			for (const jail of jails) {
				const known = this.#jails.get(jail);
				if (known === undefined) continue;
				const fetchedAt = this.deps.now();
				const bans = known.banned === 0 ? [] : await this.deps.server.bans(jail);
				renewed.push({ jail, known, bans, fetchedAt });
				await new Promise((resolve) => setTimeout(resolve, pauseMs));
			}
			// at once, since each change of the table costs the next list its sorting
			for (const { jail, known, bans, fetchedAt } of renewed) {
				// fetched for another reason meanwhile
				if (this.#jails.get(jail) !== known) continue;
				if (!sameBans(known.bans, bans)) this.#revision++;
				this.#jails.set(jail, { ...known, bans, fetchedAt, estimated: false });
				this.#changed = true;
			}
			this.#built();
		} catch (error) {
			this.deps.log.warning(`The list of bans could not be renewed: ${String(error)}`);
		} finally {
			this.#renewing = false;
		}
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
