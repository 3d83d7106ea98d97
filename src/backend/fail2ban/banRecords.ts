import program from '../../python/ban_records.py';
import { pythonProgram } from '../kit/PythonModule.ts';
import type { DatabaseOptions } from './database.ts';
import { runOnDatabase } from './databaseProgram.ts';
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

const PROGRAM = pythonProgram(program);

/**
 * The bans of an address in the database. `address` is in fail2ban's own form. Without a readable database there are
 * none, and `onFailure` tells why.
 */
export async function readBanRecords(
	run: RunCommand,
	address: string,
	{ database, python, timeout = 2000, onFailure }: DatabaseOptions,
): Promise<BanRecords> {
	try {
		const args = [database, address];
		return parseRecords(await runOnDatabase(run, { database, program: PROGRAM, args, python, timeout }));
	} catch (error) {
		onFailure?.(`fail2ban's database ${(error as Error).message}`);
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
