import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDump } from '../../src/backend/config/dump.ts';
import {
	dumpJson,
	extractOptions,
	PythonValueError,
	splitShell,
	splitWithOptions,
	splitWords,
	toInt,
} from '../../src/backend/config/pythonValues.ts';
import { substituteTags } from '../../src/backend/config/substituteTags.ts';
import { releases } from '../support/fail2ban.ts';
import { runPython } from '../support/pythonConfig.ts';

const script = `
import sys, json, shlex
from fail2ban import helpers
def attempt(call, *args):
	try: return call(*args)
	except ValueError: return 'ValueError'
def extract(text):
	name, options = helpers.extractOptions(text)
	return [name, list(options.items())]
cases = json.load(sys.stdin)
print(json.dumps({
	'extract': [attempt(extract, t) for t in cases['texts']],
	'list': [[w.strip() for w in helpers.splitWithOptions(t) if w.strip()] for t in cases['texts']],
	'words': [helpers.splitwords(t) for t in cases['texts']],
	'shell': [attempt(shlex.split, t) for t in cases['texts']],
	'int': [attempt(int, t) for t in cases['numbers']],
	'json': [json.dumps({t: t}) for t in cases['texts']],
	'repr': [repr([t, {t: t}]) for t in cases['texts']],
	'tags': [attempt(lambda tags: list(helpers.substituteRecursiveTags(tags, ignore=('skip',)).items()), dict(t))
		for t in cases['tags']],
}))
`;

const piece = fc.constantFrom(
	'name',
	'sshd',
	'[',
	']',
	'][',
	'] [',
	'a=1',
	'b="x, y"',
	"c='z]'",
	'd=',
	'e.f-g=h',
	'=',
	',',
	', ',
	' ',
	'\n',
	'\n  ',
	'\t',
	'"',
	"'",
	'\\',
	'\\"',
	"\\'",
	'é',
	'\u00a0',
	'\u2028',
	'\u0085',
	'😀',
	'\u007f',
	'\u001b',
	'#',
	';',
	'10.0.0.1',
);
const text = fc.array(piece, { maxLength: 10 }).map((parts) => parts.join(''));
const number = fc
	.array(fc.constantFrom('1', '0', '23', '+', '-', '_', ' ', '\n', '.', 'e', '\u00a0'), { maxLength: 5 })
	.map((parts) => parts.join(''));
const tag = fc.constantFrom('a', 'b', 'c', 'a?x', 'skip', 'known/a');
// One known tag a value: two would double it at each turn of a circle, for Python too.
const plain = fc.constantFrom('', 'x', '<no>', '<skip>', '<', '>', ' ', 'a');
const reference = fc.constantFrom('<a>', '<b>', '<c>', '<<b>>', '<<c>-x>', '<known/a>', '');
const value = fc.tuple(plain, reference, plain).map((parts) => parts.join(''));
const tags = fc.uniqueArray(fc.tuple(tag, value), { maxLength: 5, selector: ([name]) => name });

interface Answers {
	extract: unknown[];
	list: string[][];
	words: string[][];
	shell: unknown[];
	int: unknown[];
	json: string[];
	repr: string[];
	tags: unknown[];
}

function attempt<T>(call: () => T): T | 'ValueError' {
	try {
		return call();
	} catch (error) {
		if (error instanceof PythonValueError) return 'ValueError';
		throw error;
	}
}

describe.each(releases())('values and the helpers of fail2ban $version', (release) => {
	const cases = {
		texts: fc.sample(text, 3000),
		numbers: fc.sample(number, 500),
		tags: fc.sample(tags, 3000),
	};
	const answers = runPython<Answers>(release, script, cases);

	it('takes names with parameters apart alike', () => {
		cases.texts.forEach((text, nth) => {
			const ours = attempt(() => {
				const { name, options } = extractOptions(text);
				return [name, [...options]];
			});
			expect(ours, JSON.stringify(text)).toEqual(answers.extract[nth]);
		});
	});

	it('splits lists of actions alike', () => {
		cases.texts.forEach((text, nth) => {
			expect(splitWithOptions(text), JSON.stringify(text)).toEqual(answers.list[nth]);
		});
	});

	it('splits words alike', () => {
		cases.texts.forEach((text, nth) => {
			expect(splitWords(text, release.version), JSON.stringify(text)).toEqual(answers.words[nth]);
		});
	});

	it('splits journal matches as a shell would', () => {
		cases.texts.forEach((text, nth) => {
			expect(
				attempt(() => splitShell(text)),
				JSON.stringify(text),
			).toEqual(answers.shell[nth]);
		});
	});

	it('reads whole numbers alike', () => {
		cases.numbers.forEach((text, nth) => {
			expect(toInt(text) ?? 'ValueError', JSON.stringify(text)).toEqual(answers.int[nth]);
		});
	});

	it('writes JSON alike and reads what repr writes', () => {
		cases.texts.forEach((text, nth) => {
			expect(dumpJson(new Map([[text, text]]))).toBe(answers.json[nth]);
			expect(parseDump(answers.repr[nth] ?? '')).toEqual([[text, { [text]: text }]]);
		});
	});

	it('replaces tags alike', () => {
		cases.tags.forEach((given, nth) => {
			const ours = attempt(() => [...substituteTags(new Map(given), new Set(['skip']), () => undefined)]);
			expect(ours, JSON.stringify(given)).toEqual(answers.tags[nth]);
		});
	});
});
