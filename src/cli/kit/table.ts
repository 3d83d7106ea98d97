/** Rows as aligned lines. @param right columns that stand at the right, by number */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
	const widths: number[] = [];
	for (const row of rows)
		row.forEach((cell, column) => {
			widths[column] = Math.max(widths[column] ?? 0, cell.length);
		});
	return rows.map((row) =>
		row
			.map((cell, column) => {
				const width = widths[column] as number;
				return right.has(column) ? cell.padStart(width) : cell.padEnd(width);
			})
			.join('  ')
			.trimEnd(),
	);
}
