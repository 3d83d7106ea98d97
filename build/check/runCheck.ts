import { spawn } from 'node:child_process';
import { root } from '../setup/paths.ts';
import type { Check } from './checks.ts';

/** Runs a program with its output shown; resolves to whether it exited 0. */
export function succeeds(program: string, args: readonly string[]): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
		child.on('error', reject);
		child.on('close', (exit) => resolve(exit === 0));
	});
}

/** Prints what is wrong and what to do; resolves to whether all is well. */
export async function runCheck({ run, advice }: Check): Promise<boolean> {
	let good: boolean;
	if (typeof run === 'function') {
		const faults = await run();
		for (const fault of faults) console.log(fault);
		good = faults.length === 0;
	} else {
		const [program, ...args] = run;
		good = await succeeds(program, args);
	}
	if (!good) console.log(`--> ${advice}`);
	return good;
}
