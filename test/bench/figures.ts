import { type Goal, type GoalId, goalIds, goals, type PartName, type Unit } from './goals.ts';

/** One line of the result. */
export interface Figure {
	name: string;
	unit: Unit;
	/** In words, e.g. "≤ 5 ms"; null: only for comparison. */
	goal: string | null;
	/** null: not measured; `note` says why. */
	measured: number | null;
	/** What an admin would do without us, in milliseconds; null: there is none. */
	alternative: number | null;
	/** What that is. */
	alternativeIs: string | null;
	/** How much faster we are. */
	ratio: number | null;
	/** null: there is no goal, or it was not judged. */
	met: boolean | null;
	note: string | null;
}

/** A figure on its way; `goal` names the limit that it is held against. */
export interface Measurement {
	goal?: GoalId;
	name: string;
	unit: Unit;
	measured: number | null;
	alternative?: { ms: number; is: string };
	note?: string;
}

/** What else is known of a figure that has a goal. */
export type More = Pick<Measurement, 'alternative' | 'note'>;

/** A figure for a goal. */
export function toward(goal: GoalId, measured: number, more: More = {}): Measurement {
	const { name, unit } = goals[goal];
	return { goal, name, unit, measured, ...more };
}

/** A goal that cannot be measured here. */
export function unmeasured(goal: GoalId, why: string): Measurement {
	const { name, unit } = goals[goal];
	return { goal, name, unit, measured: null, note: `not measured: ${why}` };
}

const perUnit: Partial<Record<Unit, number>> = { ms: 1, s: 1000 };

/** Milliseconds that the figure stands for; null: it is none of time. */
function inMilliseconds({ measured, unit }: Measurement): number | null {
	const factor = perUnit[unit];
	return measured === null || factor === undefined ? null : measured * factor;
}

export function isMet({ limit, atLeast }: Goal, measured: number): boolean {
	return atLeast ? measured >= limit : measured <= limit;
}

export function goalWords({ limit, unit, atLeast }: Goal): string {
	return `${atLeast ? '≥' : '≤'} ${formatted(limit, unit)}`;
}

/** @param judged false: of a quick run, whose sizes are not those of the goals */
export function figureOf(measurement: Measurement, judged: boolean): Figure {
	const { name, unit, measured, alternative, note } = measurement;
	const goal: Goal | null = measurement.goal === undefined ? null : goals[measurement.goal];
	const ours = inMilliseconds(measurement);
	return {
		name,
		unit,
		goal: goal && goalWords(goal),
		measured,
		alternative: alternative?.ms ?? null,
		alternativeIs: alternative?.is ?? null,
		ratio: alternative && ours ? alternative.ms / ours : null,
		met: goal === null || !judged ? null : measured !== null && isMet(goal, measured),
		note: note ?? null,
	};
}

/** Adds what these parts should have measured and did not, so that no limit is ever left out silently. */
export function withHoles(
	measurements: readonly Measurement[],
	chosen: readonly PartName[],
	failures: Readonly<Partial<Record<PartName, string>>>,
): Measurement[] {
	const there = new Set(measurements.map(({ goal }) => goal));
	const holes = goalIds
		.filter((goal) => chosen.includes(goals[goal].part) && !there.has(goal))
		.map((goal) => unmeasured(goal, failures[goals[goal].part] ?? 'the benchmark forgot it'));
	return [...measurements, ...holes];
}

/** Three digits, and seconds where milliseconds would be many. */
export function formatted(value: number, unit: Unit): string {
	if (unit === 'ms' && value >= 2000) return formatted(value / 1000, 's');
	return `${digits(value)} ${unit}`;
}

function digits(value: number): string {
	if (value < 10) return String(Number(value.toFixed(1)));
	return Math.round(value).toLocaleString('en-US');
}

/** Cells of a figure as a table shows them. */
export function cells({ name, unit, goal, measured, alternative, ratio, met, note }: Figure): string[] {
	return [
		name,
		measured === null ? '–' : formatted(measured, unit),
		goal ?? '',
		met === null ? '' : met ? 'met' : 'MISSED',
		alternative === null ? '' : formatted(alternative, 'ms'),
		ratio === null ? '' : formatted(ratio, '×'),
		note ?? '',
	];
}

export const heads = ['What', 'Measured', 'Goal', '', 'Alternative', 'Faster', 'Note'];

/** Columns that line up, for a terminal. */
export function textTable(rows: readonly (readonly string[])[]): string {
	const all = [heads, ...rows];
	const widths = heads.map((_, n) => Math.max(...all.map((row) => [...(row[n] ?? '')].length)));
	const line = (row: readonly string[]) =>
		row
			.map((text, n) => text + ' '.repeat((widths[n] ?? 0) - [...text].length))
			.join('  ')
			.trimEnd();
	return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
