import { join } from 'node:path';
import { updateTexts } from '../i18n/texts.ts';
import { root } from '../setup/paths.ts';
import { longSubjects } from './commitSubjects.ts';
import { perlFindings } from './perlCritic.ts';
import { untidyPerl } from './perlFormat.ts';
import { stumbles } from './phrases.ts';
import { misspellings } from './spelling.ts';

/** One step of `npm run check`. It prints what it finds. */
export interface Check {
	name: string;
	/** A program with its arguments, or a function that returns what is wrong, a line each. */
	run: readonly [program: string, ...args: string[]] | (() => Promise<readonly string[]>);
	/** What to do when it fails. */
	advice: string;
}

export const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** In this order, the fastest first. */
export const checks: readonly Check[] = [
	{
		name: 'commit subjects',
		run: longSubjects,
		advice: 'Shorten the subject to 72 characters and give the reason in the body: git rebase --interactive.',
	},
	{
		name: 'phrases',
		run: stumbles,
		advice: 'Write it as a native admin would; docs/style.md has the habits to avoid.',
	},
	{
		name: 'spelling',
		run: misspellings,
		advice:
			'Correct the word. A name or a term that is right belongs in build/check/words.txt, code in `backticks`.',
	},
	{
		name: 'texts',
		run: () => updateTexts(root, true),
		advice:
			'Show each text by one literal; `npm run pot` brings po/ up to date. See "Texts" in CONTRIBUTING.md.',
	},
	{
		name: 'format and lint',
		run: [bin('biome'), 'check', '.'],
		advice: '`npm run format` mends what Biome can mend by itself. For imports see build/layers.ts.',
	},
	{
		name: 'python',
		run: [process.execPath, '--liftoff-only', '--import', 'tsx', 'build/python/checkPython.ts'],
		advice: '`npm run format` formats; what else Ruff found is explained at docs.astral.sh/ruff/rules.',
	},
	{
		name: 'perl format',
		run: untidyPerl,
		advice: '`perltidy --profile=.perltidyrc -b -bext=/ FILE` formats a file.',
	},
	{
		name: 'perl critic',
		run: perlFindings,
		advice:
			'`perldoc Perl::Critic::Policy::NAME` explains a policy. An exception gives its reason: in `.perlcriticrc`, or on its line.',
	},
	{
		name: 'types',
		run: [bin('tsc'), '-b'],
		advice: 'Mend the types; no `any`, no cast that hides the error.',
	},
	{
		name: 'dead exports',
		run: [bin('knip')],
		advice:
			'Delete what nothing uses, and take `export` from what only its own file uses. Entry points: knip.json.',
	},
];
