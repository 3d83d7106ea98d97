import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { SocketServer } from '../../../src/backend/fail2ban/SocketServer.ts';
import { type Answering, bad, good, ScriptedServer } from './ScriptedServer.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
	for (const act of undo.splice(0).reverse()) await act();
});

async function fake(answer: Answering): Promise<ScriptedServer> {
	const server = await new ScriptedServer(answer).listen();
	undo.push(() => server.remove());
	return server;
}

function clientOf(path: string, options: { maxAnswer?: number } = {}): SocketServer {
	const client = new SocketServer({ path, ...options });
	undo.push(() => client.close());
	return client;
}

/** A process that listens with room for one connection and takes none, as a stopped server does. */
async function frozen(path: string): Promise<void> {
	const script = `import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(1); print('ready', flush=True); sys.stdin.read()`;
	const child = spawn('/usr/bin/python3', ['-I', '-c', script, path]);
	undo.push(async () => {
		child.kill('SIGKILL');
		await once(child, 'exit');
	});
	await once(child.stdout, 'data');
}

describe('answers', () => {
	test('come in the order of the commands, a refusal in its place', async () => {
		const { path } = await fake(([word, arg]) =>
			word === 'bad' ? bad('fail2ban.exceptions.UnknownJailException', 'nope') : good(arg ?? ''),
		);
		const answers = await clientOf(path).pipeline([['echo', 'a'], ['bad'], ['echo', 'c']]);
		expect(answers[0]).toBe('a');
		expect(answers[1]).toMatchObject({ code: 'refused', message: "Jail 'nope' is not running." });
		expect(answers[2]).toBe('c');
	});

	test('belong to their calls when many are made at once, over one connection', async () => {
		const server = await fake(([, arg]) => good(arg ?? ''));
		const client = clientOf(server.path);
		const words = Array.from({ length: 200 }, (_, i) => `call ${i}`);
		expect(await Promise.all(words.map((word) => client.command(['echo', word])))).toEqual(words);
		expect(server.connections).toBe(1);
	});

	test('are put together from single bytes', async () => {
		const { path } = await fake((_, connection) => {
			void (async () => {
				for (const byte of good('slowly')) {
					connection.write(Buffer.from([byte]));
					await sleep(1);
				}
			})();
			return undefined;
		});
		expect(await clientOf(path).command(['ping'])).toBe('slowly');
	});

	test('may hold the terminator in a text', async () => {
		const { path } = await fake(() => good('a<F2B_END_COMMAND>b'));
		const client = clientOf(path);
		expect(await client.pipeline([['ping'], ['ping']])).toEqual([
			'a<F2B_END_COMMAND>b',
			'a<F2B_END_COMMAND>b',
		]);
	});

	test('of no command are none', async () => {
		expect(await clientOf('/nowhere').pipeline([])).toEqual([]);
	});
});

describe('a faulty server', () => {
	test.each([
		['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
		['a pickle that takes from an empty stack', Buffer.from('\x85.<F2B_END_COMMAND>')],
		['something else than value or error', Buffer.from('K\x07.<F2B_END_COMMAND>')],
	])('that sends %s gives a protocol error', async (_, bytes) => {
		const { path } = await fake(() => bytes);
		await expect(clientOf(path).command(['ping'])).rejects.toMatchObject({ code: 'protocol' });
	});

	test('that sends without end is cut off at the bound', async () => {
		const { path } = await fake((_, connection) => {
			const more = () => {
				while (!connection.destroyed && connection.write(Buffer.alloc(10_000, 'N')));
			};
			connection.on('drain', more);
			more();
			return undefined;
		});
		await expect(clientOf(path, { maxAnswer: 100_000 }).command(['ping'])).rejects.toMatchObject({
			code: 'protocol',
		});
	});

	test('that answers unasked loses the connection, and the next call has its own answer', async () => {
		const server = await fake(([, arg]) =>
			arg === 'twice' ? Buffer.concat([good('1'), good('2')]) : good('own'),
		);
		const client = clientOf(server.path);
		await client.command(['echo', 'twice']);
		expect(await client.command(['echo'])).toBe('own');
		expect(server.connections).toBe(2);
	});

	test('is told apart from a refusal that it puts in plain words', async () => {
		const { path } = await fake(() => Buffer.from('VERROR: cannot pickle\n.<F2B_END_COMMAND>'));
		await expect(clientOf(path).command(['get', 'x'])).rejects.toMatchObject({
			code: 'refused',
			message: 'cannot pickle',
		});
	});

	test('that stops says so', async () => {
		const { path } = await fake(() => Buffer.from('](VSHUTDOWN\ne.<F2B_END_COMMAND>'));
		await expect(clientOf(path).command(['ping'])).rejects.toMatchObject({ code: 'not-running' });
	});
});

describe('deadlines', () => {
	test('end a call that is not answered, and the late answer goes to nobody', async () => {
		const server = await fake(([, arg], connection) => {
			if (arg !== 'late') return good(arg ?? '');
			setTimeout(() => connection.write(good('late')), 100);
			return undefined;
		});
		const client = clientOf(server.path);
		const late = client.command(['echo', 'late'], { timeout: 50 });
		const next = client.command(['echo', 'next']);
		await expect(late).rejects.toMatchObject({ code: 'timeout' });
		expect(await next).toBe('next');
		await sleep(100);
		expect(await client.command(['echo', 'last'])).toBe('last');
	});

	test('count while a call waits for earlier ones; it is then never sent', async () => {
		const server = await fake(() => undefined);
		const client = clientOf(server.path);
		const first = client.command(['ping'], { timeout: 300 });
		await expect(client.command(['set', 'x', 'banip', '192.0.2.1'], { timeout: 50 })).rejects.toMatchObject({
			code: 'timeout',
		});
		await expect(first).rejects.toMatchObject({ code: 'timeout' });
		expect(server.requests).toEqual([['ping']]);
	});

	test('end a partial answer', async () => {
		const { path } = await fake(() => good('never whole').subarray(0, 12));
		await expect(clientOf(path).command(['ping'], { timeout: 50 })).rejects.toMatchObject({
			code: 'timeout',
		});
	});

	test('end calls to a server that takes no connection', async () => {
		const { dir } = await fake(() => undefined);
		const path = join(dir, 'frozen.sock');
		await frozen(path);
		// The first ones fill its queue of connections, later ones meet EAGAIN.
		for (let i = 0; i < 4; i++) {
			await expect(clientOf(path).command(['ping'], { timeout: 50 })).rejects.toMatchObject({
				code: 'timeout',
			});
		}
	});
});

describe('a server that comes and goes', () => {
	test('is not running when the socket is absent', async () => {
		const { dir } = await fake(() => undefined);
		const call = clientOf(join(dir, 'absent.sock')).command(['ping'], { timeout: 60_000 });
		await expect(call).rejects.toMatchObject({ code: 'not-running', message: 'fail2ban is not running.' });
	});

	test('is not running when nobody listens on its socket', async () => {
		const { dir } = await fake(() => undefined);
		const path = join(dir, 'stale.sock');
		const child = spawn('/usr/bin/python3', [
			'-I',
			'-c',
			'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])',
			path,
		]);
		await once(child, 'exit');
		expect(existsSync(path)).toBe(true);
		await expect(clientOf(path).command(['ping'], { timeout: 60_000 })).rejects.toMatchObject({
			code: 'not-running',
		});
	});

	test('is found again after a restart between two calls', async () => {
		const server = await fake(() => good('pong'));
		const client = clientOf(server.path);
		await client.command(['ping']);
		await server.stop();
		await expect(client.command(['ping'])).rejects.toMatchObject({ code: 'not-running' });
		await server.listen();
		expect(await client.command(['set', 'x', 'banip', '192.0.2.1'])).toBe('pong');
		expect(server.requests.filter(([word]) => word === 'set')).toHaveLength(1);
	});

	test('is asked again when it breaks off before it answered a question', async () => {
		let breaks = 1;
		const server = await fake((_, connection) => (breaks-- > 0 ? void connection.destroy() : good('pong')));
		expect(await clientOf(server.path).command(['ping'])).toBe('pong');
		expect(server.requests).toHaveLength(2);
	});

	test('is not told a change twice when it breaks off', async () => {
		const server = await fake((_, connection) => void connection.destroy());
		const call = clientOf(server.path).command(['set', 'x', 'unbanip', '192.0.2.1']);
		await expect(call).rejects.toMatchObject({ code: 'disconnected' });
		expect(server.requests).toHaveLength(1);
	});

	test('is not asked for ever when it always breaks off', async () => {
		const server = await fake((_, connection) => void connection.destroy());
		await expect(clientOf(server.path).command(['ping'])).rejects.toMatchObject({ code: 'disconnected' });
		expect(server.requests).toHaveLength(3);
	});
});

describe('close', () => {
	test('fails what waits, says good-bye, and the next call connects anew', async () => {
		const server = await fake(([, arg]) => (arg === 'never' ? undefined : good('pong')));
		const client = clientOf(server.path);
		await client.command(['echo']);
		const calls = [client.command(['echo', 'never']), client.command(['echo', 'queued'])];
		await sleep(20);
		client.close();
		for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'disconnected' });
		expect(await client.command(['echo'])).toBe('pong');
		expect(server.connections).toBe(2);
		expect(server.requests).not.toContainEqual(['echo', 'queued']);
	});
});

describe('counters', () => {
	const status = (banned: number) =>
		Buffer.from(
			`K\x00](VFilter\n](VCurrently failed\nI1\n\x86VTotal failed\nI2\n\x86e\x86VActions\n](VCurrently banned\nI${banned}\n\x86VTotal banned\nI4\n\x86e\x86e\x86.<F2B_END_COMMAND>`,
			'latin1',
		);

	test('come from the short status where the server is older than stats; a jail that is gone is left out', async () => {
		const server = await fake(([word, jail]) => {
			if (word === 'version') return good('1.0.2');
			return jail === 'gone' ? bad('fail2ban.exceptions.UnknownJailException', 'gone') : status(3);
		});
		const row = { failed: 1, totalFailed: 2, banned: 3, totalBanned: 4 };
		expect(await clientOf(server.path).counters(['a', 'gone', 'b'])).toEqual([
			{ jail: 'a', ...row },
			{ jail: 'b', ...row },
		]);
		expect(server.requests).toContainEqual(['status', 'gone', 'short']);
	});

	test('come from stats where the server has it, asked once for each server', async () => {
		const stats = '}Va\n](Vpolling\n(I1\nI2\ntI0\nI0\n\x86es';
		const server = await fake(([word]) =>
			word === 'version' ? good('1.1.0') : Buffer.from(`K\x00${stats}\x86.<F2B_END_COMMAND>`, 'latin1'),
		);
		const client = clientOf(server.path);
		for (let i = 0; i < 2; i++) {
			expect(await client.counters(['a', 'gone'])).toEqual([
				{ jail: 'a', failed: 1, totalFailed: 2, banned: 0, totalBanned: 0 },
			]);
		}
		expect(server.requests).toEqual([['version'], ['stats'], ['stats']]);
		server.answer = ([word]) => {
			if (word === 'stats') return bad('builtins.Exception', 'Invalid command');
			return word === 'version' ? good('1.0.2') : status(5);
		};
		await server.stop();
		await server.listen();
		expect(await client.counters(['a'])).toEqual([
			{ jail: 'a', failed: 1, totalFailed: 2, banned: 5, totalBanned: 4 },
		]);
	});
});
