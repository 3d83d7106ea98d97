import type { Unit } from './goals.ts';

/** What was measured at one size; null: not to be had, because the helper gave up. */
export type GrowthPoint =
	| { jails: number; bans: number; values: Readonly<Record<string, number | null>> }
	| { megabytes: number; values: Readonly<Record<string, number | null>> };

export interface Series {
	/** Name of the value. */
	value: string;
	title: string;
	unit: Unit;
	/** Drawn; the others stand in the table only. */
	plotted: boolean;
}

/** One way to grow: a table, and a chart. */
export interface Growth {
	title: string;
	/** Of the size. */
	label: string;
	series: readonly Series[];
	/** The size of a point; null: it belongs to another table. */
	sizeOf(point: GrowthPoint): number | null;
}

const ms = (value: string, title: string, plotted = true): Series => ({ value, title, unit: 'ms', plotted });
const memory = (value: string, title: string): Series => ({ value, title, unit: 'MB', plotted: false });

const ofBans: readonly Series[] = [
	ms('cold', 'GET /bans, cold'),
	ms('search', 'GET /bans, a search'),
	ms('page', 'GET /bans, a page'),
	ms('jails', 'GET /jails'),
	ms('processor', '… of processor', false),
	ms('change', 'PUT /jails/{jail}'),
	memory('memoryNone', 'Memory, no list'),
	memory('memory', 'Memory, all bans'),
];

/** The tables of docs/performance.md. */
export const growths: readonly Growth[] = [
	{
		title: 'Bans, at 30 jails',
		label: 'Bans',
		series: ofBans,
		sizeOf: (point) => ('jails' in point && point.jails === 30 ? point.bans : null),
	},
	{
		title: 'Jails, at 50,000 bans',
		label: 'Jails',
		series: ofBans,
		sizeOf: (point) => ('jails' in point && point.bans === 50_000 ? point.jails : null),
	},
	{
		title: 'Jails, at 200,000 bans',
		label: 'Jails',
		series: ofBans.map((series) => ({ ...series, plotted: false })),
		sizeOf: (point) => ('jails' in point && point.bans === 200_000 ? point.jails : null),
	},
	{
		title: 'Log, in MB',
		label: 'MB',
		series: [
			ms('history', 'GET /history, first'),
			ms('restart', 'GET /history, after a restart'),
			ms('logSearch', 'GET /log, slowest search'),
			ms('packed', 'GET /log, last page of a .gz'),
			ms('logPage', 'GET /log, last page'),
			memory('memory', 'Memory after the history'),
		],
		sizeOf: (point) => ('megabytes' in point ? point.megabytes : null),
	},
];

/** Points of one table by their size, the smallest first. */
export function sized(
	{ sizeOf }: Growth,
	points: readonly GrowthPoint[],
): { size: number; values: GrowthPoint['values'] }[] {
	return points
		.flatMap((point) => {
			const size = sizeOf(point);
			return size === null ? [] : [{ size, values: point.values }];
		})
		.sort((a, b) => a.size - b.size);
}
