import { type BanRow, readBanRows } from './database.ts';
import type { RunCommand } from './Fail2banCommands.ts';
import {
	type Answer,
	type Ban,
	type Fail2banServer,
	type JailCounters,
	ServerError,
} from './Fail2banServer.ts';

export interface ManyBansSource {
	server: Fail2banServer;
	run: RunCommand;
	/** The database file, as `get dbfile` names it; null if fail2ban keeps none. */
	database: string | null;
	/** Python interpreter; see DatabaseOptions. */
	python?: string;
	/** Told why the database could not be read. */
	onFailure?: (reason: string) => void;
	/** Milliseconds for each call to the server; default 5,000. */
	timeout?: number;
}

export interface ManyBans {
	/** By jail. A jail that vanished meanwhile is missing. */
	bans: Map<string, Ban[]>;
	/** Jails whose times come from the database. See readManyBans for how they may be wrong. */
	estimated: Set<string>;
	/** As readBanCounts gives them; null if the database was not read. */
	counts: Map<string, number> | null;
}

/** Bans from which on the database pays, and of a jail for which it is asked. */
const MANY = 5000;
const LARGE = 500;

/**
 * The bans of many jails, fast. fail2ban takes long to write the times of its bans out (`--with-time`: about
 * 10 µs each, while it does nothing else), and little to list the addresses in the order in which their bans
 * end. So large jails give the addresses, and the database, read at the same time, gives the times.
 *
 * Who is banned is always the server's word. Times of an estimated jail are off by up to a second, and by
 * more for a ban that was prolonged while no other ban of its jail ends between its old and its new end. A jail
 * in which anything else disagrees is asked for its times itself. Whoever shows estimated times should ask
 * `server.bans` for them soon after.
 * @throws ServerError
 */
export async function readManyBans(
	source: ManyBansSource,
	jails: readonly JailCounters[],
): Promise<ManyBans> {
	const { server, run, database, timeout = 5000 } = source;
	const result: ManyBans = { bans: new Map(), estimated: new Set(), counts: null };
	const exact = async (jail: string) => {
		try {
			result.bans.set(jail, await server.bans(jail, { timeout }));
		} catch (error) {
			if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
		}
	};
	const large = jails.filter(({ banned }) => banned >= LARGE).map(({ jail }) => jail);
	const many = jails.reduce((sum, { banned }) => sum + banned, 0) >= MANY;
	if (database === null || !many) {
		await Promise.all(jails.map(({ jail }) => exact(jail)));
		return result;
	}
	const [read, answers] = await Promise.all([
		readBanRows(run, { ...source, database }),
		server.pipeline(
			large.flatMap((jail) => [
				['get', jail, 'bantime'],
				['get', jail, 'banip'],
			]),
			{ timeout },
		),
	]);
	result.counts = read?.counts ?? null;
	large.forEach((jail, i) => {
		const bans = estimate(answers[2 * i], answers[2 * i + 1], read?.rows.get(jail));
		if (bans === null) return;
		result.bans.set(jail, bans);
		result.estimated.add(jail);
	});
	await Promise.all(jails.filter(({ jail }) => !result.estimated.has(jail)).map(({ jail }) => exact(jail)));
	return result;
}

/**
 * Bans by the server's list of addresses and the database's times; null where these do not agree.
 * @param bantime The jail's own, seconds: what applies to each ban that has no time of its own.
 * @param addresses In the order in which their bans end.
 */
function estimate(
	bantime: Answer | ServerError | undefined,
	addresses: Answer | ServerError | undefined,
	rows: Map<string, BanRow> | undefined,
): Ban[] | null {
	if (rows === undefined || !Array.isArray(addresses)) return null;
	const bans: Ban[] = [];
	let latest = 0;
	for (const ip of addresses) {
		const row = typeof ip === 'string' ? rows.get(ip) : undefined;
		// Without a row the ban is too new; with another time the jail's bantime may have changed since, unless
		// bantime.increment gave the ban a time of its own.
		if (row === undefined || (row.bantime !== bantime && row.count <= 1)) return null;
		const until = row.bantime === -1 ? null : row.since + row.bantime;
		// A ban that is out of order was prolonged, which the database is not told. Times are rounded there.
		if ((until ?? Infinity) < latest - 1) return null;
		latest = until ?? Infinity;
		bans.push({ ip: ip as string, since: row.since, bantime: row.bantime, until });
	}
	return bans;
}
