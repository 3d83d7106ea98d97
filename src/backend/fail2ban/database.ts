import type { RunCommand } from './Fail2banCommands.ts';

export interface BanCountOptions {
	/** The database file, as `get dbfile` names it. */
	database: string;
	/** Python interpreter; default the one that fail2ban itself needs. */
	python?: string;
	/** Milliseconds; default 3,000. */
	timeout?: number;
	/** Told why the counts could not be read. */
	onFailure?: (reason: string) => void;
}

/**
 * fail2ban keeps a row for each ban in `bans` until dbpurgeage, and in `bips` the latest one with the count
 * that bantime.increment works with, which lasts longer. A read transaction that is held makes an unban fail
 * ("database is locked"), so this is one statement, and everything is read before anything is written out.
 */
const SCRIPT = `
import json, sqlite3, sys
path = sys.argv[1].replace('%', '%25').replace('?', '%3f').replace('#', '%23')
db = sqlite3.connect('file:' + path + '?mode=ro', uri=True, timeout=1)
try:
    rows = db.execute('''
        SELECT jail, ip, max(n) FROM (
            SELECT jail, ip, count(*) AS n FROM bans GROUP BY jail, ip HAVING n > 1
            UNION ALL SELECT jail, ip, bancount FROM bips WHERE bancount > 1
        ) GROUP BY jail, ip''').fetchall()
finally:
    db.close()
jails = {}
for jail, ip, n in rows:
    jails.setdefault(jail, {})[ip] = n
json.dump(jails, sys.stdout, separators=(',', ':'))
`;

/**
 * How often each jail banned each address, by `jail + '\u0000' + ip`. An address that is missing was banned
 * once. Without a readable database the map is empty and `onFailure` tells why: bans can be shown without.
 */
export async function readBanCounts(run: RunCommand, options: BanCountOptions): Promise<Map<string, number>> {
	const counts = new Map<string, number>();
	try {
		const { exit, timedOut, stdout, stderr } = await run(
			options.python ?? '/usr/bin/python3',
			['-I', '-c', SCRIPT, options.database],
			{ timeout: options.timeout ?? 3000 },
		);
		if (exit !== 0) {
			throw new Error(timedOut ? 'no answer in time' : (stderr.trim().split('\n').pop() ?? ''));
		}
		const jails = JSON.parse(stdout) as Record<string, Record<string, number>>;
		for (const [jail, addresses] of Object.entries(jails)) {
			for (const [ip, count] of Object.entries(addresses)) counts.set(`${jail}\u0000${ip}`, count);
		}
	} catch (error) {
		options.onFailure?.(`fail2ban's database ${options.database}: ${(error as Error).message}`);
	}
	return counts;
}
