import { run } from '../setup/run.ts';

/** What a program that checks Perl prints, a line each; nothing if it exits 0 and prints nothing. A missing one is a fault. */
export async function runPerlTool(
	program: string,
	debianPackage: string,
	args: readonly string[],
): Promise<readonly string[]> {
	const found = await run(program, args).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'ENOENT') throw error;
		return null;
	});
	if (!found) return [`${program} is missing; install it with: sudo apt-get install ${debianPackage}`];
	const lines = (found.stdout + found.stderr).split('\n').filter((line) => line.trim() !== '');
	return lines.length > 0 || found.exit === 0 ? lines : [`${program}: exit ${found.exit}`];
}
