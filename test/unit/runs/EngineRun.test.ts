import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EngineRun } from '../../../src/backend/runs/EngineRun.ts';
import type { RunProcess } from '../../../src/backend/runs/RunProcess.ts';

class FakeProcess implements RunProcess {
	/** No process has it: the kernel's highest number is 2^22. */
	pid = 2 ** 30;
	output: (text: string) => void = () => {};
	exit: (end: { exit: number; signal: number | null }) => void = () => {};
	closed = 0;
	onOutput(listener: FakeProcess['output']) {
		this.output = listener;
	}
	onExit(listener: FakeProcess['exit']) {
		this.exit = listener;
	}
	close() {
		this.closed++;
	}
}

/** Processes of a group that still run; one that has ended but was not waited for yet is none. */
function livingMembers(group: number): string[] {
	const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`));
	return stats.filter((id) => {
		const [state, , ofGroup] = statOf(id);
		return Number(ofGroup) === group && state !== 'Z' && state !== 'X';
	});
}

/** State, parent and group of a process; empty if it has gone meanwhile. */
function statOf(id: string): string[] {
	try {
		const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	} catch {
		return [];
	}
}

function started() {
	const process = new FakeProcess();
	const run = new EngineRun(process);
	const lines: string[] = [];
	run.join((line) => lines.push(line));
	return { process, run, lines };
}

describe('Run', () => {
	it('tells whole lines, whatever the pieces and the terminal’s line ends', async () => {
		const { process, run, lines } = started();
		for (const text of ['on', 'e\r', '\ntwo\r\r\n', '\r\nthr', 'ee']) process.output(text);
		process.exit({ exit: 0, signal: null });
		expect(await run.ended).toEqual({ exit: 0, signal: null, stopped: null, last: 'three' });
		expect(lines).toEqual(['one', 'two', '', 'three']);
	});

	it('replays at most 1,000 lines to those who join later', () => {
		const { process, run } = started();
		for (let n = 0; n < 1500; n++) process.output(`${n}\r\n`);
		const late: string[] = [];
		const leave = run.join((line) => late.push(line));
		expect(late).toHaveLength(1000);
		expect(late[0]).toBe('500');
		process.output('more\r\n');
		leave();
		process.output('unheard\r\n');
		expect(late.at(-1)).toBe('more');
	});

	it('bounds a line that never ends, and all output', async () => {
		const { process, run, lines } = started();
		process.output('x'.repeat(5000));
		process.output('\r\n');
		expect(lines).toEqual(['x'.repeat(2000)]);
		for (let n = 0; n < 20; n++) process.output(`${'y'.repeat(100_000)}\r\n`);
		const told = lines.length;
		process.output('too late\r\n');
		expect(lines).toHaveLength(told);
		process.exit({ exit: 1, signal: null });
		expect((await run.ended).stopped).toMatch(/^more than \d+ characters of output$/);
	});

	it('ends the whole group, for the first reason given', async () => {
		const child = spawn('sh', ['-c', 'sleep 60 & sleep 60'], { detached: true, stdio: 'ignore' });
		const process = new FakeProcess();
		process.pid = child.pid as number;
		const run = new EngineRun(process);
		child.on('exit', (exit) => process.exit({ exit: exit ?? 0, signal: 15 }));
		run.stop('one');
		run.stop('two');
		expect(await run.ended).toMatchObject({ stopped: 'one', signal: 15 });
		await expect.poll(() => livingMembers(process.pid), { timeout: 10_000 }).toEqual([]);
		run.stop('three');
		expect((await run.ended).stopped).toBe('one');
	});
});
