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

/** Between the rows and the tables of the script's output: characters that stand for just that in ASCII. */
const ROW = '\u001e';
const TABLE = '\u001d';

/**
 * Each query gives one text. A read transaction that is held makes an unban fail ("database is locked"), so
 * each is one statement, and everything is read before anything is written out.
 */
const SCRIPT = `
import sqlite3, sys
path = sys.argv[1].replace('%', '%25').replace('?', '%3f').replace('#', '%23')
db = sqlite3.connect('file:' + path + '?mode=ro', uri=True, timeout=1)
db.text_factory = bytes
try:
    tables = [db.execute(query).fetchone()[0] or b'' for query in sys.argv[2:]]
finally:
    db.close()
sys.stdout.buffer.write(b'\\x1d'.join(tables))
`;

/**
 * fail2ban keeps a row for each ban in `bans` until dbpurgeage, and in `bips` the latest one with the count
 * that bantime.increment works with, which lasts longer. SQLite joins the text in half the time of Python, and
 * the address comes last, as a filter may ban what holds blanks.
 */
const COUNTS = `
SELECT group_concat(n || ' ' || jail || ' ' || ip, char(30)) FROM (
	SELECT jail, ip, max(n) AS n FROM (
		SELECT jail, ip, count(*) AS n FROM bans GROUP BY jail, ip HAVING n > 1
		UNION ALL SELECT jail, ip, bancount FROM bips WHERE bancount > 1
	) GROUP BY jail, ip
)`;

const CURRENT = `
SELECT group_concat(timeofban || ' ' || bantime || ' ' || bancount || ' ' || jail || ' ' || ip, char(30))
FROM bips WHERE bantime = -1 OR timeofban + bantime >= CAST(strftime('%s', 'now') AS INTEGER)`;

/**
 * How often each jail banned each address, by `jail + '\u0000' + ip`. An address that is missing was banned
 * once. Without a readable database the map is empty and `onFailure` tells why: bans can be shown without.
 */
export async function readBanCounts(run: RunCommand, options: DatabaseOptions): Promise<Map<string, number>> {
	const tables = await query(run, [COUNTS], options);
	return countsOf(tables?.[0]);
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
	for (const row of rowsOf(tables[1])) {
		const [since, bantime, count, name, ip] = fields(row, 5) as [string, string, string, string, string];
		let jail = rows.get(name);
		if (jail === undefined) {
			jail = new Map();
			rows.set(name, jail);
		}
		jail.set(ip, { since: Number(since), bantime: Number(bantime), count: Number(count) });
	}
	return { counts: countsOf(tables[0]), rows };
}

function countsOf(table: string | undefined): Map<string, number> {
	return new Map(
		rowsOf(table).map((row) => {
			const [count, jail, ip] = fields(row, 3);
			return [`${jail}\u0000${ip}`, Number(count)];
		}),
	);
}

function rowsOf(table = ''): string[] {
	return table === '' ? [] : table.split(ROW);
}

/** Fields between blanks; the last one may hold blanks itself. */
function fields(row: string, count: number): string[] {
	const found: string[] = [];
	let at = 0;
	while (found.length < count - 1) {
		const blank = row.indexOf(' ', at);
		found.push(row.slice(at, blank));
		at = blank + 1;
	}
	found.push(row.slice(at));
	return found;
}

async function query(
	run: RunCommand,
	queries: readonly string[],
	{ database, python = '/usr/bin/python3', timeout = 3000, onFailure }: DatabaseOptions,
): Promise<string[] | null> {
	try {
		const result = await run(python, ['-I', '-c', SCRIPT, database, ...queries], { timeout });
		if (result.timedOut) throw new Error('no answer in time');
		if (result.exit !== 0) throw new Error(result.stderr.trim().split('\n').pop());
		return result.stdout.split(TABLE);
	} catch (error) {
		onFailure?.(`fail2ban's database ${database}: ${(error as Error).message}`);
		return null;
	}
}
