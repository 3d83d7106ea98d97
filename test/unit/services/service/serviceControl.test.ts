import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
	CommandResult,
	DumpCommand,
	Fail2banCommands,
} from '../../../../src/backend/fail2ban/Fail2banCommands.ts';
import type { RunningDifference } from '../../../../src/backend/files/compareRunning.ts';
import type { Task } from '../../../../src/backend/kit/caller.ts';
import { type Message, verbatim } from '../../../../src/backend/kit/message.ts';
import type { DeepComparison } from '../../../../src/backend/services/server/ConfigCheck.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { serviceControl } from '../../../../src/backend/services/service/serviceControl.ts';
import { admin, FakeConfig } from '../support/FakeConfig.ts';
import { FakeLog, FakeServer } from '../support/FakeServer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const good: CommandResult = { exit: 0, signal: null, stdout: 'OK', stderr: '', timedOut: false };
const bad: CommandResult = {
	...good,
	exit: 255,
	stdout: '',
	stderr: '2026 fail2ban [1]: ERROR   Unable to compile x\n',
};

const sshdDump: DumpCommand[] = [
	['add', 'sshd', 'polling'],
	['set', 'sshd', 'addlogpath', '/var/log/auth.log', 'tail'],
	['set', 'sshd', 'addaction', 'nft'],
	['start', 'sshd'],
];

/** A server with jail sshd, and commands that are written down and do what the test says. */
function service(
	answers: Partial<Record<'test' | 'reload' | 'restart' | 'start' | 'stop', () => CommandResult>> = {},
	fault: Message | null = null,
	/** What the deeper look finds at first. */
	differences: RunningDifference[] = [],
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
		dump: async () => parts.dump,
		reload: (args) => answer('reload', ['reload', ...args].join(' ')),
		start: () => answer('start', 'start'),
		stop: () => answer('stop', 'stop'),
		restart: () => answer('restart', 'restart'),
	};
	const log = new FakeLog();
	const locks: string[] = [];
	const lock = async (_user: string, what: Message) => {
		locks.push(String(what));
		return async () => void locks.push('released');
	};
	const figures = new ServerFigures(server, () => null, Date.now);
	const files = new FakeConfig();
	const expressionFault = async () => fault;
	const deep: DeepComparison = { stamp: () => '', differences: async () => differences.splice(0) };
	const { postService: post } = serviceControl({
		server,
		commands,
		files,
		figures,
		lock,
		expressionFault,
		deep,
		log,
		provisional: { refuseOther: () => {} },
		refuseLockout: async () => {},
		refuseReban: async () => {},
	});
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
	const parts = { server, called, log, locks, lines, run, dump: sshdDump };
	return parts;
}

describe('postService', () => {
	it.each(['start', 'restart'] as const)('%s: checks first, and that all jails run after', async (word) => {
		const { run, called, log, locks, lines } = service();
		expect(await run(word)).toBe('ok');
		expect(called).toEqual(['test', word]);
		expect(lines.at(-1)).toBe('1 jail runs.');
		expect(locks).toEqual([`${word} fail2ban`, 'released']);
		expect(log.lines).toEqual([expect.stringContaining(`(${word} fail2ban) to=done`)]);
	});

	it('refuses what fail2ban would fail on, with its words, and touches nothing', async () => {
		const { run, called } = service({ test: () => bad });
		await expect(run('restart')).rejects.toMatchObject({
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

	it('fails if a jail is missing after all that', async () => {
		const parts = service({
			restart: () => {
				parts.server.banned.delete('sshd');
				return good;
			},
		});
		expect(await parts.run('restart')).toBe("Jail 'sshd' is not running.");
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

	it('fails if the jail is not running after all that, and never touches another one', async () => {
		const parts = service({
			reload: () => {
				parts.server.banned.delete('sshd');
				return good;
			},
		});
		expect(await parts.run('reload', 'sshd')).toBe("Jail 'sshd' is not running.");
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
			"reload of jail 'sshd' failed: Unable to compile x Jail 'sshd' is not running.",
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
		const broken = service({}, verbatim("Unable to compile regular expression '('"));
		await expect(broken.run('reload', 'sshd')).rejects.toMatchObject({
			status: 400,
			code: 'bad-config',
			message: expect.stringContaining('Unable to compile'),
		});
		expect([...called, ...locks, ...broken.called, ...broken.locks]).toEqual([]);
	});
});

describe('reload of everything', () => {
	it('tells each jail by itself, and never all of them at once', async () => {
		const { run, called, log, locks, lines } = service();
		expect(await run('reload')).toBe('ok');
		expect(called).toEqual(['reload --if-exists sshd']);
		expect(lines.at(-1)).toBe('1 jail runs.');
		expect(locks).toEqual(['reload fail2ban', 'released']);
		expect(log.lines).toEqual([expect.stringContaining('(reload fail2ban) to=done')]);
	});

	it('restarts a jail whose actions changed', async () => {
		const words = { running: 'as loaded', configured: 'changed on disk' };
		const { run, called } = service({}, null, [{ jail: 'sshd', option: 'action nft: actionban', ...words }]);
		expect(await run('reload')).toBe('ok');
		expect(called).toEqual(['reload --restart --if-exists sshd']);
	});

	it('leaves a jail as it runs when fail2ban would fail on it, and says why', async () => {
		const { run, called, log } = service({}, verbatim('Unable to compile x'));
		expect(await run('reload')).toBe("Jail 'sshd' is left unchanged: Unable to compile x");
		expect(called).toEqual([]);
		expect(log.lines).toEqual([expect.stringContaining('to=failed')]);
	});

	it('stops a jail that is disabled, and keeps one that cannot be read', async () => {
		const { run, server, lines } = service();
		const stopped: string[] = [];
		const command = server.command;
		server.command = async (words) => {
			if (words[0] !== 'stop') return command(words);
			stopped.push(words[1] ?? '');
			server.banned.delete(words[1] ?? '');
			return null;
		};
		server.banned.set('recidive', []);
		expect(await run('reload')).toBe('ok');
		expect([stopped, lines[0]]).toEqual([['recidive'], 'stop recidive']);
		const broken = service({}, null, []);
		broken.dump = [['config-error', "Unable to read the filter 'sshd'"]];
		expect(await broken.run('reload')).toBe(
			"Jail 'sshd' keeps running unchanged: Unable to read the filter 'sshd'",
		);
		expect(broken.called).toEqual([]);
	});

	it('tells the server its own options before any jail', async () => {
		const { run, server, called, parts } = serverOptions({ loglevel: 'DEBUG' });
		expect(await run('reload')).toBe('ok');
		expect([parts, called]).toEqual([['set loglevel DEBUG'], ['reload --if-exists sshd']]);
		expect(server.banned.has('sshd')).toBe(true);
	});

	it('touches no jail when a reload of any would fail on an option of the server', async () => {
		const { run, called, parts } = serverOptions({ dbfile: '/b' });
		expect(await run('reload')).toBe(
			'Every reload would fail and stop its jail, because the configuration sets dbfile = /b: ' +
				'fail2ban uses another database only after a restart. Restart fail2ban first.',
		);
		expect([parts, called]).toEqual([[], []]);
	});
});

/** A service whose files say something else of the server than it runs with. */
function serverOptions(options: Record<string, string>) {
	const made = service();
	made.dump = [...Object.entries(options).map(([name, value]) => ['set', name, value]), ...sshdDump];
	const parts: string[] = [];
	const command = made.server.command;
	made.server.command = async (words) => {
		if (words[0] !== 'set') return command(words);
		parts.push(words.join(' '));
		return null;
	};
	return { ...made, parts };
}
