import { describe, expect, it } from 'vitest';
import { parseDump } from '../../../src/backend/config/dump.ts';

describe('parseDump', () => {
	it('reads strings, numbers, booleans, None and nested lists', () => {
		expect(
			parseDump(`['set', 'sshd', 'maxretry', 5]\n["it's", None, True, False, -1, 1.5, [], ['a', ['b']]]\n`),
		).toEqual([
			['set', 'sshd', 'maxretry', 5],
			["it's", null, true, false, -1, 1.5, [], ['a', ['b']]],
		]);
	});

	it('reads tuples and dictionaries', () => {
		expect(parseDump("['set', 'thread', {'stacksize': 32, 'x': ()}, (1,)]")).toEqual([
			['set', 'thread', { stacksize: 32, x: [] }, [1]],
		]);
	});

	it('reads every escape that repr writes', () => {
		expect(parseDump(String.raw`['a\nb\tc\\d\'e\x0b\xe9\u2028\U0001f600', "\r"]`)).toEqual([
			["a\nb\tc\\d'e\x0bé\u2028😀", '\r'],
		]);
	});

	it('skips what is no list', () => {
		expect(parseDump("\nWARNING 'x' not defined\n['a']\r\n")).toEqual([['a']]);
	});

	it.each(['[', "['a'", "['a]", "['a' 'b']", '[a]', "['a'] x", "['\\q']", "['\\xg0']", '[__import__("os")]'])(
		'refuses %s',
		(text) => {
			expect(() => parseDump(text)).toThrow(SyntaxError);
		},
	);
});
