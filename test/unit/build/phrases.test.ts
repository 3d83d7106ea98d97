import { expect, it } from 'vitest';
import { stumblesIn } from '../../../build/check/phrases.ts';

it('finds what a native admin stumbles over, with its line and what to write', () => {
	const text = '# Jails\n\nOne a line. `at once` is code.\nIt is no valid time, and stands beside it.\n';
	expect(stumblesIn('docs/x.md', text)).toEqual([
		{ line: 3, phrase: 'One a line', better: 'one per line' },
		{ line: 4, phrase: 'is no valid', better: 'is not a …' },
		{ line: 4, phrase: 'stands beside', better: 'is' },
	]);
});

it('lets plain English pass', () => {
	const text = 'The address is not valid. It is no longer banned. One per line, immediately.';
	expect(stumblesIn('docs/x.md', text)).toEqual([]);
});
