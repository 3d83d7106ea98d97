import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { run } from '../setup/run.ts';

/** What a program that checks Perl prints, a line each, with paths in the project. A missing program is a fault, too. */
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
	const short = lines.map((line) => line.replaceAll(join(root, '/'), ''));
	return short.length > 0 || found.exit === 0 ? short : [`${program}: exit ${found.exit}`];
}
