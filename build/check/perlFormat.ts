import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { perlFiles } from './perlFiles.ts';
import { runPerlTool } from './runPerlTool.ts';

/** Where perltidy would change a Perl file: its own words, a line each. A missing perltidy is a fault too. */
export async function untidyPerl(): Promise<readonly string[]> {
	const files = await perlFiles('src/perl/*.pm', 'test/perl/*.pm', 'test/perl/*.t', 'test/perl/run');
	const made = await mkdtemp(join(tmpdir(), 'perltidy-'));
	const args = [
		`-pro=${join(root, '.perltidyrc')}`,
		'--assert-tidy',
		'--standard-error-output',
		`-opath=${made}`,
	];
	return runPerlTool('perltidy', 'perltidy', [...args, ...files]).finally(() =>
		rm(made, { recursive: true, force: true }),
	);
}
