import program from '../../python/ban_rows.py';
import { pythonProgram } from '../kit/PythonModule.ts';
import { runOnDatabase } from './databaseProgram.ts';
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

const PROGRAM = pythonProgram(program);

/** Between the rows and the tables of the program's output: characters that stand for just that in ASCII. */
const ROW = '\u001e';
const TABLE = '\u001d';

/**
 * How often each jail banned each address, by `jail + '\u0000' + ip`. An address that is missing was banned
 * once. Without a readable database the map is empty and `onFailure` tells why: bans can be shown without.
 */
export async function readBanCounts(run: RunCommand, options: DatabaseOptions): Promise<Map<string, number>> {
	const tables = await query(run, [], options);
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
	const tables = await query(run, ['current'], options);
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
	words: readonly string[],
	{ database, python, timeout = 3000, onFailure }: DatabaseOptions,
): Promise<string[] | null> {
	try {
		const args = [database, ...words];
		const tables = await runOnDatabase(run, { database, program: PROGRAM, args, python, timeout });
		return tables.split(TABLE);
	} catch (error) {
		onFailure?.(`fail2ban's database ${(error as Error).message}`);
		return null;
	}
}
