import '../globals.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TestLine } from '../../../../src/contract/types.ts';
import { lineTip, markLine, whyText } from '../../../../src/ui/kit/testLine.ts';

const { Proxmox } = globalThis as unknown as { Proxmox: { Utils: object } };
Object.assign(Proxmox.Utils, { render_timestamp: (seconds: number) => `at ${seconds}` });

const line: TestLine = {
	text: '',
	result: 'matched',
	ip: '192.0.2.7',
	time: 1_700_000_000,
	regex: 1,
	'ignored-by': null,
	groups: { user: '<root>' },
	spans: [],
	'jail-ignored': false,
	why: null,
	unread: false,
};

const plain = (html: string) => html.replace(/<[^>]*>/g, '');
const marked = (html: string) =>
	[...html.matchAll(/<span style="([^"]*)">(.*?)<\/span>/g)].map(([, , text]) => text);

describe('markLine', () => {
	it('marks the address and underlines other groups', () => {
		const html = markLine('rhost=192.0.2.7 user=bob', [
			{ start: 6, end: 15, name: 'ip' },
			{ start: 21, end: 24, name: 'user' },
		]);
		expect(plain(html)).toBe('rhost=192.0.2.7 user=bob');
		expect(marked(html)).toEqual(['192.0.2.7', 'bob']);
		expect(html).toMatch(/gauge-default[^>]*>192\.0\.2\.7</);
		expect(html).toMatch(/dotted[^>]*>bob</);
	});

	it('shows the address inside a wider group', () => {
		const html = markLine('a 192.0.2.7 b', [
			{ start: 0, end: 13, name: 'all' },
			{ start: 2, end: 11, name: 'ip' },
		]);
		expect(marked(html)).toEqual(['a ', '192.0.2.7', ' b']);
	});

	it.each(['😀😀 ', '用户 ', 'e\u0301ve ', '\u{20000}\u0308 '])(
		'marks exactly the address after %j',
		(before) => {
			const text = `${before}from 192.0.2.1 port 22 ${before}`;
			const start = text.indexOf('192');
			const html = markLine(text, [{ start, end: start + '192.0.2.1'.length, name: 'ip' }]);
			expect(marked(html)).toEqual(['192.0.2.1']);
			expect(plain(html)).toBe(text);
		},
	);

	it('keeps every character that can be seen, whatever the groups', () => {
		const span = fc.record({
			start: fc.integer({ min: -2, max: 30 }),
			end: fc.integer({ min: -2, max: 30 }),
			name: fc.constantFrom('ip', 'user'),
		});
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom('a', '1', ' ', '\t', '😀') }),
				fc.array(span),
				(text, spans) => {
					expect(plain(markLine(text, spans))).toBe(text);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('lets no markup of an attacker into the page', () => {
		const text = 'user=<img src=x onerror=alert(1)>';
		expect(markLine(text, [{ start: 5, end: 9, name: 'user' }])).not.toMatch(/<(?!\/?span)/);
	});

	it('shows characters that would hide or turn the text', () => {
		expect(markLine('a\u202eb\x1b[31m\u0000', [])).toBe('a\\u202eb\\x1b[31m\\x00');
	});
});

describe('lineTip', () => {
	it('names expression, time and groups, encoded', () => {
		expect(lineTip(line)).toBe('matched<br>failregex, expression 2<br>at 1700000000<br>user: &lt;root&gt;');
	});

	it('says why a line without a date is missed', () => {
		const missed = { ...line, result: 'missed' as const, regex: null, groups: {} };
		expect(lineTip({ ...missed, why: 'prefregex', time: null })).toBe(
			'missed: prefregex did not match<br>No date was found; expressions also see what is in its place.',
		);
		expect(lineTip({ ...missed, why: 'failregex' })).not.toContain('No date');
	});

	it('says in the list why a line is missed, and of any line that the jail does not get it', () => {
		expect(whyText(line)).toBe('');
		expect(whyText({ ...line, why: 'failregex' })).toBe('no failregex matched');
		expect(whyText({ ...line, unread: true })).toBe('not read: journalmatch');
		expect(whyText({ ...line, why: 'no-failure', unread: true })).toBe(
			'no failure by itself, not read: journalmatch',
		);
		expect(lineTip({ ...line, unread: true })).toContain('Excluded by the saved journalmatch');
	});

	it('says that a match leads to no ban', () => {
		expect(lineTip({ ...line, 'jail-ignored': true })).toContain('not banned');
	});

	it('names the expression that ignored the line', () => {
		expect(lineTip({ ...line, result: 'ignored', regex: null, 'ignored-by': 0, groups: {} })).toContain(
			'ignoreregex, expression 1',
		);
	});
});
