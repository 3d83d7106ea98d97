import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundlePython } from '../../../build/python/bundlePython.ts';
import { type PythonModule, pythonProgram } from '../../../src/backend/kit/PythonModule.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'pve-fail2ban-python-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

async function bundle(file: string): Promise<PythonModule> {
	const outfile = join(folder, `${basename(file)}.mjs`);
	await build({
		entryPoints: [resolve(folder, file)],
		outfile,
		bundle: true,
		format: 'esm',
		plugins: [bundlePython],
	});
	return (await import(pathToFileURL(outfile).href)).default as PythonModule;
}

function run(program: PythonModule, ...args: string[]) {
	return spawnSync('/usr/bin/python3', ['-I', '-c', pythonProgram(program), ...args], { encoding: 'utf8' });
}

it('runs a program with the modules beside it that it imports, each made once', async () => {
	write('shared.py', 'import json\nprint("made")\nNAMES = []\n');
	write('one.py', 'from shared import NAMES\nNAMES.append("one")\n');
	write('two.py', 'import shared\nshared.NAMES.append("two")\n');
	write(
		'main.py',
		'import sys\nimport one\nimport two\nfrom shared import NAMES\nprint(NAMES, __name__, sys.argv[1])\n',
	);
	const { stdout, stderr } = run(await bundle('main.py'), 'argument');
	expect(stderr).toBe('');
	expect(stdout).toBe("made\n['one', 'two'] __main__ argument\n");
});

it('keeps every sign of a text', async () => {
	const signs = String.raw`\n \\ ${'$'}{x} ${'`'} é 😀 \0`;
	write('main.py', `print(r'''${signs}''', '\\x1d\\n', "it's")\n`);
	expect(run(await bundle('main.py')).stdout).toBe(`${signs} \u001d\n it's\n`);
});

it('names the file and the line of a fault', async () => {
	write('broken.py', '"""A sentence\nover two lines."""\n\ndef work():\n    raise ValueError("why")\n');
	write('main.py', '"""A sentence."""\n\nfrom broken import work\n\nwork()\n');
	const { stderr } = run(await bundle('main.py'));
	expect(stderr).toContain('File "main.py", line 5');
	expect(stderr).toContain('File "broken.py", line 5');
	expect(stderr.trim().split('\n').at(-1)).toBe('ValueError: why');
});

it('is what Node gives to scripts that tsx runs', () => {
	const script = join(folder, 'script.mts');
	const python = fileURLToPath(new URL('../../../src/python/ban_times.py', import.meta.url));
	write(
		'script.mts',
		`import program from '${python}';\nconsole.log(program.name, program.imports[0].name);\n`,
	);
	const top = fileURLToPath(new URL('../../..', import.meta.url));
	const { stdout, stderr } = spawnSync(
		process.execPath,
		['--import', 'tsx', '--import', './build/python/register.ts', script],
		{ cwd: top, encoding: 'utf8' },
	);
	expect(stderr).toBe('');
	expect(stdout).toBe('ban_times database\n');
});

it('fits into one argument, for which Linux has 128 KiB', async () => {
	const sources = fileURLToPath(new URL('../../../src/python', import.meta.url));
	const files = readdirSync(sources).filter((name) => name.endsWith('.py'));
	for (const file of files) {
		expect(pythonProgram(await bundle(join(sources, file))).length, file).toBeLessThan(64 << 10);
	}
});
