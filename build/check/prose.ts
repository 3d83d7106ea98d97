import { extname } from 'node:path';

/** Where in a file people read sentences: start and end of each such place, in order. */
type Places = readonly (readonly [start: number, end: number])[];

function placesOf(text: string, pattern: RegExp, group = 0): Places {
	return [...text.matchAll(new RegExp(pattern, `${pattern.flags}d`))].flatMap(({ indices }) => {
		const place = (indices as RegExpIndicesArray)[group];
		return place ? [place] : [];
	});
}

/** Comments, strings and regular expressions, so that a quotation mark in one is not taken for the start of another. */
const tokens = new RegExp(
	[
		/(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
		/(?<raw>String\.raw`[^`]*`)/,
		/(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}|\$(?!\{)|[^`\\$])*`)/,
		/(?<=[(,=:[!&|?{};\n]\s*)(?<regex>\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)/,
	]
		.map(({ source }) => source)
		.join('|'),
	'g',
);

/** A title of a test, or a text for translation, even of one word. */
const isTitle = (before: string) => /\b(?:n?gettext|plural|test|it|describe)(?:\.\w+)*\($/.test(before);

/** Sentences have two blanks or a full stop; other strings are mostly names, and those of many lines are programs. */
const isSentence = (string: string) =>
	/\w \w.* \w|\w \w.*[.:?!…]./.test(string) && string.split('\n').length < 4;

/** Most strings of the panel that begin with a capital are labels, whether `gettext` is beside them or not. */
const isLabel = (string: string) => /^.\p{Lu}\p{Ll}+(?: .*)?.$/u.test(string);

/** Comments, titles of tests, texts for translation and sentences of a program. */
function inTypeScript(text: string, path: string): Places {
	const places: [number, number][] = [];
	for (const { 0: token, index, groups = {} } of text.matchAll(tokens)) {
		if (groups.comment && !/^\/\/ biome-ignore|^\/\/\/ </.test(token))
			places.push([index, index + token.length]);
		if (!groups.string) continue;
		const ofProgram =
			(path.startsWith('src/') && isSentence(token)) || (path.startsWith('src/ui/') && isLabel(token));
		if (ofProgram || isTitle(text.slice(Math.max(0, index - 30), index))) {
			places.push([index + 1, index + token.length - 1]);
		}
	}
	return places;
}

const whole = (text: string): Places => [[0, text.length]];
const hashComments = (text: string): Places => placesOf(text, /(?<=^|\s)#(?![!{]).*$/gm);
const inPython = (text: string): Places => placesOf(text, /"""[\s\S]*?"""|(?<=^|\s)#(?!!).*$/gm);
const inPerl = (text: string): Places =>
	placesOf(text.replace(/^__END__[\s\S]*/m, ''), /(?<=^|\s)#(?!!).*$/gm);
const inUnit = (text: string): Places => placesOf(text, /^(?:#|Description=)(.*)$/gm, 1);
const inControl = (text: string): Places => placesOf(text, /^(?:Description:| )(.*)$/gm, 1);

const byEnding: Record<string, (text: string, path: string) => Places> = {
	'.md': whole,
	'.ts': inTypeScript,
	'.mjs': inTypeScript,
	'.py': inPython,
	'.pm': inPerl,
	'.pl': inPerl,
	'.t': inPerl,
	'.yml': whole,
	'.service': inUnit,
	'.socket': inUnit,
	'.conf': hashComments,
	'.8': whole,
};

const byPath: Record<string, (text: string) => Places> = {
	'debian/control': inControl,
	'debian/changelog': whole,
};

/** What is no prose though it stands in one: code, links, roff's escapes, placeholders. */
const codes: Record<string, RegExp> = {
	'.md': /^```[\s\S]*?^```|`[^`]*`|\]\([^)\s]*\)|<[^>\n]*>|https?:\S+/gm,
	'.8': /^\.(?:\\"|TH|B|BI|BR|IR|RB|RI|I)\b.*$|^\.\w+|\\f.|\\./gm,
	'.ts': /`[^`\n]*`|\$\{[^}]*\}|<\/?\w+[^>\n]*>|https?:\S+|\\[nt]|&\w+;/g,
	'': /`[^`\n]*`|https?:\S+/g,
};

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** The text of a file with everything blanked out that is no prose, so that lines keep their numbers. */
export function proseOf(path: string, text: string): string | null {
	const ending = extname(path);
	const find = byPath[path] ?? byEnding[ending];
	if (!find) return null;
	let prose = '';
	let end = 0;
	for (const [from, to] of find(text, path)) {
		prose += blank(text.slice(end, from)) + text.slice(from, to);
		end = to;
	}
	prose += blank(text.slice(end));
	return prose.replace(codes[ending === '.mjs' ? '.ts' : ending] ?? (codes[''] as RegExp), blank);
}

export interface Word {
	word: string;
	line: number;
}

/**
 * The words of prose. Left out is what cannot be one: names with capitals inside, with digits, underscores, dots or
 * slashes, and those of one or two letters.
 */
export function wordsOf(prose: string): readonly Word[] {
	return prose.split('\n').flatMap((text, index) =>
		(text.match(/\S+/g) ?? [])
			.map((token) => token.replace(/^[^\p{L}\p{N}_$@/.\\-]+|[^\p{L}\p{N}_$@/-]+$/gu, ''))
			.filter((token) => !/[^\p{L}'’–—,;:()*-]/u.test(token) && !/^-|\p{L}[:(]\p{L}/u.test(token))
			.flatMap((token) => token.split(/[^\p{L}'’]+/u))
			.map((part) => part.replace(/^['’]+|['’]+$|['’]s$/g, ''))
			.filter((part) => part.length > 2 && !/.\p{Lu}/u.test(part))
			.map((word) => ({ word, line: index + 1 })),
	);
}
