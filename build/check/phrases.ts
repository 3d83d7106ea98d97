import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../setup/paths.ts';
import { proseOf } from './prose.ts';
import { checkedPaths } from './spelling.ts';

/** Phrases that a native admin stumbles over, with what to write; docs/style.md has the habits behind them. */
const phrases: readonly (readonly [pattern: RegExp, better: string])[] = [
	[/\bone an? line\b/gi, 'one per line'],
	[/\bis no (?:address|file|number|option|regular|time|valid|whole)\b/gi, 'is not a …'],
	[/\bgiv(?:e|es|en|ing) back\b/gi, 'reset'],
	[/\b(?:are|be|is|was|were) told\b/gi, 'report, say or set'],
	[/\bstands? (?:above|below|beside|in|there)\b/gi, 'is'],
	[/\bat once\b/gi, 'immediately'],
	[/\bbehind (?:it|the (?:address|back|end|scenes|text))\b/gi, 'after, or in the background'],
	[/\bmend(?:ed|ing|s)?\b/gi, 'fix'],
	[/\bcontrol signs\b/gi, 'control characters'],
	[/\bwho(?:ever)? insists\b/gi, 'if you override it'],
	[/\bwaits? to be kept\b/gi, 'awaits confirmation'],
];

/** What quotes its bad examples. */
const exempt = ['docs/style.md'];

export interface Stumble {
	line: number;
	phrase: string;
	better: string;
}

/** Such phrases in the prose of a document. */
export function stumblesIn(path: string, text: string): readonly Stumble[] {
	const lines = (proseOf(path, text) ?? '').split('\n');
	return lines.flatMap((prose, index) =>
		phrases.flatMap(([pattern, better]) =>
			[...prose.matchAll(pattern)].map(([phrase]) => ({ line: index + 1, phrase, better })),
		),
	);
}

/** Stumbling blocks of all documents. */
export async function stumbles(): Promise<readonly string[]> {
	const documents = (await checkedPaths()).filter((path) => path.endsWith('.md') && !exempt.includes(path));
	const found = documents.map(async (path) =>
		stumblesIn(path, await readFile(join(root, path), 'utf8')).map(
			({ line, phrase, better }) => `${path}:${line}: ${phrase} (better: ${better})`,
		),
	);
	return (await Promise.all(found)).flat();
}
