import type { CommandResult, RunCommand } from './Fail2banCommands.ts';

export interface DatabaseRun {
	/** The database file, as `get dbfile` names it. */
	database: string;
	/** The text of a Python program; see `pythonProgram`. */
	program: string;
	args?: readonly string[];
	/** Standard input. */
	input?: string;
	/** Python interpreter; default the one that fail2ban itself needs. */
	python?: string | undefined;
	/** Milliseconds. */
	timeout: number;
}

/** What a program printed that works on fail2ban's database. Throws Error that names the database and the reason. */
export async function runOnDatabase(run: RunCommand, task: DatabaseRun): Promise<string> {
	const { database, program, args = [], input, python = '/usr/bin/python3', timeout } = task;
	try {
		const options = input === undefined ? { timeout } : { timeout, input };
		return outputOf(await run(python, ['-I', '-c', program, ...args], options));
	} catch (error) {
		throw new Error(`${database}: ${(error as Error).message}`);
	}
}

function outputOf({ exit, signal, stdout, stderr, timedOut }: CommandResult): string {
	if (timedOut) throw new Error('no answer in time');
	if (exit !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit ${exit ?? signal}`);
	return stdout;
}
