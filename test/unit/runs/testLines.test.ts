import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../src/backend/fail2ban/Fail2banCommands.ts';
import { createTestLines, type TestTask } from '../../../src/backend/runs/testLines.ts';

const task: TestTask = {
	source: { kind: 'text', text: 'x' },
	limit: 10,
	filter: {
		prefregex: '',
		failregex: ['(a+)+$'],
		ignoreregex: [],
		datepattern: '',
		maxlines: 1,
		usedns: 'no',
		logtimezone: '',
		encoding: 'UTF-8',
	},
	show: 'all',
	shown: 10,
};

const died = { exit: null, signal: null, stdout: '', stderr: '', timedOut: false };
const ended = (how: Partial<CommandResult>) =>
	createTestLines(async () => ({ ...died, ...how }), 'python3')(task);

describe('a test that could not answer any more', () => {
	it.each([
		['cpu', { signal: 'SIGXCPU' }],
		['memory', { signal: 'SIGKILL' }],
		['memory', { exit: 1, stderr: 'Traceback (most recent call last):\nMemoryError\n' }],
		['time', { signal: 'SIGKILL', timedOut: true }],
	] as const)('is reported as stopped for %s', async (stopped, how) => {
		const report = await ended(how);
		expect(report).toMatchObject({ stopped, lines: [], failregex: [{ regex: '(a+)+$', hits: 0 }] });
	});

	it('is a failure where no limit was the cause', async () => {
		await expect(ended({ exit: 1, stderr: 'ImportError: no fail2ban\n' })).rejects.toThrow(
			'The test failed: ImportError: no fail2ban',
		);
	});
});
