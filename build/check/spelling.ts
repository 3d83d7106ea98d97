import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import dictionary from 'dictionary-en';
import nspell from 'nspell';
import { root } from '../setup/paths.ts';
import { proseOf, wordsOf } from './prose.ts';

/** Words of this project that no dictionary has, one a line; `#` starts a remark. */
const ownWords = join(root, 'build/check/words.txt');

/** Made by `npm run build` from texts that are checked themselves. */
const generated = ['docs/api.md'];
const folders = ['.github', 'build', 'debian', 'docs', 'etc', 'src', 'test'];

export type IsWord = (word: string) => boolean;

export async function ownDictionary(): Promise<{ isWord: IsWord; suggest: (word: string) => string[] }> {
	const spell = nspell({ aff: Buffer.from(dictionary.aff), dic: Buffer.from(dictionary.dic) });
	const lines = (await readFile(ownWords, 'utf8')).split('\n');
	const own = new Set(lines.map((line) => line.replace(/#.*/, '').trim()));
	const known = new Map<string, boolean>();
	const isWord = (word: string) => {
		let good = known.get(word);
		if (good === undefined) {
			good = own.has(word) || own.has(word.toLowerCase()) || spell.correct(word.replaceAll('’', "'"));
			known.set(word, good);
		}
		return good;
	};
	return { isWord, suggest: (word) => spell.suggest(word).slice(0, 3) };
}

/** Each unknown word of a file with its line. */
export function misspelled(
	path: string,
	text: string,
	isWord: IsWord,
): readonly { word: string; line: number }[] {
	const prose = proseOf(path, text);
	return prose === null ? [] : wordsOf(prose).filter(({ word }) => !isWord(word));
}

/** Every file with prose that people write. */
export async function checkedPaths(): Promise<readonly string[]> {
	const within = await Promise.all(
		folders.map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true })),
	);
	const here = await readdir(root, { withFileTypes: true });
	return [...here.filter(({ name }) => name.endsWith('.md')), ...within.flat()]
		.filter((entry) => entry.isFile())
		.map((entry) => relative(root, join(entry.parentPath, entry.name)))
		.filter((path) => !generated.includes(path))
		.sort();
}

/** So many words get a suggestion; finding one takes a while. */
const maxSuggested = 10;

/** Misspelled words of documents, comments, titles of tests and texts of the programs. */
export async function misspellings(): Promise<readonly string[]> {
	const { isWord, suggest } = await ownDictionary();
	const found: string[] = [];
	for (const path of await checkedPaths()) {
		for (const { word, line } of misspelled(path, await readFile(join(root, path), 'utf8'), isWord)) {
			const better = found.length < maxSuggested ? suggest(word).join(', ') : '';
			found.push(`${path}:${line}: ${word}${better && ` (${better}?)`}`);
		}
	}
	return found;
}
