import program from '../../python/expand_expressions.py';
import { pythonProgram } from '../kit/PythonModule.ts';
import type { RunCommand } from './Fail2banCommands.ts';

/** Expressions of one jail, as its filter writes them. */
export interface RawExpressions {
	/** As the jail has it: it decides what `<HOST>` stands for. */
	usedns: string;
	expressions: string[];
}

/** What the server makes of an expression; null: it does not compile. */
export type Expanded = string | null;

const PROGRAM = pythonProgram(program);

/**
 * The expressions as the running server would answer them, in one process for all jails. Throws Error if Python or
 * fail2ban's modules cannot be used.
 * @param python fail2ban-python, which finds fail2ban's modules
 */
export async function expandExpressions(
	run: RunCommand,
	python: string,
	jails: readonly RawExpressions[],
): Promise<Expanded[][]> {
	if (jails.length === 0) return [];
	const { exit, stdout, stderr, timedOut } = await run(python, ['-s', '-P', '-c', PROGRAM], {
		input: JSON.stringify(jails),
		timeout: 10_000,
	});
	if (timedOut) throw new Error('fail2ban-python does not answer');
	if (exit !== 0) throw new Error(`fail2ban-python: ${stderr.trim().split('\n').at(-1) || `exit ${exit}`}`);
	return JSON.parse(stdout);
}
