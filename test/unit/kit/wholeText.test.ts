import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { jsonText, startOf } from '../../../src/backend/kit/wholeText.ts';

describe('startOf', () => {
	it.each([
		['ab😀c', 2, 'ab'],
		['ab😀c', 3, 'ab'],
		['ab😀c', 4, 'ab😀'],
		['ab😀c', 9, 'ab😀c'],
		['用户', 1, '用'],
	])('cuts %j after %d units at whole characters', (text, longest, start) => {
		expect(startOf(text, longest)).toBe(start);
	});
});

describe('jsonText', () => {
	it('is JSON as ever where no character is cut in two', () => {
		const value = { text: 'ab😀\u0001"\\\\ud83d', list: [1, null, true] };
		expect(jsonText(value)).toBe(JSON.stringify(value));
		expect(JSON.parse(jsonText(value))).toEqual(value);
	});

	it("writes half a character so that Perl's parser takes the answer", () => {
		const text = jsonText({ data: [{ line: 'x\ud83d' }, { line: '\udc00 😀' }] });
		expect(JSON.parse(text)).toEqual({ data: [{ line: 'x\ufffd' }, { line: '\ufffd 😀' }] });
		const perl = 'use JSON::PP; print scalar @{JSON::PP->new->utf8->decode(join("", <STDIN>))->{data}}';
		expect(execFileSync('perl', ['-e', perl], { input: text, encoding: 'utf8' })).toBe('2');
	});
});
