import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('../../../src/python', import.meta.url));
const tests = readdirSync(here).filter((name) => name.endsWith('_test.py'));

it('has tests', () => {
	expect(tests).not.toEqual([]);
});

it.each(tests)('%s passes', async (name) => {
	const env = { ...process.env, PYTHONPATH: sources, PYTHONDONTWRITEBYTECODE: '1' };
	// a warning, such as for what the next release of Python drops, is a fault
	const { stderr } = await promisify(execFile)(
		'/usr/bin/python3',
		['-W', 'error', '-m', 'unittest', '-v', name],
		{
			cwd: here,
			env,
		},
	);
	expect(stderr).toMatch(/^OK$/m);
	expect(stderr).not.toMatch(/^Ran 0 tests/m);
});
