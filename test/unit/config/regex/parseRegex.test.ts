import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRegex } from '../../../../src/backend/config/regex/parseRegex.ts';
import { RegexSyntaxError } from '../../../../src/backend/config/regex/regexNode.ts';
import { lineOf, sampleLine, variants } from '../../../../src/backend/config/regex/sampleLines.ts';

const samples = (expression: string, prefix?: string) =>
	variants.map((variant) =>
		lineOf(
			sampleLine(parseRegex(expression), variant, prefix === undefined ? undefined : parseRegex(prefix)),
		),
	);

describe('parseRegex', () => {
	it.each([
		['plain text', 'a.b', /^a.b$/],
		['classes', '[^"a-z]x[]y]\\d\\S{3}', /^[^"a-z]x[\]y]\d\S{3}$/],
		['choices and groups', '(?:one|two) (?P<x>three)=(?P=x)', /^(?:one|two) (three)=\1$/],
		['repetitions', 'a{2}b{1,3}c{2,}?d*e+', /^a{2}b{1,3}c{2,}?d*e+$/],
		['braces that are text', 'a{x}{', /^a\{x\}\{$/],
		['conditions', '(?P<q>")?a(?(q)"|b)', /^(?:"a"|ab)$/],
		['comments and flags', '(?i)a(?#never shown)b', /^ab$/],
		['looks', '(?!x)a(?<=a)b', /^ab$/],
		['an atomic group', '(?>a+)b', /^a+b$/],
		['escapes', '\\x41\\[\\.\\t', /^A\[\.\t$/],
	])('builds lines that %s match', (_what, expression, same) => {
		for (const sample of samples(expression)) expect(sample).toMatch(same);
	});

	it.each(['<HOST>', '<ADDR>', '<IP4>', '<F-IP4/>', '(?P<ip4>\\S+)', '<F-ID>\\S+</F-ID>', '<F-ID/>'])(
		'puts an address where %s stands',
		(tag) => expect(samples(`^from ${tag}$`)[0]).toBe('from 192.0.2.77'),
	);

	it('takes the tags of fail2ban for groups and others for text', () => {
		expect(samples('^<F-USER>\\S+|.*?</F-USER> in <b> from <ADDR>$')[0]).toBe('a in <b> from 192.0.2.77');
	});

	it('puts what the failregex matches into the prefregex', () => {
		expect(samples('^bad <ADDR>$', '^sshd: <F-CONTENT>.+</F-CONTENT>$')[0]).toBe('sshd: bad 192.0.2.77');
	});

	it.each(['(', ')', '[a', '*', '(?P<x', 'a\\', '(?<F-USER>x)', '<F-USER>(a</F-USER>)'])(
		'refuses %s',
		(bad) => {
			expect(() => parseRegex(bad)).toThrow(RegexSyntaxError);
		},
	);

	it('comes to an end on any text, and on nests that would grow without bounds', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[a-c()[\]|*+?{}0-9,\\.<>^$]{0,30}$/), (text) => {
				try {
					for (const sample of samples(text)) expect(sample.length).toBeLessThan(200_000);
				} catch (error) {
					expect(error).toBeInstanceOf(RegexSyntaxError);
				}
			}),
			{ numRuns: 300 },
		);
		expect(samples('(((((ab){20}){20}){20}){20}){20}').length).toBe(variants.length);
		expect(() => parseRegex('('.repeat(5000))).toThrow(RegexSyntaxError);
	});
});
