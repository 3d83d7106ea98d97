import { posix } from 'node:path';

/**
 * Who may import whom, the one place that says so: a folder may import itself and every folder on a lower floor.
 * Bottom up. `biome.layers.json` is generated from this table (npm run build), and test/unit/build/layers.test.ts holds Biome
 * to it.
 */
const floors: readonly (readonly string[])[] = [
	['src/contract/kit', 'src/backend/config/regex'],
	['src/contract', 'src/backend/kit'],
	['src/backend/config', 'src/backend/addresses', 'src/cli/kit', 'src/ui/kit'],
	['src/backend/fail2ban', 'src/backend/system', 'src/ui/lockout', 'src/ui/log', 'src/ui/types'],
	[
		'src/backend/files',
		'src/backend/runs',
		'src/backend/logs',
		'src/ui/ignore',
		'src/ui/files',
		'src/ui/workbench',
		'src/ui/options',
		'src/ui/repair',
	],
	['src/backend/services/kit', 'src/ui/bans', 'src/ui/changes', 'src/ui/filters', 'src/ui/jails'],
	['src/backend/services/server', 'src/ui/overview'],
	[
		'src/backend/services/lockout',
		'src/backend/services/edit',
		'src/backend/services/files',
		'src/backend/services/log',
		'src/ui/menu',
		'src/ui/protection',
	],
	[
		'src/backend/services/bans',
		'src/backend/services/jails',
		'src/backend/services/changes',
		'src/backend/services/filters',
		'src/ui',
	],
	[
		'src/backend/services/ignore',
		'src/backend/services/workbench',
		'src/backend/services/enforcement',
		'src/backend/services/options',
	],
	['src/backend/services/protection', 'src/backend/services/overview', 'src/backend/services/service'],
	['src/backend/services/checks'],
	['src/backend/services/repair'],
	['src/backend/services', 'src/backend/routes'],
	['src/backend'],
	['src/cli/doctor'],
	['src/cli'],
];

const below = (top: string) => (folder: string) => folder === top || folder.startsWith(`${top}/`);

/** A part of the house: what its folders may not import although it is on a lower floor, and of Node. */
interface Wall {
	within: string;
	/** Only these folders of ours, of those on lower floors. */
	mayMeet?: (folder: string) => boolean;
	/** It may import the programs of src/python. */
	runsPython?: true;
	/** Modules and packages that it may not import, with the reason. */
	without?: readonly { modules: readonly string[]; because: string }[];
}

const processes = {
	modules: ['node:child_process', 'child_process', '@lydell/node-pty'],
	because: 'Only fail2ban/ and runs/ start processes.',
};
const disk = {
	modules: ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'],
	because: 'Only files/ touches the disk; take a reader as a parameter.',
};
const node = (because: string) => ({ modules: ['node:*'], because });
const isContract = below('src/contract');

/** The last one that fits a folder holds. */
const walls: readonly Wall[] = [
	{
		within: 'src/contract',
		mayMeet: isContract,
		without: [node('The contract is for both sides.')],
	},
	{
		within: 'src/ui',
		mayMeet: (folder) => isContract(folder) || below('src/ui')(folder),
		without: [node('The UI runs in a browser.')],
	},
	{ within: 'src/backend', mayMeet: isHelper, without: [processes] },
	{
		within: 'src/backend/config',
		mayMeet: (folder) =>
			isContract(folder) || below('src/backend/config')(folder) || folder === 'src/backend/kit',
		without: [node('config/ is pure.')],
	},
	{ within: 'src/backend/fail2ban', mayMeet: isHelper, runsPython: true },
	{ within: 'src/backend/runs', mayMeet: isHelper, runsPython: true },
	{ within: 'src/backend/services', mayMeet: isHelper, without: [processes, disk] },
	{
		within: 'src/backend/routes',
		mayMeet: (folder) => isContract(folder) || ['src/backend/kit', 'src/backend/fail2ban'].includes(folder),
		without: [processes, disk],
	},
	{
		within: 'src/cli',
		mayMeet: (folder) =>
			!below('src/ui')(folder) && !/^src\/backend\/(?:services|routes|runs)\b/.test(folder),
		without: [
			processes,
			{
				modules: ['**/startHelper.ts', '**/app.ts'],
				because: 'The console works without the helper, or asks its API.',
			},
		],
	},
];

function isHelper(folder: string): boolean {
	return isContract(folder) || below('src/backend')(folder);
}

const floorOf = new Map(
	floors.flatMap((folders, floor) => folders.map((folder) => [folder, floor] as const)),
);

/** Every folder of the table. */
export const folders: readonly string[] = floors.flat();

export function wallOf(folder: string): Wall | undefined {
	return [...walls].reverse().find(({ within }) => below(within)(folder));
}

/** Whether files of one folder may import files of another one. */
export function mayImport(folder: string, other: string): boolean {
	if (folder === other) return true;
	const meets = wallOf(folder)?.mayMeet?.(other) ?? true;
	return meets && (floorOf.get(other) as number) < (floorOf.get(folder) as number);
}

function relativeFolder(from: string, to: string): string {
	const path = posix.relative(from, to);
	return path.startsWith('..') ? path : `./${path}`.replace(/\/$/, '');
}

function override(folder: string): object {
	const allowed = folders.filter((other) => mayImport(folder, other));
	const names = allowed.filter((other) => other !== folder).map((other) => other.replace(/^src\//, ''));
	const files = allowed.map((other) => `${relativeFolder(folder, other)}/*.ts`);
	if (wallOf(folder)?.runsPython) files.push(`${relativeFolder(folder, 'src/python')}/*.py`);
	const group = {
		group: ['./**', '../**', ...files.map((file) => `!${file}`)],
		message: `${folder.replace(/^src\//, '')} may import ${names.join(', ') || 'nothing of ours'}: see build/layers.ts.`,
	};
	const without = (wallOf(folder)?.without ?? []).map(({ modules, because }) => ({
		group: modules,
		message: because,
	}));
	return {
		includes: [`${folder}/*.ts`],
		linter: {
			rules: {
				style: {
					noRestrictedImports: { level: 'error', options: { patterns: [group, ...without] } },
				},
			},
		},
	};
}

/** The text of `biome.layers.json`, which `biome.json` extends. */
export function biomeLayers(): string {
	return `${JSON.stringify({ overrides: folders.map(override) }, null, '\t')}\n`;
}
