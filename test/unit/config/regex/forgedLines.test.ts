import { describe, expect, it } from 'vitest';
import { forgedAddress, forgedLines } from '../../../../src/backend/config/regex/forgedLines.ts';
import { parseRegex } from '../../../../src/backend/config/regex/parseRegex.ts';
import { slowLines } from '../../../../src/backend/config/regex/slowLines.ts';

/** Whether a JavaScript expression, which stands for the same one of Python, is fooled by one of the lines. */
function fooled(expression: string, script: RegExp): boolean {
	return forgedLines(parseRegex(expression)).some(({ line, honest, place }) => {
		const address = (text: string) => script.exec(text)?.groups?.ip;
		const open = place !== 'end' || address(`${honest} tail`) !== undefined;
		return open && address(line) === forgedAddress;
	});
}

const ip = '(?<ip>[\\d.]+)';

describe('forgedLines', () => {
	it.each([
		['a wild card before the address', '^x .* from <ADDR>$', `^x .* from ${ip}$`, false],
		['a lazy wild card that an open end ends early', '^x .*? from <ADDR>', `^x .*? from ${ip}`, true],
		['no anchor', 'failed from <ADDR>', `failed from ${ip}`, true],
		['a user name in the line behind', '^a.* rhost=<ADDR> user=.*', `^a.* rhost=${ip} user=.*`, true],
		['a user name that may hold blanks', '^for user \\S+ from <ADDR>', `^for user \\S+ from ${ip}`, true],
		['only fixed text before it', '^failed from <ADDR> user=.*$', `^failed from ${ip} user=.*$`, false],
		['a class without the sign that ends it', '^u "[^"]*" from <ADDR>$', `^u "[^"]*" from ${ip}$`, false],
	])('with %s', (_what, expression, script, expected) => {
		expect(fooled(expression, new RegExp(script))).toBe(expected);
	});

	it('does not take the host name of syslog for what a user chose', () => {
		const lines = forgedLines(parseRegex('^(?:\\S+ )?daemon\\[\\d+\\]: failed <ADDR>$'));
		const field = lines.filter(({ place }) => place === 'field').map(({ line }) => line);
		expect(field.filter((line) => line.includes(`failed ${forgedAddress}`))).toEqual([]);
	});

	it('keeps to what a look ahead allows', () => {
		const lines = forgedLines(parseRegex('^for (?:(?! from ).)* from <ADDR>$'));
		const field = lines.filter(({ place }) => place === 'field').map(({ line }) => line);
		expect(field.every((line) => line.split(' from ').length === 2)).toBe(true);
	});
});

describe('slowLines', () => {
	it('repeats what the expression repeats, and breaks off', () => {
		expect(slowLines(parseRegex('(a+)+$')).map(({ short }) => short)).toContain(`${'a'.repeat(40)}!`);
		const nested = slowLines(parseRegex('^smtp: (?:[^\\[]+ )*<ADDR>$'));
		expect(nested.some(({ short }) => short.startsWith('smtp: '))).toBe(true);
	});

	it('has no line for an expression that repeats nothing', () => {
		expect(slowLines(parseRegex('^failed from <ADDR>$'))).toEqual([]);
	});
});
