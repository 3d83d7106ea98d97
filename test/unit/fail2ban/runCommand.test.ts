import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../../src/backend/fail2ban/runCommand.ts';

const sh = (script: string, options?: Parameters<typeof runCommand>[2], ...args: string[]) =>
	runCommand('/bin/sh', ['-c', script, 'sh', ...args], options);

let dir: string;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'pve-fail2ban-run-'));
});
afterAll(() => {
	rmSync(dir, { recursive: true });
});

/** Whether the process whose id a script wrote into a file still runs. */
function runs(pidfile: string): boolean {
	const stat = `/proc/${readFileSync(pidfile, 'utf8').trim()}/stat`;
	return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

describe('runCommand', () => {
	test('gives exit code, output and errors apart', async () => {
		expect(await sh('echo out; echo err >&2; exit 255')).toEqual({
			exit: 255,
			signal: null,
			stdout: 'out\n',
			stderr: 'err\n',
			timedOut: false,
		});
	});

	test('hands arguments over untouched', async () => {
		const words = ['a b', '$(id)', '; ls', '', "'", 'ü'];
		const { stdout } = await sh(`printf '%s|' "$@"`, {}, ...words);
		expect(stdout).toBe(words.map((word) => `${word}|`).join(''));
	});

	test('gives no input and a clean environment', async () => {
		process.env.PYTHONPATH = '/evil';
		try {
			const { stdout } = await sh('cat; env');
			expect(stdout).toMatch(/^LANG=C\.UTF-8$/m);
			expect(stdout).toMatch(/^PATH=/m);
			expect(stdout).not.toMatch(/evil|NODE_|HOME=/);
		} finally {
			delete process.env.PYTHONPATH;
		}
	});

	test('hands out whole lines of both streams, also the last one without an end', async () => {
		const lines: string[] = [];
		await sh(
			'printf "on"; sleep 0.05; printf "e\\ntwo\\n"; echo err >&2; sleep 0.05; printf "l\\303"; sleep 0.05; printf "\\274st"',
			{
				onLine: (line) => lines.push(line),
			},
		);
		expect(lines).toEqual(['one', 'two', 'err', 'lüst']);
	});

	test('ends a program at its time-out, with all that it started', async () => {
		const pidfile = join(dir, 'child');
		const result = await sh('sleep 60 & echo $! > "$1"; echo begun; wait', { timeout: 1000 }, pidfile);
		expect(result).toMatchObject({ exit: null, signal: 'SIGTERM', timedOut: true, stdout: 'begun\n' });
		expect(runs(pidfile)).toBe(false);
	});

	test('kills a program that ignores the end', async () => {
		const pidfile = join(dir, 'stubborn');
		const result = await sh(
			'trap "" TERM; echo $$ > "$1"; while :; do sleep 0.1; done',
			{ timeout: 1000 },
			pidfile,
		);
		expect(result).toMatchObject({ signal: 'SIGKILL', timedOut: true });
		expect(runs(pidfile)).toBe(false);
	});

	test('ends a program when the signal aborts', async () => {
		const pidfile = join(dir, 'aborted');
		const controller = new AbortController();
		const run = sh(
			'echo $$ > "$1"; echo begun; sleep 60',
			{ signal: controller.signal, onLine: () => controller.abort() },
			pidfile,
		);
		await expect(run).rejects.toMatchObject({ code: 'aborted' });
		expect(runs(pidfile)).toBe(false);
		await expect(sh('true', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
	});

	test('ends a program that prints without end', async () => {
		await expect(sh('yes')).rejects.toMatchObject({ code: 'too-much-output' });
		await expect(sh('yes >&2')).rejects.toMatchObject({ code: 'too-much-output' });
	});

	test('does not wait for a daemon that keeps the output open', async () => {
		const pidfile = join(dir, 'daemon');
		const result = await sh('setsid sleep 60 & echo $! > "$1"; echo started', {}, pidfile);
		try {
			expect(result).toMatchObject({ exit: 0, stdout: 'started\n', timedOut: false });
			expect(runs(pidfile)).toBe(true);
		} finally {
			process.kill(Number(readFileSync(pidfile, 'utf8')), 'SIGKILL');
		}
	});

	test('says that a program cannot be started', async () => {
		const absent = join(dir, 'absent');
		await expect(runCommand(absent, [])).rejects.toMatchObject({
			code: 'not-started',
			message: `${absent} is not installed.`,
			text: { data: { id: '{0} is not installed.', args: [absent] } },
		});
		await expect(runCommand(dir, [])).rejects.toMatchObject({
			code: 'not-started',
			message: `${dir} cannot be started: it is not executable.`,
		});
	});
});
