import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { run } from '../setup/run.ts';

/** The Perl files that match patterns of git, with full paths. None at all is an error: a check would find nothing wrong. */
export async function perlFiles(...patterns: readonly string[]): Promise<readonly string[]> {
	const list = ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard', '--'];
	const { exit, stdout, stderr } = await run('git', [...list, ...patterns]);
	if (exit !== 0) throw new Error(`git ls-files: ${stderr.trim()}`);
	const files = stdout.split('\n').filter((path) => path !== '');
	if (files.length === 0) throw new Error(`git knows no Perl file of ${patterns.join(', ')}.`);
	return files.map((path) => join(root, path));
}
