import { describe, expect, it } from 'vitest';
import { cells, figureOf, formatted, textTable, toward, unmeasured, withHoles } from '../../bench/figures.ts';
import { goalIds, goals } from '../../bench/goals.ts';

describe('a figure', () => {
	it('is held against its goal, which it may reach but not exceed', () => {
		expect(figureOf(toward('cold', 300), true)).toMatchObject({ goal: '≤ 300 ms', met: true });
		expect(figureOf(toward('cold', 300.1), true)).toMatchObject({ met: false });
	});

	it('must reach a goal that asks for at least so much', () => {
		expect(figureOf(toward('ratio30', 500), true)).toMatchObject({ goal: '≥ 500 ×', met: true });
		expect(figureOf(toward('ratio30', 499), true)).toMatchObject({ met: false });
	});

	it('says how much faster it is than its alternative, whatever its unit', () => {
		const alternative = { ms: 6000, is: 'by hand' };
		expect(figureOf(toward('cold', 30, { alternative }), true)).toMatchObject({ ratio: 200 });
		expect(figureOf(toward('enforcement', 1.5, { alternative }), true)).toMatchObject({ ratio: 4 });
		expect(figureOf({ name: 'x', unit: 'MB', measured: 3, alternative }, true)).toMatchObject({
			ratio: null,
		});
	});

	it('that could not be measured is missed, and says why', () => {
		expect(figureOf(unmeasured('deb', 'no dpkg'), true)).toEqual({
			name: 'Package',
			unit: 'KB',
			goal: '≤ 2,048 KB',
			measured: null,
			alternative: null,
			alternativeIs: null,
			ratio: null,
			met: false,
			note: 'not measured: no dpkg',
		});
	});

	it('of a quick run is not judged', () => {
		expect(figureOf(toward('cold', 1e6), false)).toMatchObject({ met: null });
	});

	it('without a goal is neither met nor missed', () => {
		expect(figureOf({ name: 'x', unit: 'ms', measured: 1 }, true)).toMatchObject({ goal: null, met: null });
	});
});

describe('the figures of a run', () => {
	it('have a row for each goal of its parts, also of those that failed', () => {
		const all = withHoles([toward('script', 28)], ['sizes', 'panel'], { panel: 'no browser' });
		expect(all.map(({ goal, note }) => [goal, note])).toEqual([
			['script', undefined],
			['windows', 'not measured: the benchmark forgot it'],
			['firstRows', 'not measured: no browser'],
			['deb', 'not measured: the benchmark forgot it'],
		]);
	});

	it('leave out the goals of parts that were not asked for', () => {
		expect(withHoles([], ['panel'], {}).map(({ goal }) => goal)).toEqual(['firstRows']);
	});
});

it('each goal has a name of its own', () => {
	expect(new Set(goalIds.map((id) => goals[id].name)).size).toBe(goalIds.length);
});

it.each([
	[4.26, 'ms', '4.3 ms'],
	[5, 'ms', '5 ms'],
	[1999, 'ms', '1,999 ms'],
	[2000, 'ms', '2 s'],
	[84_200, 'ms', '84 s'],
	[0, 'MB', '0 MB'],
	[1030, 'MB/s', '1,030 MB/s'],
] as const)('writes %d %s as %s', (value, unit, text) => {
	expect(formatted(value, unit)).toBe(text);
});

it('lines up the columns of a table by characters, not by code units', () => {
	const rows = [
		figureOf(toward('cold', 30, { note: 'one 😀' }), true),
		figureOf({ name: '…', unit: 'ms', measured: null }, true),
	];
	const [head = '', rule = '', first = '', second = ''] = textTable(rows.map(cells)).split('\n');
	expect(rule).toMatch(/^-+( {2}-*)*-+$/);
	expect(first.indexOf('30 ms')).toBe(head.indexOf('Measured'));
	expect(second.indexOf('–')).toBe(head.indexOf('Measured'));
});
