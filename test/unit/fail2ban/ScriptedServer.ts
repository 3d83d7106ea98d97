import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePickle, END } from '../../../src/backend/fail2ban/pickle.ts';

/** What the fake does with a request: bytes to send, or anything with the connection. */
export type Answering = (words: string[], connection: Socket) => Buffer | undefined;

/** A unix socket that answers as the test says, to show what a faulty server does. */
export class ScriptedServer {
	readonly dir = mkdtempSync(join(tmpdir(), 'pve-fail2ban-fake-'));
	readonly path = join(this.dir, 'fail2ban.sock');
	/** Words of all requests, and the number of connections so far. */
	readonly requests: string[][] = [];
	connections = 0;
	readonly #sockets = new Set<Socket>();
	#server: Server | null = null;

	answer: Answering;

	constructor(answer: Answering) {
		this.answer = answer;
	}

	async listen(): Promise<this> {
		const server = createServer((socket) => this.#serve(socket));
		this.#server = server;
		await new Promise<void>((resolve) => server.listen(this.path, resolve));
		return this;
	}

	/** Ends the server and its connections; Node removes the socket. */
	async stop(): Promise<void> {
		const server = this.#server;
		this.#server = null;
		const closed = new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
		for (const socket of this.#sockets) socket.destroy();
		await closed;
	}

	async remove(): Promise<void> {
		await this.stop();
		rmSync(this.dir, { recursive: true });
	}

	#serve(socket: Socket): void {
		this.connections++;
		this.#sockets.add(socket);
		socket.on('close', () => this.#sockets.delete(socket));
		socket.on('error', () => {}); // the client may leave in the middle of an answer
		let received = Buffer.alloc(0);
		socket.on('data', (chunk) => {
			received = Buffer.concat([received, chunk]);
			for (let end = received.indexOf(END); end >= 0; end = received.indexOf(END)) {
				const request = received.subarray(0, end);
				received = received.subarray(end + END.length);
				if (request.includes('<F2B_CLOSE_COMMAND>')) {
					socket.end();
					return;
				}
				const words = decodePickle(request) as string[];
				this.requests.push(words);
				const bytes = this.answer(words, socket);
				if (bytes !== undefined) socket.write(bytes);
			}
		});
	}
}

/** `(0, value)`, as fail2ban answers. */
export function good(value: string): Buffer {
	const text = Buffer.from(`X____${value}`);
	text.writeUInt32LE(text.length - 5, 1);
	return Buffer.concat([Buffer.from([0x80, 5, 0x4b, 0]), text, Buffer.from([0x86, 0x2e]), END]);
}

/** `(1, exception)` */
export function bad(exception: string, message: string): Buffer {
	const [module, name] = exception.split(/\.(?=\w+$)/);
	return Buffer.concat([Buffer.from(`K\x01c${module}\n${name}\n(V${message}\ntR\x86.`, 'latin1'), END]);
}
