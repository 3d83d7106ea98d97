import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { perlFiles } from './perlFiles.ts';
import { runPerlTool } from './runPerlTool.ts';

/** What Perl::Critic finds in the Perl that a node runs, a line each; .perlcriticrc has the policies. */
export async function perlFindings(): Promise<readonly string[]> {
	const files = await perlFiles('src/perl/*.pm', 'debian/*.pl', 'debian/*.pm');
	const args = ['--profile', join(root, '.perlcriticrc'), '--quiet'];
	return runPerlTool('perlcritic', 'libperl-critic-perl', [...args, ...files]);
}
