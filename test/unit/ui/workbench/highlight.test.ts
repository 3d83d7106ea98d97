import '../globals.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight } from '../../../../src/ui/workbench/highlight.ts';

/** The text that a browser would show. */
const shown = (html: string) =>
	html
		.replace(/<\/?span[^>]*>/g, '')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&amp;', '&');

/** The parts that got a style, as text. */
const parts = (html: string) =>
	[...html.matchAll(/<span[^>]*>(.*?)<\/span>/gs)].map(([, text]) => shown(text ?? ''));

describe('highlight', () => {
	it('shows exactly the expression, whatever it is', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'^$\\[](){}?P<>F-HOST/%s|.*&"\'a\n😀') }), (text) => {
				expect(shown(highlight(text))).toBe(text);
			}),
			{ numRuns: 500 },
		);
	});

	it('lets no markup of the expression into the page', () => {
		expect(highlight('<img src=x onerror=alert(1)>')).not.toMatch(/<(?!\/?span)/);
		expect(highlight('<b>"\'&')).not.toMatch(/<(?!\/?span)/);
	});

	it('tells anchors, tags, sets, groups and escapes apart', () => {
		expect(parts(highlight('^a(?P<who>[^ (]+) <F-USER>\\S</F-USER>|%(__prefix_line)s<HOST>$'))).toEqual([
			'^',
			'(?P<who>',
			'[^ (]',
			')',
			'<F-USER>',
			'\\S',
			'</F-USER>',
			'|',
			'%(__prefix_line)s',
			'<HOST>',
			'$',
		]);
	});

	it('takes an escaped anchor or bracket for a plain character', () => {
		expect(parts(highlight('\\^\\[x\\]\\$'))).toEqual(['\\^', '\\[', '\\]', '\\$']);
	});

	it('copes with brackets that nobody closes', () => {
		const open = '['.repeat(20_000);
		expect(shown(highlight(open))).toBe(open);
	});
});
