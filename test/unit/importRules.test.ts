import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let linted: string;

const forbidden: [file: string, imported: string][] = [
	['src/contract/a.ts', '../backend/log.ts'],
	['src/contract/a.ts', 'node:fs'],
	['src/ui/a.ts', '../backend/log.ts'],
	['src/backend/config/a.ts', 'node:path'],
	['src/backend/config/a.ts', '../errors.ts'],
	['src/backend/config/a.ts', '../files/StatCache.ts'],
	['src/backend/fail2ban/a.ts', '../services/call.ts'],
	['src/backend/files/a.ts', '../services/call.ts'],
	['src/backend/files/a.ts', 'node:child_process'],
	['src/backend/logs/a.ts', '../services/call.ts'],
	['src/backend/logs/a.ts', '../files/StatCache.ts'],
	['src/backend/logs/a.ts', 'node:child_process'],
	['src/backend/services/a.ts', 'node:fs'],
	['src/backend/services/a.ts', 'node:child_process'],
	['src/backend/services/a.ts', '../routes/params.ts'],
	['src/backend/services/a.ts', '@lydell/node-pty'],
	['src/backend/runs/a.ts', '../files/StatCache.ts'],
	['src/backend/routes/a.ts', '../files/StatCache.ts'],
	['src/backend/a.ts', 'node:child_process'],
	['src/backend/a.ts', '../cli/help.ts'],
	['src/backend/main.ts', '../cli/help.ts'],
	['src/backend/files/a.ts', '../../cli/help.ts'],
	['src/ui/a.ts', '../cli/help.ts'],
	['src/cli/a.ts', 'node:child_process'],
	['src/cli/a.ts', '../backend/services/call.ts'],
	['src/cli/a.ts', '../backend/startHelper.ts'],
];

const allowed: [file: string, imported: string][] = [
	['src/ui/b.ts', '../contract/types.ts'],
	['src/backend/config/b.ts', '../../contract/index.ts'],
	['src/backend/fail2ban/b.ts', 'node:child_process'],
	['src/backend/runs/b.ts', '@lydell/node-pty'],
	['src/backend/runs/b.ts', '../fail2ban/Fail2banCommands.ts'],
	['src/backend/files/b.ts', '../fail2ban/Fail2banServer.ts'],
	['src/backend/logs/b.ts', 'node:fs/promises'],
	['src/backend/services/b.ts', '../files/ConfigFiles.ts'],
	['src/cli/b.ts', '../backend/files/undoLast.ts'],
];

const nameOf = (file: string, imported: string) => file.replace('.ts', `${imported.replace(/\W+/g, '_')}.ts`);

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'pve-fail2ban-'));
	copyFileSync(path.join(top, 'biome.json'), path.join(folder, 'biome.json'));
	for (const [file, imported] of [...forbidden, ...allowed]) {
		mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
		writeFileSync(path.join(folder, nameOf(file, imported)), `import '${imported}';\n`);
	}
	try {
		linted = execFileSync(
			path.join(top, 'node_modules/.bin/biome'),
			['lint', '--only=style/noRestrictedImports', '--max-diagnostics=none', '.'],
			{ cwd: folder, encoding: 'utf8', stdio: 'pipe' },
		);
	} catch (error) {
		const { stdout, stderr } = error as { stdout: string; stderr: string };
		linted = stdout + stderr;
	}
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each(forbidden)('%s may not import %s', (file, imported) => {
	expect(linted).toContain(`${nameOf(file, imported)}:1`);
});

it.each(allowed)('%s may import %s', (file, imported) => {
	expect(linted).not.toContain(nameOf(file, imported));
});
