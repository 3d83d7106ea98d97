import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../../src/backend/kit/message.ts';
import {
	changedOptions,
	locate,
	stoppedJails,
	textProblems,
	withLineEnds,
} from '../../../../src/backend/services/files/rawEdit.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

describe('withLineEnds', () => {
	it('keeps the line ends that the whole file has', () => {
		expect(withLineEnds('a\r\nb\r\n', 'a\nc\n')).toBe('a\r\nc\r\n');
		expect(withLineEnds('a\r\nb\n', 'a\nc\n')).toBe('a\nc\n');
		expect(withLineEnds('a\n', 'a\r\nc\n')).toBe('a\r\nc\n');
		expect(withLineEnds('', 'a\n')).toBe('a\n');
	});
});

describe('textProblems', () => {
	it('names the line of each error of the parser', () => {
		const found = textProblems('filter.d/x.local', '', '[a]\nx = 1\nx = 2\njunk\n[a]\n');
		expect(found.map(({ line }) => line)).toEqual([3, 4, 5]);
	});

	it('names the first of very many, so that they fit into an answer', () => {
		const found = textProblems('jail.local', '', 'junk\n'.repeat(100_000));
		expect(found).toHaveLength(500);
		expect(found[0]?.line).toBe(1);
	});

	it('holds new times and numbers to their grammar, which fail2ban would not', () => {
		const text = '[sshd]\nbantime = soon\nmaxretry = abc\nfindtime = %(bantime)s\n';
		const found = textProblems('jail.d/x.local', '', text);
		expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
			expect.stringMatching(/^2 bantime: Use numbers with units/),
			expect.stringMatching(/^3 maxretry: /),
		]);
		expect(textProblems('filter.d/x.local', '', text)).toEqual([]);
	});

	it('does not demand that an old fault goes', () => {
		const old = '[sshd]\nbantime = soon\n';
		expect(textProblems('jail.local', old, `${old}maxretry = 3\n`)).toEqual([]);
	});
});

describe('stoppedJails', () => {
	it('tells jails that the files no longer enable', () => {
		const snapshot = new FakeConfig().snapshot();
		const stops = (file: string, text: string | null) => stoppedJails(snapshot, [{ file, text }]);
		expect(stops('jail.local', '[sshd]\nenabled = no\n')).toEqual(['sshd']);
		expect(stops('jail.local', '[recidive]\nenabled = no\n')).toEqual([]);
		expect(stops('jail.d/defaults-debian.conf', null)).toEqual(['sshd']);
	});
});

describe('changedOptions', () => {
	it('tells what changed, with secrets masked', () => {
		expect(changedOptions('[a]\nx = 1\ntoken = abc\n', '[a]\nx = 1\ntoken = def\ny =\n  1\n  2\n')).toEqual([
			{ option: 'a/token', from: '***', to: '***' },
			{ option: 'a/y', from: null, to: '1 2' },
		]);
	});
});

describe('locate', () => {
	const text =
		'# x\n[sshd]\nlogpath = %(nothing)s\nfailregex = ^a <HOST>$\n  ^from <HOST> (\nfilter = gone\n';
	const line = (message: string) => locate('jail.d/x.local', text, verbatim(message)).line;

	it.each([
		[
			3,
			"While reading from '/etc/fail2ban/jail.d/x.local' [line  3]: option 'a' in section 'b' already exists",
		],
		[3, "Bad value substitution: option 'logpath' in section 'sshd' contains an interpolation key 'nothing'"],
		[5, "Jail 'sshd': ERROR: Unable to compile regular expression '^from (?:(?P<ip4>x'y)) (':"],
		[6, "Found no accessible config files for 'filter.d/gone' under /etc/fail2ban"],
		[2, "Jail 'sshd' would be lost."],
		[null, 'Something else.'],
	])('finds line %s', (expected, message) => {
		expect(line(message)).toBe(expected);
	});

	it('takes just the words out of a log', () => {
		const log =
			'fail2ban-client -d printed no commands: 2026-11-23 05:54:03,545 fail2ban [27051]: ERROR   Failed during configuration: Bad thing\n2026-11-23 05:54:03,545 fail2ban [27051]: ERROR   Init of command line failed';
		expect(String(locate('x', '', verbatim(log)).message)).toBe('Bad thing');
	});
});
