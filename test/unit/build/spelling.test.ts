import { beforeAll, describe, expect, it } from 'vitest';
import { proseOf, wordsOf } from '../../../build/check/prose.ts';
import { type IsWord, misspelled, ownDictionary } from '../../../build/check/spelling.ts';

const wordsIn = (path: string, text: string) =>
	wordsOf(proseOf(path, text) ?? '').map(({ word, line }) => `${line} ${word}`);

describe('the words of a file', () => {
	it('are those of comments, sentences and texts for translation in a program', () => {
		const text = [
			"import { aaa } from './bbb.ts'; // one",
			'/** two */',
			"const name = 'ccc';",
			"throw new Error('three with words');",
			// biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program
			"const long = `four of ${ddd} and ${eee('x y z')} five`;",
			"gettext('Six')",
			"const pattern = /'/; // seven",
		].join('\n');
		expect(wordsIn('src/x.ts', text)).toEqual([
			'1 one',
			'2 two',
			'4 three',
			'4 with',
			'4 words',
			'5 four',
			'5 and',
			'5 five',
			'6 Six',
			'7 seven',
		]);
	});

	it('are labels in the panel, with or without a translation', () => {
		const text = "const pages = [['aaa', 'One two'], ['bbb', 'Three']];";
		expect(wordsIn('src/ui/x.ts', text)).toEqual(['1 One', '1 two', '1 Three']);
		expect(wordsIn('src/cli/x.ts', text)).toEqual([]);
	});

	it('are comments and titles in a test', () => {
		const text = "it('does one', () => expect(run('some text for it')).toBe(1)); // two";
		expect(wordsIn('test/x.ts', text)).toEqual(['1 does', '1 one', '1 two']);
	});

	it('are those of a document without code, links and paths', () => {
		const text =
			'See [the guide](aaa.md), `bbb`, src/ccc/ddd.ts.\n\n```\neee\n```\n\nEnd (of it): well-kept.';
		expect(wordsIn('docs/x.md', text)).toEqual(['1 See', '1 the', '1 guide', '7 End', '7 well', '7 kept']);
	});

	it('are comments of Perl, Python and units', () => {
		expect(wordsIn('src/x.pm', 'my $aaa = 1; # one\n')).toEqual(['1 one']);
		expect(wordsIn('src/x.py', '"""one"""\naaa = 1  # two\n')).toEqual(['1 one', '2 two']);
		expect(wordsIn('etc/x.service', '[Unit]\nDescription=One\nExecStart=aaa\n# two\n')).toEqual([
			'2 One',
			'4 two',
		]);
	});

	it('are no names: nothing with capitals inside, digits, dots or underscores', () => {
		expect(wordsIn('docs/x.md', 'fooBar IPv6 jail.local some_name ABC 0x1f --flag word')).toEqual(['1 word']);
	});
});

describe('the dictionary', () => {
	let isWord: IsWord;
	beforeAll(async () => {
		({ isWord } = await ownDictionary());
	});

	it.each(['recieve', 'adress', 'seperate', 'occured', 'teh', 'bannned'])('does not know %s', (word) => {
		expect(isWord(word)).toBe(false);
	});

	it.each(['bantime', 'Bantime', 'nftables', 'unban', "doesn't", 'address'])('knows %s', (word) => {
		expect(isWord(word)).toBe(true);
	});

	it('names a wrong word in a text of the panel, a document and a comment by its line', () => {
		expect(misspelled('src/ui/x.ts', "a();\ngettext('Adress')", isWord)).toEqual([
			{ word: 'Adress', line: 2 },
		]);
		expect(misspelled('docs/x.md', '# Bans\n\nThey recieve it.', isWord)).toEqual([
			{ word: 'recieve', line: 3 },
		]);
		expect(misspelled('test/x.ts', '// seperate', isWord)).toEqual([{ word: 'seperate', line: 1 }]);
	});
});
