import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { formatPython, lintPython } from './lint.ts';

/** Checks every Python file of the repository; with --write it formats them before. */
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate', '*.py'], {
	cwd: root,
	encoding: 'utf8',
});
let wrong = 0;
for (const file of files.trim().split('\n')) {
	const path = join(root, file);
	const text = readFileSync(path, 'utf8');
	if (process.argv.includes('--write')) writeFileSync(path, formatPython(text));
	for (const finding of lintPython(file, readFileSync(path, 'utf8'))) {
		console.error(finding);
		wrong++;
	}
}
process.exitCode = wrong > 0 ? 1 : 0;
