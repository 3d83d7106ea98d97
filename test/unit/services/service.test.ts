import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task } from '../../../src/backend/caller.ts';
import type { CommandResult, Fail2banCommands } from '../../../src/backend/fail2ban/Fail2banCommands.ts';
import { ServerFigures } from '../../../src/backend/services/serverFigures.ts';
import { postServiceService } from '../../../src/backend/services/service.ts';
import { admin, FakeConfig } from './support/FakeConfig.ts';
import { FakeLog, FakeServer } from './support/FakeServer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const good: CommandResult = { exit: 0, signal: null, stdout: 'OK', stderr: '', timedOut: false };
const bad: CommandResult = {
	...good,
	exit: 255,
	stdout: '',
	stderr: '2026 fail2ban [1]: ERROR   Unable to compile x\n',
};

/** A server with jail sshd, and commands that are written down and do what the test says. */
function service(
	answers: Partial<Record<'test' | 'reload' | 'restart' | 'start' | 'stop', () => CommandResult>> = {},
	fault: string | null = null,
) {
	const server = new FakeServer({ sshd: [] });
	const command = server.command.bind(server);
	server.command = async (words) => (words[2] === 'actions' ? ['nft'] : command(words));
	const called: string[] = [];
	const answer = (name: keyof typeof answers, words: string) => {
		called.push(words);
		return Promise.resolve(answers[name]?.() ?? good);
	};
	const commands: Fail2banCommands = {
		test: () => answer('test', 'test'),
		dump: async () => [
			['add', 'sshd', 'polling'],
			['set', 'sshd', 'addlogpath', '/var/log/auth.log', 'tail'],
			['set', 'sshd', 'addaction', 'nft'],
			['start', 'sshd'],
		],
		reload: (args) => answer('reload', ['reload', ...args].join(' ')),
		start: () => answer('start', 'start'),
		stop: () => answer('stop', 'stop'),
		restart: () => answer('restart', 'restart'),
	};
	const log = new FakeLog();
	const locks: string[] = [];
	const lock = async (_user: string, what: string) => {
		locks.push(what);
		return async () => void locks.push('released');
	};
	const figures = new ServerFigures(server, () => null, Date.now);
	const files = new FakeConfig();
	const expressionFault = async () => fault;
	const post = postServiceService({ server, commands, files, figures, lock, expressionFault, log });
	const lines: string[] = [];
	const run = async (word: 'start' | 'stop' | 'restart' | 'reload', jail?: string) => {
		const params = { command: word, ...(jail !== undefined && { jail }) };
		const { task } = (await post({ params, caller: admin })) as { task: Task };
		// listened to before the clock moves, so that a failure has somewhere to go
		const outcome = task
			.run((line) => lines.push(line), new AbortController().signal)
			.then(
				() => 'ok',
				(error: Error) => error.message,
			);
		await vi.advanceTimersByTimeAsync(60_000);
		return outcome;
	};
	return { server, called, log, locks, lines, run };
}

describe('postService', () => {
	it.each(['start', 'restart', 'reload'] as const)(
		'%s: checks first, and that all jails run after',
		async (word) => {
			const { run, called, log, locks, lines } = service();
			expect(await run(word)).toBe('ok');
			expect(called).toEqual(['test', word]);
			expect(lines.at(-1)).toBe('1 jail runs.');
			expect(locks).toEqual([`${word} fail2ban`, 'released']);
			expect(log.lines).toEqual([expect.stringContaining(`(${word} fail2ban) to=done`)]);
		},
	);

	it('refuses what fail2ban would fail on, with its words, and touches nothing', async () => {
		const { run, called } = service({ test: () => bad });
		await expect(run('reload')).rejects.toMatchObject({
			status: 400,
			message: expect.stringContaining('Unable to compile x'),
		});
		expect(called).toEqual(['test']);
	});

	it('stops without a check', async () => {
		const { run, called } = service({ test: () => bad });
		expect(await run('stop')).toBe('ok');
		expect(called).toEqual(['stop']);
	});

	it('reloads again when a good reload left fewer jails', async () => {
		let reloads = 0;
		const parts = service({
			reload: () => {
				reloads++;
				if (reloads === 1) parts.server.banned.delete('sshd');
				else parts.server.banned.set('sshd', []);
				return good;
			},
		});
		expect(await parts.run('reload')).toBe('ok');
		expect(parts.called).toEqual(['test', 'reload', 'reload']);
		expect(parts.lines).toContain("Jail 'sshd' does not run.");
	});

	it('restarts as the last resort, and fails if a jail is still missing', async () => {
		const parts = service({
			reload: () => {
				parts.server.banned.delete('sshd');
				return good;
			},
		});
		expect(await parts.run('reload')).toBe("Jail 'sshd' does not run.");
		expect(parts.called).toEqual(['test', 'reload', 'reload', 'restart']);
		expect(parts.log.lines).toEqual([expect.stringContaining('to=failed')]);
		expect(parts.locks.at(-1)).toBe('released');
	});

	it('fails with what fail2ban said', async () => {
		const { run } = service({ start: () => bad });
		expect(await run('start')).toBe('start failed: Unable to compile x');
	});

	it.each([
		['reload', 'reload --if-exists sshd'],
		['restart', 'reload --restart --if-exists sshd'],
	] as const)(
		'%s of one jail: tells only that jail, and that it runs with its actions',
		async (word, sent) => {
			const { run, called, locks, log, lines } = service();
			expect(await run(word, 'sshd')).toBe('ok');
			expect(called).toEqual([sent]);
			expect(lines.at(-1)).toBe("Jail 'sshd' runs with its actions.");
			expect(locks).toEqual([`${word} jail sshd`, 'released']);
			expect(log.lines).toEqual([expect.stringContaining(`(${word} jail sshd) to=done`)]);
		},
	);

	it('restarts a jail that a reload left without actions', async () => {
		let actions = true;
		const parts = service({
			reload: () => {
				actions = parts.called.at(-1)?.includes('--restart') ?? false;
				return good;
			},
		});
		const command = parts.server.command.bind(parts.server);
		parts.server.command = async (words) => (words[2] === 'actions' && !actions ? [] : command(words));
		expect(await parts.run('reload', 'sshd')).toBe('ok');
		expect(parts.called).toEqual(['reload --if-exists sshd', 'reload --restart --if-exists sshd']);
		expect(parts.lines).toContain("Jail 'sshd' runs without its actions.");
	});

	it('fails if the jail does not run after all that, and never touches another one', async () => {
		const parts = service({
			reload: () => {
				parts.server.banned.delete('sshd');
				return good;
			},
		});
		expect(await parts.run('reload', 'sshd')).toBe("Jail 'sshd' does not run.");
		expect(parts.called.filter((words) => !words.includes('--if-exists sshd'))).toEqual([]);
		expect(parts.locks.at(-1)).toBe('released');
	});

	it('says what fail2ban said, and whether the jail is still there', async () => {
		const parts = service({
			reload: () => {
				parts.server.banned.delete('sshd');
				return bad;
			},
		});
		expect(await parts.run('reload', 'sshd')).toBe(
			"reload of jail 'sshd' failed: Unable to compile x Jail 'sshd' does not run.",
		);
	});

	it('refuses a jail that is not there, is disabled, or would not start, and tells nothing to the server', async () => {
		const { run, called, locks } = service();
		await expect(run('reload', 'nojail')).rejects.toMatchObject({ status: 404 });
		await expect(run('restart', 'recidive')).rejects.toMatchObject({
			status: 400,
			errors: { jail: "Jail 'recidive' is disabled; enable it first." },
		});
		await expect(run('stop', 'sshd')).rejects.toMatchObject({
			status: 400,
			errors: { command: 'One jail can only be reloaded or restarted.' },
		});
		const broken = service({}, "Unable to compile regular expression '('");
		await expect(broken.run('reload', 'sshd')).rejects.toMatchObject({
			status: 400,
			code: 'bad-config',
			message: expect.stringContaining('Unable to compile'),
		});
		expect([...called, ...locks, ...broken.called, ...broken.locks]).toEqual([]);
	});
});
