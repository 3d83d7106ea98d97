import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { escapeRegExp, globToRegExp } from '../../../src/backend/kit/patterns.ts';

describe('escapeRegExp', () => {
	it('finds the text itself, whatever stands in it', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (text, other) => {
				const found = new RegExp(`^${escapeRegExp(text)}$`);
				expect(found.test(text)).toBe(true);
				expect(found.test(other)).toBe(other === text);
			}),
		);
	});
});

describe('globToRegExp', () => {
	const names = [
		'a.conf',
		'ab.conf',
		'.a.conf',
		'a-conf',
		'x/a.conf',
		'^.conf',
		'[.conf',
		'\\.conf',
		'*.conf',
	];
	const fitting = (pattern: string, kind: 'posix' | 'python') =>
		names.filter((name) => globToRegExp(pattern, kind).test(name));

	test.each([
		['*.conf', ['a.conf', 'ab.conf', '^.conf', '[.conf', '\\.conf', '*.conf']],
		['?.conf', ['a.conf', '^.conf', '[.conf', '\\.conf', '*.conf']],
		['a.conf', ['a.conf']],
		['.*', ['.a.conf']],
		['*/?.conf', ['x/a.conf']],
		['[a-b].conf', ['a.conf']],
		['[.]a.conf', []],
		['[[].conf', ['[.conf']],
		['[a.conf', []],
	])('%s is the same to both', (pattern, expected) => {
		expect(fitting(pattern, 'posix')).toEqual(expected);
		expect(fitting(pattern, 'python')).toEqual(expected);
	});

	test.each([
		['[!a].conf', ['^.conf', '[.conf', '\\.conf', '*.conf'], ['^.conf', '[.conf', '\\.conf', '*.conf']],
		['[^a].conf', ['^.conf', '[.conf', '\\.conf', '*.conf'], ['a.conf', '^.conf']],
		['\\*.conf', ['*.conf'], ['\\.conf']],
	])('%s', (pattern, posix, python) => {
		expect(fitting(pattern, 'posix')).toEqual(posix);
		expect(fitting(pattern, 'python')).toEqual(python);
	});

	it('takes a range that ends before it begins for nothing', () => {
		expect(globToRegExp('[[-!]', 'python').test('[')).toBe(false);
		expect(globToRegExp('[z-ab].conf', 'python').test('b.conf')).toBe(true);
		expect(globToRegExp('x[!z-a]', 'python').test('xq')).toBe(true);
	});

	it('takes a name as Python does', () => {
		const sign = fc.constantFrom(...'a.-b*?![]^\\');
		const pairs = fc.sample(
			fc.tuple(
				fc.string({ unit: sign, maxLength: 6 }),
				fc.string({ unit: sign, maxLength: 5, minLength: 1 }),
			),
			400,
		);
		const program =
			'import fnmatch, json, sys\n' +
			'print(json.dumps([fnmatch.fnmatchcase(n, p) and (p[:1] == "." or n[:1] != ".") for p, n in json.load(sys.stdin)]))';
		const answer = execFileSync('python3', ['-c', program], { input: JSON.stringify(pairs) });
		const expected = JSON.parse(String(answer)) as boolean[];
		expect(expected).toContain(true);
		expect(pairs.map(([pattern, name]) => globToRegExp(pattern, 'python').test(name))).toEqual(expected);
	});
});
