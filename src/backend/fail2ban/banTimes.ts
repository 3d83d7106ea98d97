import type { RunCommand } from './Fail2banCommands.ts';

/** A ban as fail2ban's database keeps it until dbpurgeage. */
export interface BanTime {
	/** Unix seconds. */
	time: number;
	jail: string;
	ip: string;
}

/** Rows that are read, the newest ones. */
const maxRows = 100_000;

/** One short query: a transaction that is held makes an unban fail. The address comes last, as it may hold blanks. */
const SCRIPT = `
import sqlite3, sys
path = sys.argv[1].replace('%', '%25').replace('?', '%3f').replace('#', '%23')
db = sqlite3.connect('file:' + path + '?mode=ro', uri=True, timeout=1)
db.text_factory = lambda data: data.decode('utf-8', 'replace')
try:
    rows = db.execute('SELECT timeofban, jail, ip FROM bans WHERE timeofban >= ? ORDER BY timeofban DESC LIMIT ?',
        (int(sys.argv[2]), int(sys.argv[3]))).fetchall()
finally:
    db.close()
sys.stdout.write('\\0'.join('%d %s %s' % row for row in rows))
`;

/** Bans since a time (Unix seconds). Throws Error if the database cannot be read. */
export async function readBanTimes(run: RunCommand, database: string, since: number): Promise<BanTime[]> {
	const args = ['-I', '-c', SCRIPT, database, String(since), String(maxRows)];
	const { exit, stdout, stderr, timedOut } = await run('/usr/bin/python3', args, { timeout: 3000 });
	if (timedOut) throw new Error(`${database}: no answer in time`);
	if (exit !== 0) throw new Error(`${database}: ${stderr.trim().split('\n').pop()}`);
	if (stdout === '') return [];
	return stdout.split('\0').map((row) => {
		const [, time, jail = '', ip = ''] = /^(\d+) (\S+) (.*)$/s.exec(row) ?? [];
		return { time: Number(time), jail, ip };
	});
}
