import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ClientCommands, type ClientOptions } from '../../../src/backend/fail2ban/ClientCommands.ts';
import type { CommandResult, RunOptions } from '../../../src/backend/fail2ban/Fail2banCommands.ts';

let dir: string;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'pve-fail2ban-client-'));
});
afterAll(() => {
	rmSync(dir, { recursive: true });
});

const good: CommandResult = { exit: 0, signal: null, stdout: '', stderr: '', timedOut: false };

/** Commands whose runs are noted instead of started; `answer` may change the world like the real ones do. */
function recorded(
	options: Partial<ClientOptions>,
	answer: (line: string) => Partial<CommandResult> = () => ({}),
) {
	const lines: string[] = [];
	const timeouts: (number | undefined)[] = [];
	const commands = new ClientCommands({
		run: async (program: string, args: readonly string[], { timeout }: RunOptions = {}) => {
			const line = [program, ...args].join(' ');
			lines.push(line);
			timeouts.push(timeout);
			return { ...good, ...answer(line) };
		},
		config: '/c',
		privateFolder: false,
		...options,
	});
	return { commands, lines, timeouts };
}

describe('on a node', () => {
	test('asks systemd to start and stop, and gives it the time it takes itself', async () => {
		const { commands, lines, timeouts } = recorded({});
		await commands.start();
		await commands.stop();
		await commands.restart({ timeout: 5 });
		expect(lines).toEqual(['start', 'stop', 'restart'].map((verb) => `systemctl ${verb} fail2ban.service`));
		expect(timeouts).toEqual([100_000, 100_000, 5]);
	});

	test('reloads by fail2ban-client', async () => {
		const { commands, lines } = recorded({});
		await commands.reload(['--restart', 'sshd']);
		await commands.reload([]);
		expect(lines).toEqual(['fail2ban-client -c /c reload --restart sshd', 'fail2ban-client -c /c reload']);
	});

	test('tests and dumps another folder without naming the running server', async () => {
		const { commands, lines } = recorded({ socket: '/s', pidfile: '/p', bin: '/b' }, () => ({
			stdout: "['set', 'sshd', 'maxretry', 5]\n",
			stderr: '2026-11-22 14:43:39,844 fail2ban WARNING allowipv6 not defined\n',
		}));
		await commands.test('/staged');
		expect(await commands.dump('/staged')).toEqual([['set', 'sshd', 'maxretry', 5]]);
		expect(lines).toEqual(['/b/fail2ban-client -c /staged -t', '/b/fail2ban-client -c /staged -d']);
	});

	test('gives a dump although one jail is faulty, and fails when there is none', async () => {
		const dump = { exit: 255, stdout: "['add', 'sshd', 'auto']\n" };
		expect(await recorded({}, () => dump).commands.dump('/c')).toEqual([['add', 'sshd', 'auto']]);
		const none = { exit: 255, stderr: 'ERROR the file is broken\n' };
		await expect(recorded({}, () => none).commands.dump('/c')).rejects.toThrow('the file is broken');
		const slow = { exit: null, timedOut: true, stdout: "['add', 'sshd', 'auto']\n" };
		await expect(recorded({}, () => slow).commands.dump('/c')).rejects.toThrow('in time');
	});
});

describe('on a private folder', () => {
	const paths = () => ({ socket: join(dir, 's.sock'), pidfile: join(dir, 's.pid'), privateFolder: true });
	const base = () => `fail2ban-client -c /c -s ${paths().socket} -p ${paths().pidfile}`;

	let server: Server | null = null;
	const listen = async () => {
		const listening = createServer((connection) => connection.destroy()).listen(paths().socket);
		server = listening;
		await once(listening, 'listening');
	};
	/** Ends the server; Node removes its socket. */
	const leave = () => new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
	afterEach(async () => {
		await leave();
		rmSync(paths().socket, { force: true });
		rmSync(paths().pidfile, { force: true });
		server = null;
	});

	test('starts a stopped server, and restarts it by a mere start', async () => {
		const { commands, lines } = recorded(paths());
		await commands.start();
		await commands.restart();
		expect(lines).toEqual([`${base()} start`, `${base()} start`]);
	});

	test('never forces the start while a server holds the socket', async () => {
		await listen();
		const { commands, lines } = recorded(paths(), () => ({ exit: 255 }));
		expect(await commands.start()).toMatchObject({ exit: 255 });
		expect(lines).toEqual([`${base()} start`]);
	});

	test('forces the start, and restarts by it, when nobody listens', async () => {
		writeFileSync(paths().socket, '');
		const { commands, lines } = recorded(paths());
		await commands.start();
		await commands.restart();
		expect(lines).toEqual([`${base()} -x start`, `${base()} -x start`]);
	});

	test('forces a start that failed on a server that was about to end', async () => {
		await listen();
		const { commands, lines } = recorded(paths(), (line) => {
			if (line.includes(' -x ')) return {};
			server?.close();
			writeFileSync(paths().socket, '');
			return { exit: 255 };
		});
		expect(await commands.start()).toMatchObject({ exit: 0 });
		expect(lines).toEqual([`${base()} start`, `${base()} -x start`]);
	});

	test('waits until a stopped server has left, and starts it only then', async () => {
		await listen();
		let leftAtStart: boolean | undefined;
		const { commands, lines } = recorded(paths(), (line) => {
			if (line.endsWith('stop')) setTimeout(leave, 120);
			else leftAtStart = !existsSync(paths().socket);
			return { stdout: `${line.split(' ').at(-1)}\n` };
		});
		expect(await commands.restart()).toMatchObject({ exit: 0, stdout: 'stop\nstart\n' });
		expect(lines).toEqual([`${base()} stop`, `${base()} start`]);
		expect(leftAtStart).toBe(true);
	});

	test('says that it timed out when the server does not leave, and does not start another', async () => {
		await listen();
		writeFileSync(paths().pidfile, `${process.pid}\n`);
		const { commands, lines } = recorded(paths());
		expect(await commands.restart({ timeout: 150 })).toMatchObject({ exit: null, timedOut: true });
		await leave();
		expect(await commands.stop({ timeout: 150 })).toMatchObject({ timedOut: true });
		expect(lines).toEqual([`${base()} stop`, `${base()} stop`]);
	});

	test('restarts a server that ended by itself before it could be stopped', async () => {
		await listen();
		const { commands, lines } = recorded(paths(), (line) => {
			if (!line.endsWith('stop')) return {};
			server?.close();
			return { exit: 255 };
		});
		expect(await commands.restart()).toMatchObject({ exit: 0 });
		expect(lines).toEqual([`${base()} stop`, `${base()} start`]);
	});

	test('does not start again what could not be stopped', async () => {
		await listen();
		const { commands, lines } = recorded(paths(), () => ({ exit: 255 }));
		expect(await commands.restart()).toMatchObject({ exit: 255 });
		expect(lines).toEqual([`${base()} stop`]);
	});
});
