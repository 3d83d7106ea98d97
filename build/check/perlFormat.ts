import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { run } from '../setup/run.ts';

const git = ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard', '--'];

/** Every Perl file, as paths in the project. */
async function perlFiles(): Promise<readonly string[]> {
	const { exit, stdout, stderr } = await run('git', [
		...git,
		'src/perl/*.pm',
		'test/perl/*.pm',
		'test/perl/*.t',
		'test/perl/run',
	]);
	if (exit !== 0) throw new Error(`git ls-files: ${stderr.trim()}`);
	const files = stdout.split('\n').filter((path) => path !== '');
	if (files.length === 0) throw new Error('git knows no Perl file; the check would find nothing wrong.');
	return files;
}

/** Where perltidy would change a Perl file: its own words, a line each. A missing perltidy is a fault too. */
export async function untidyPerl(): Promise<readonly string[]> {
	const files = (await perlFiles()).map((path) => `${root}/${path}`);
	const made = await mkdtemp(join(tmpdir(), 'perltidy-'));
	const args = [`-pro=${root}/.perltidyrc`, '--assert-tidy', '--standard-error-output', `-opath=${made}`];
	const found = await run('perltidy', [...args, ...files])
		.catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error;
			return null;
		})
		.finally(() => rm(made, { recursive: true, force: true }));
	if (!found) return ['perltidy is missing; install it with: sudo apt-get install perltidy'];
	const said = found.stderr.split('\n').filter((line) => line.trim() !== '');
	return said.length > 0 || found.exit === 0 ? said : [`perltidy: exit ${found.exit}`];
}
