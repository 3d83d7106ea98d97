import { performance } from 'node:perf_hooks';

export interface Times {
	median: number;
	max: number;
}

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

export async function repeated(times: number, work: (n: number) => Promise<unknown>): Promise<Times> {
	const all: number[] = [];
	for (let n = 0; n < times; n++) all.push(await timed(() => work(n)));
	return summary(all);
}

export function summary(all: readonly number[]): Times {
	const sorted = [...all].sort((a, b) => a - b);
	return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

export interface Row {
	what: string;
	value: string;
	limit: string;
	/** null: there is no limit. */
	met: boolean | null;
}

export function milliseconds(value: number): string {
	return value < 10
		? `${value.toFixed(1)} ms`
		: value < 2000
			? `${value.toFixed(0)} ms`
			: `${(value / 1000).toFixed(1)} s`;
}

export function within(what: string, value: number, limit: number, note = ''): Row {
	const text = `${milliseconds(value)}${note && ` (${note})`}`;
	return { what, value: text, limit: `≤ ${milliseconds(limit)}`, met: value <= limit };
}

export function printTable(title: string, rows: readonly Row[]): void {
	const cells = rows.map(({ what, value, limit, met }) => [
		what,
		value,
		limit,
		met === null ? '' : met ? 'ok' : 'MISSED',
	]);
	const head = ['What', 'Measured', 'Limit', ''];
	const widths = head.map((text, n) => Math.max(text.length, ...cells.map((row) => row[n]?.length ?? 0)));
	const line = (row: string[]) =>
		console.log(
			row
				.map((text, n) => text.padEnd(widths[n] ?? 0))
				.join('  ')
				.trimEnd(),
		);
	console.log(`\n${title}`);
	line(head);
	line(widths.map((width) => '-'.repeat(width)));
	for (const row of cells) line(row);
}
