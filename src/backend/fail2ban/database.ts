import type { RunCommand } from './Fail2banCommands.ts';

export interface DatabaseOptions {
	/** The database file, as `get dbfile` names it. */
	database: string;
	/** Python interpreter; default the one that fail2ban itself needs. */
	python?: string;
	/** Milliseconds; default 3,000. */
	timeout?: number;
	/** Told why the database could not be read. */
	onFailure?: (reason: string) => void;
}

/** The latest ban of an address in a jail, as the database has it. */
export interface BanRow {
	/** Unix seconds, rounded where the server's own time has a fraction. */
	since: number;
	/** Seconds, -1 is permanent: what applied when the ban began. */
	bantime: number;
	/** What bantime.increment counted; 1 without it. */
	count: number;
}

/**
 * A read transaction that is held makes an unban fail ("database is locked"), so each query is one statement,
 * and everything is read before anything is written out. Whole columns are what Python writes fastest.
 */
const SCRIPT = `
import json, sqlite3, sys
path = sys.argv[1].replace('%', '%25').replace('?', '%3f').replace('#', '%23')
db = sqlite3.connect('file:' + path + '?mode=ro', uri=True, timeout=1)
try:
    tables = [db.execute(query).fetchall() for query in sys.argv[2:]]
finally:
    db.close()
sys.stdout.write(json.dumps([list(zip(*rows)) for rows in tables], separators=(',', ':')))
`;

/**
 * fail2ban keeps a row for each ban in `bans` until dbpurgeage, and in `bips` the latest one with the count
 * that bantime.increment works with, which lasts longer.
 */
const COUNTS = `
SELECT jail, ip, max(n) FROM (
	SELECT jail, ip, count(*) AS n FROM bans GROUP BY jail, ip HAVING n > 1
	UNION ALL SELECT jail, ip, bancount FROM bips WHERE bancount > 1
) GROUP BY jail, ip`;

const CURRENT = `
SELECT jail, ip, timeofban, bantime, bancount FROM bips
WHERE bantime = -1 OR timeofban + bantime >= CAST(strftime('%s', 'now') AS INTEGER)`;

/** Columns of a table; none if it has no row. */
type Columns = readonly (readonly unknown[])[];

/**
 * How often each jail banned each address, by `jail + '\u0000' + ip`. An address that is missing was banned
 * once. Without a readable database the map is empty and `onFailure` tells why: bans can be shown without.
 */
export async function readBanCounts(run: RunCommand, options: DatabaseOptions): Promise<Map<string, number>> {
	const tables = await query(run, [COUNTS], options);
	return countsOf(tables?.[0] ?? []);
}

/**
 * The counts, and the rows of all bans that have not run out, by jail and address. Null if the database cannot
 * be read; `onFailure` tells why.
 */
export async function readBanRows(
	run: RunCommand,
	options: DatabaseOptions,
): Promise<{ counts: Map<string, number>; rows: Map<string, Map<string, BanRow>> } | null> {
	const tables = await query(run, [COUNTS, CURRENT], options);
	if (tables === null) return null;
	const rows = new Map<string, Map<string, BanRow>>();
	const [jails = [], ips = [], since = [], bantime = [], count = []] = tables[1] ?? [];
	for (let i = 0; i < jails.length; i++) {
		let jail = rows.get(jails[i] as string);
		if (jail === undefined) {
			jail = new Map();
			rows.set(jails[i] as string, jail);
		}
		jail.set(ips[i] as string, {
			since: since[i] as number,
			bantime: bantime[i] as number,
			count: count[i] as number,
		});
	}
	return { counts: countsOf(tables[0] ?? []), rows };
}

function countsOf([jails = [], ips = [], counts = []]: Columns): Map<string, number> {
	return new Map(jails.map((jail, i) => [`${jail}\u0000${ips[i]}`, counts[i] as number]));
}

async function query(
	run: RunCommand,
	queries: readonly string[],
	{ database, python = '/usr/bin/python3', timeout = 3000, onFailure }: DatabaseOptions,
): Promise<Columns[] | null> {
	try {
		const result = await run(python, ['-I', '-c', SCRIPT, database, ...queries], { timeout });
		if (result.timedOut) throw new Error('no answer in time');
		if (result.exit !== 0) throw new Error(result.stderr.trim().split('\n').pop());
		return JSON.parse(result.stdout) as Columns[];
	} catch (error) {
		onFailure?.(`fail2ban's database ${database}: ${(error as Error).message}`);
		return null;
	}
}
