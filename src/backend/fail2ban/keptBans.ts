import program from '../../python/kept_bans.py';
import { pythonProgram } from '../kit/PythonModule.ts';
import { runOnDatabase } from './databaseProgram.ts';
import type { RunCommand } from './Fail2banCommands.ts';

/** A ban in the database that has not run out; one that was made by hand has no failures. */
export type KeptBan = [jail: string, ip: string, byHand: boolean];

export interface KeptBansTask {
	/** Jails whose bans are read. */
	jails: readonly string[];
	/** Addresses by jail whose bans are taken out; of jails that do not run. */
	forget: Record<string, string[]>;
}

const PROGRAM = pythonProgram(program);

/** Reads bans from the database, or has it forget some. Throws Error. */
export async function changeKeptBans(
	run: RunCommand,
	database: string,
	task: KeptBansTask,
	python?: string,
): Promise<KeptBan[]> {
	const input = JSON.stringify({ ...task, database });
	const found = await runOnDatabase(run, { database, program: PROGRAM, input, python, timeout: 8000 });
	return JSON.parse(found) as KeptBan[];
}
