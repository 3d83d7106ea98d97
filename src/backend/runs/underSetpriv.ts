import { type PythonModule, pythonProgram } from '../kit/PythonModule.ts';

/**
 * Arguments of setpriv that start a program of src/python which becomes nobody: no set-user-ID program gives it rights
 * again, and it imports from fail2ban's folders and Python's own only.
 * @param python fail2ban-python, which finds fail2ban's modules
 * @param through what starts it in turn, with its arguments
 */
export function underSetpriv(
	python: string,
	program: PythonModule,
	through: readonly string[] = [],
): string[] {
	return ['--no-new-privs', ...through, python, '-s', '-P', '-c', pythonProgram(program)];
}
