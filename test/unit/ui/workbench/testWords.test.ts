import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { TestAnswer } from '../../../../src/contract/types.ts';
import { countsText, testNotes } from '../../../../src/ui/workbench/testWords.ts';

const answer: TestAnswer = {
	lines: [],
	counts: { matched: 37, missed: 1160, ignored: 7, total: 1204 },
	prefregex: null,
	failregex: [],
	ignoreregex: [],
	duration: 412,
	truncated: false,
	older: false,
	stopped: null,
	'stopped-at': null,
	source: '',
};

describe('countsText', () => {
	it('says how many lines there were and how long it took', () => {
		expect(countsText(answer)).toBe('1,204 lines: 37 matched, 1,160 missed, 7 ignored (0.4 s)');
	});
});

describe('testNotes', () => {
	it('has nothing to say of a complete test', () => {
		expect(testNotes(answer)).toEqual([]);
	});

	it('says that an expression was stopped, and at which line', () => {
		expect(testNotes({ ...answer, stopped: 'cpu', 'stopped-at': 'aaaa!' })).toEqual([
			'The expression took longer than 3 s and was stopped.',
			'It was stopped at the line: aaaa!',
		]);
	});

	it('says which lines are left out', () => {
		expect(testNotes({ ...answer, truncated: true, older: true }).join(' ')).toContain('Older lines');
	});
});
