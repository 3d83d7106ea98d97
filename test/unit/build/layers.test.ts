import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { biomeLayers, folders, mayImport, wallOf } from '../../../build/layers.ts';

const top = fileURLToPath(new URL('../../..', import.meta.url));

/** One file for each import that is tried, by its path below the folder that is linted. */
const tried = new Map<string, string>();
let folder: string;
let refused: Set<string>;

function tryImport(from: string, imported: string): string {
	const file = `${from}/try${tried.size}.ts`;
	tried.set(file, imported);
	return file;
}

function importOf(from: string, to: string): string {
	const relative = path.posix.relative(from, to);
	return `${relative.startsWith('..') ? relative : `./${relative}`.replace(/\/$/, '')}/some.ts`;
}

const pairs = folders.flatMap((from) =>
	folders.map((to) => ({ from, to, file: tryImport(from, importOf(from, to)) })),
);

const walled: [from: string, imported: string, refused: boolean][] = [
	['src/contract', 'node:fs', true],
	['src/ui/bans', 'node:fs', true],
	['src/backend/config', 'node:path', true],
	['src/backend', 'node:child_process', true],
	['src/backend/files', 'node:child_process', true],
	['src/backend/logs', 'node:child_process', true],
	['src/backend/services/bans', 'node:fs', true],
	['src/backend/services/bans', 'node:child_process', true],
	['src/backend/services/bans', '@lydell/node-pty', true],
	['src/backend/routes', 'node:fs/promises', true],
	['src/cli', 'node:child_process', true],
	['src/cli', '../backend/startHelper.ts', true],
	['src/cli', '../backend/app.ts', true],
	['src/cli', '../backend/connectFail2ban.ts', false],
	['src/backend/fail2ban', 'node:child_process', false],
	['src/backend/runs', '@lydell/node-pty', false],
	['src/backend/files', 'node:fs/promises', false],
	['src/backend/logs', 'node:fs/promises', false],
	['src/backend/runs', '../../python/some.py', false],
	['src/backend/fail2ban', '../../python/some.py', false],
	['src/backend/files', '../../python/some.py', true],
	['src/cli', '../python/some.py', true],
	['src/backend/services/bans', '../aFolderThatTheTableDoesNotHave/some.ts', true],
];
const walledFiles = walled.map(([from, imported]) => tryImport(from, imported));

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'pve-fail2ban-'));
	for (const name of ['biome.json', 'biome.layers.json'])
		cpSync(path.join(top, name), path.join(folder, name));
	for (const [file, imported] of tried) {
		mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
		writeFileSync(path.join(folder, file), `import '${imported}';\n`);
	}
	const { stdout } = spawnSync(
		path.join(top, 'node_modules/.bin/biome'),
		['lint', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=json', 'src'],
		{ cwd: folder, encoding: 'utf8', maxBuffer: 100_000_000 },
	);
	const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
	refused = new Set(diagnostics.map(({ location }) => location.path));
});

afterAll(() => rmSync(folder, { recursive: true }));

it('is what biome.layers.json was made from', () => {
	expect(readFileSync(path.join(top, 'biome.layers.json'), 'utf8')).toBe(biomeLayers());
});

it('holds every folder of src, and no other', () => {
	const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src/**/*.ts'], {
		cwd: top,
		encoding: 'utf8',
	});
	const found = new Set(
		files
			.trim()
			.split('\n')
			.map((file) => path.posix.dirname(file)),
	);
	expect([...found].sort()).toEqual([...folders].sort());
});

describe.each(folders)('%s', (from) => {
	it('may import what the table says, and nothing else', () => {
		const mine = pairs.filter((pair) => pair.from === from);
		const allowed = mine.filter(({ file }) => !refused.has(file)).map(({ to }) => to);
		expect(allowed.sort()).toEqual(folders.filter((to) => mayImport(from, to)).sort());
	});
});

it.each(walled.map((one, index) => [...one, index] as const))('%s imports %s: refused %s', (...one) => {
	expect(refused.has(walledFiles[one[3]] as string)).toBe(one[2]);
});

it('keeps the walls between the parts, whatever the floors say', () => {
	expect(wallOf('src/backend/services/bans')?.within).toBe('src/backend/services');
	expect(mayImport('src/ui', 'src/backend/kit')).toBe(false);
	expect(mayImport('src/ui/bans', 'src/contract')).toBe(true);
	expect(mayImport('src/backend/services/repair', 'src/ui/kit')).toBe(false);
	expect(mayImport('src/cli', 'src/backend/services/bans')).toBe(false);
	expect(mayImport('src/backend/files', 'src/cli/kit')).toBe(false);
	expect(mayImport('src/backend/routes', 'src/backend/files')).toBe(false);
});
