import { describe, expect, it } from 'vitest';
import { substituteTags } from '../../../src/backend/config/substituteTags.ts';

function substitute(tags: Record<string, string>, ignore: string[] = [], look: Record<string, string> = {}) {
	const result = substituteTags(new Map(Object.entries(tags)), new Set(ignore), (name) => look[name]);
	return Object.fromEntries(result);
}

describe('substituteTags', () => {
	it('replaces tags by tags until nothing changes', () => {
		expect(substitute({ a: '1', b: '<a>2', c: '<<x>><b>', x: 'a' })).toEqual({
			a: '1',
			b: '12',
			c: '112',
			x: 'a',
		});
	});

	it('looks up what is not in the map, and leaves what is nowhere', () => {
		expect(substitute({ a: '<b> <HOST>' }, [], { b: '$&' })).toEqual({ a: '$& <HOST>' });
	});

	it('does not touch what it shall ignore', () => {
		expect(substitute({ a: '<b>', b: '<c>', c: '1' }, ['b'])).toEqual({ a: '<b>', b: '<c>', c: '1' });
	});

	it.each([{ a: '<a>' }, { a: '<b>', b: '<a>' }, { a: '<b><b>', b: '<a><a>' }, { a: '<c>', c: '<c>b<c>' }])(
		'gives up on a circle: %j',
		(tags) => {
			expect(() => substitute(tags)).toThrow();
		},
	);
});
