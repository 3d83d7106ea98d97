import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../build/setup/paths.ts';

/** Columns of the table in docs/architecture.md: what their names are relative to. */
const columns = ['src/contract', 'src/backend/services', 'src/ui', 'docs', 'test'];

/** Folders that serve several features, and pages about none of them. */
const shared: Record<string, readonly string[]> = {
	'src/contract': ['index.ts', 'types.ts', 'kit', 'tsconfig.json'],
	'src/backend/services': ['index.ts', 'parts.ts', 'kit', 'edit', 'server', 'service'],
	'src/ui': ['main.ts', 'windows.ts', 'tsconfig.json', 'kit', 'types', 'menu', 'server', 'service'],
	'docs/guide': ['permissions.md', 'messages.md'],
};

interface Row {
	feature: string;
	/** Names of each column; none: there is no such part. */
	cells: readonly (readonly string[])[];
}

function featureRows(): readonly Row[] {
	const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
	const [, table = ''] = /^## Features\n[\s\S]*?\n\| --- .*\n((?:\|.*\n)+)/m.exec(text) ?? [];
	return table
		.trimEnd()
		.split('\n')
		.map((line) => {
			const [feature = '', ...cells] = line
				.slice(1, -1)
				.split('|')
				.map((cell) => cell.trim());
			return { feature, cells: cells.map(namesIn) };
		});
}

/** Names between backticks or as targets of links; a dash says that there is none. */
function namesIn(cell: string): readonly string[] {
	if (cell === '–') return [];
	const names = cell.split(', ').map((part) => /^(?:`([^`]+)`|\[[^\]]+\]\(([^)]+)\))$/.exec(part));
	return names.map((match) => match?.[1] ?? match?.[2] ?? `unreadable: ${cell}`);
}

const rows = featureRows();

/** All files and folders that a column names. */
const namedIn = (folder: string) => rows.flatMap(({ cells }) => cells[columns.indexOf(folder)] ?? []);

describe('the table of features', () => {
	it('has every feature once, with a cell for each column', () => {
		const features = rows.map(({ feature }) => feature);
		expect(features.length).toBeGreaterThan(14);
		expect(new Set(features).size).toBe(features.length);
		for (const { cells } of rows) expect(cells).toHaveLength(columns.length);
	});

	it.each(rows)('names files and folders of $feature that exist', ({ cells }) => {
		const paths = cells.flatMap((names, index) => names.map((name) => join(columns[index] ?? '', name)));
		expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
	});

	it.each(rows)(
		'leaves no part of $feature out',
		({ feature, cells: [contract, services, ui, guide, tests] }) => {
			expect(contract?.includes(`${feature}.ts`)).toBe(existsSync(join(root, `src/contract/${feature}.ts`)));
			expect(services?.includes(feature)).toBe(existsSync(join(root, `src/backend/services/${feature}`)));
			expect(ui?.includes(feature)).toBe(existsSync(join(root, `src/ui/${feature}`)));
			expect(guide).toEqual([`guide/${feature}.md`]);
			const unit = [`unit/services/${feature}`, `unit/ui/${feature}`];
			for (const folder of unit) expect(tests?.includes(folder)).toBe(existsSync(join(root, 'test', folder)));
			expect(tests?.length).toBeGreaterThan(0);
		},
	);

	it.each(['src/contract', 'src/backend/services', 'src/ui'])('has everything in %s', (folder) => {
		const known = [...namedIn(folder), ...(shared[folder] ?? [])];
		expect(readdirSync(join(root, folder)).filter((name) => !known.includes(name))).toEqual([]);
	});

	it('has every page of the guide', () => {
		const known = [
			...namedIn('docs').map((name) => name.replace('guide/', '')),
			...(shared['docs/guide'] ?? []),
		];
		expect(readdirSync(join(root, 'docs/guide')).filter((name) => !known.includes(name))).toEqual([]);
	});
});
