import program from '../../python/ban_times.py';
import { pythonProgram } from '../kit/PythonModule.ts';
import { runOnDatabase } from './databaseProgram.ts';
import type { RunCommand } from './Fail2banCommands.ts';

/** A ban as fail2ban's database keeps it until dbpurgeage. */
export interface BanTime {
	/** Unix seconds. */
	time: number;
	jail: string;
	ip: string;
}

const PROGRAM = pythonProgram(program);

/** Rows that are read, the newest ones. */
const maxRows = 100_000;

/** Bans since a time (Unix seconds). Throws Error if the database cannot be read. */
export async function readBanTimes(run: RunCommand, database: string, since: number): Promise<BanTime[]> {
	const args = [database, String(since), String(maxRows)];
	const rows = await runOnDatabase(run, { database, program: PROGRAM, args, timeout: 3000 });
	if (rows === '') return [];
	return rows.split('\0').map((row) => {
		const [, time, jail = '', ip = ''] = /^(\d+) (\S+) (.*)$/s.exec(row) ?? [];
		return { time: Number(time), jail, ip };
	});
}
