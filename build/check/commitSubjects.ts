import { root } from '../setup/paths.ts';
import { run } from '../setup/run.ts';

/** The last commit from before the rule. */
const since = '575441b3e03bf0e7704a3a768bc08939b1758fed';
const maxLength = 72;

/** Lines `hash subject` whose subject is too long. */
export function tooLong(log: string): readonly string[] {
	return log
		.split('\n')
		.filter((line) => line.replace(/^\S+ /, '').length > maxLength)
		.map((line) => `${line} (${line.replace(/^\S+ /, '').length} characters)`);
}

/** Commits with a subject of more than 72 characters. A clone without the history has nothing to check. */
export async function longSubjects(): Promise<readonly string[]> {
	const git = (...args: string[]) => run('git', ['-C', root, ...args]);
	const known = await git('cat-file', '-e', `${since}^{commit}`);
	if (known.exit !== 0) return [];
	const { exit, stdout, stderr } = await git('log', '--format=%h %s', `${since}..HEAD`);
	if (exit !== 0) throw new Error(`git log: ${stderr.trim()}`);
	return tooLong(stdout);
}
