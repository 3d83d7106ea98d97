import { spawn } from 'node:child_process';

export interface Finished {
	exit: number | null;
	stdout: string;
	stderr: string;
}

/** Runs a program to its end; what it prints is kept, not shown. Rejects only if it cannot be started. */
export function run(
	program: string,
	args: readonly string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
		let stdout = '';
		let stderr = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			stderr += text;
		});
		child.on('error', reject);
		child.on('close', (exit) => resolve({ exit, stdout, stderr }));
	});
}

/** Like run, but an exit other than 0 is an error that quotes what the program said. */
export async function mustRun(
	program: string,
	args: readonly string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
	const { exit, stdout, stderr } = await run(program, args, options);
	if (exit !== 0) {
		throw new Error(`${program} ${args.join(' ')}: exit ${exit}\n${stderr || stdout}`.trimEnd());
	}
	return stdout;
}
