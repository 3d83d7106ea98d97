import type { DatabaseOptions } from './database.ts';
import type { RunCommand } from './Fail2banCommands.ts';

/** A ban as the database keeps it until dbpurgeage, or until the address is unbanned by hand. */
export interface BanRecord {
	jail: string;
	/** Unix seconds. */
	since: number;
	/** Seconds; -1 is permanent. */
	bantime: number;
	count: number;
	/** 0: banned by hand. */
	failures: number;
	/** Log lines that led to it, oldest first; the newest 100, each cut at 2,000 characters. */
	matches: string[];
}

/** Of one address. */
export interface BanRecords {
	/** The latest ban of each jail. */
	latest: BanRecord[];
	/** Newest first, 200 at most, without their lines. */
	earlier: Omit<BanRecord, 'matches' | 'failures'>[];
}

/** What a database without any ban of the address answers, and one that there is not. */
export const noRecords: BanRecords = { latest: [], earlier: [] };

/**
 * One statement for each table, all read before anything is written out: a read transaction that is held makes an unban
 * fail. A match is a line, or what stands before, in and behind its date.
 */
const SCRIPT = `
import json, sqlite3, sys
path = sys.argv[1].replace('%', '%25').replace('?', '%3f').replace('#', '%23')
db = sqlite3.connect('file:' + path + '?mode=ro', uri=True, timeout=1)
db.text_factory = lambda data: data.decode('utf-8', 'replace')
try:
    latest = db.execute('SELECT jail, timeofban, bantime, bancount, data FROM bips WHERE ip = ? LIMIT 200', sys.argv[2:]).fetchall()
    earlier = db.execute('SELECT jail, timeofban, bantime, bancount FROM bans WHERE ip = ? ORDER BY timeofban DESC LIMIT 200', sys.argv[2:]).fetchall()
finally:
    db.close()
def told(data):
    try:
        data = json.loads(data)
    except (TypeError, ValueError):
        data = {}
    data = data if isinstance(data, dict) else {}
    matches = data.get('matches')
    lines = [''.join(map(str, m)) if isinstance(m, (list, tuple)) else str(m) for m in matches[-100:]] if isinstance(matches, list) else []
    failures = data.get('failures')
    return [failures if isinstance(failures, int) else len(lines), [line[:2000] for line in lines]]
print(json.dumps([[[*row[:4], *told(row[4])] for row in latest], earlier]))
`;

/**
 * The bans of an address in the database. `address` is in fail2ban's own form. Without a readable database there are
 * none, and `onFailure` tells why.
 */
export async function readBanRecords(
	run: RunCommand,
	address: string,
	{ database, python = '/usr/bin/python3', timeout = 2000, onFailure }: DatabaseOptions,
): Promise<BanRecords> {
	try {
		const result = await run(python, ['-I', '-c', SCRIPT, database, address], { timeout });
		if (result.timedOut) throw new Error('no answer in time');
		if (result.exit !== 0) throw new Error(result.stderr.trim().split('\n').pop());
		return parseRecords(result.stdout);
	} catch (error) {
		onFailure?.(`fail2ban's database ${database}: ${(error as Error).message}`);
		return noRecords;
	}
}

type LatestRow = [
	jail: string,
	since: number,
	bantime: number,
	count: number,
	failures: number,
	lines: string[],
];
type EarlierRow = [jail: string, since: number, bantime: number, count: number];

function parseRecords(text: string): BanRecords {
	const [latest, earlier] = JSON.parse(text) as [LatestRow[], EarlierRow[]];
	return {
		latest: latest.map(([jail, since, bantime, count, failures, matches]) => {
			return { jail, since, bantime, count, failures, matches };
		}),
		earlier: earlier.map(([jail, since, bantime, count]) => ({ jail, since, bantime, count })),
	};
}
