import { setTimeout as sleep } from 'node:timers/promises';
import { ServerError } from './Fail2banServer.ts';
import { ServerConnection } from './ServerConnection.ts';

export interface QueueOptions {
	/** Path of fail2ban's socket. */
	path: string;
	/** Bytes that one answer may take; default 64 MiB. */
	maxAnswer?: number;
	/**
	 * Milliseconds in which a socket that nobody listens on may still come alive, as one does between bind and
	 * listen of a starting server; default 250.
	 */
	refusedGrace?: number;
}

/** One call: requests that are written together, and their answers. */
export interface Call {
	requests: Buffer;
	count: number;
	/** Nothing changes if it runs twice. */
	repeatable: boolean;
	/** Milliseconds from now for everything, waiting for earlier calls included. */
	timeout: number;
}

interface Job extends Call {
	settled: boolean;
	abort: AbortController;
	resolve: (answers: Buffer[]) => void;
	reject: (error: unknown) => void;
}

const LARGE = 64 * 1024;
const MAX_ATTEMPTS = 3;

/**
 * Calls to the server, one after the other over one connection. The server works one command at a time, so
 * nothing is lost by writing a call only once the one before is answered; but a call that waits in vain then
 * takes no other with it, and it is known whether the server ever saw it.
 */
export class ServerQueue {
	readonly #options: Required<QueueOptions>;
	readonly #jobs: Job[] = [];
	#current: Job | null = null;
	#working = false;
	#connection: ServerConnection | null = null;

	constructor(options: QueueOptions) {
		this.#options = { maxAnswer: 64 * 1024 * 1024, refusedGrace: 250, ...options };
	}

	/** The connection in use, to tell a server from its successor; null if there is none. */
	get connection(): object | null {
		return this.#connection?.open ? this.#connection : null;
	}

	/** The undecoded answers of a call. Rejects with ServerError. */
	call(call: Call): Promise<Buffer[]> {
		return new Promise((resolve, reject) => {
			const settle =
				<T>(act: (value: T) => void) =>
				(value: T) => {
					if (job.settled) return;
					job.settled = true;
					clearTimeout(timer);
					act(value);
				};
			const job: Job = {
				...call,
				settled: false,
				abort: new AbortController(),
				resolve: settle(resolve),
				reject: settle(reject),
			};
			const timer = setTimeout(() => this.#expire(job), call.timeout);
			this.#jobs.push(job);
			void this.#work();
		});
	}

	/** Closes the connection. Calls still under way or waiting fail with 'disconnected'. */
	close(): void {
		const error = new ServerError('disconnected', 'The connection to fail2ban was closed.');
		for (const job of [...(this.#current ? [this.#current] : []), ...this.#jobs.splice(0)]) {
			job.reject(error);
			job.abort.abort();
		}
		this.#connection?.close();
		this.#connection = null;
	}

	#expire(job: Job): void {
		const error = new ServerError('timeout', `fail2ban did not answer within ${job.timeout / 1000} s.`);
		job.reject(error);
		job.abort.abort();
		const waiting = this.#jobs.indexOf(job);
		if (waiting >= 0) this.#jobs.splice(waiting, 1);
		// Its late answer must not be taken for that of the next call.
		if (this.#current === job) this.#connection?.destroy(error);
	}

	async #work(): Promise<void> {
		if (this.#working) return;
		this.#working = true;
		for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
			this.#current = job;
			await this.#serve(job);
			this.#current = null;
		}
		this.#working = false;
	}

	async #serve(job: Job): Promise<void> {
		for (let attempt = 1; !job.settled; attempt++) {
			let connection: ServerConnection | null = null;
			try {
				connection = await this.#connected(job);
				if (job.settled) return;
				const answers = await connection.exchange(job.requests, job.count);
				const size = answers.reduce((sum, answer) => sum + answer.length, 0);
				// The next call is written before a large answer is decoded, so the server works meanwhile.
				if (size > LARGE) setImmediate(() => job.resolve(answers));
				else job.resolve(answers);
				return;
			} catch (error) {
				const broken = error instanceof ServerError && error.code === 'disconnected' && connection !== null;
				const mayRepeat = job.repeatable || (job.count === 1 && connection?.unread === true);
				if (!broken || !mayRepeat || attempt === MAX_ATTEMPTS) job.reject(error);
			}
		}
	}

	async #connected(job: Job): Promise<ServerConnection> {
		if (this.#connection?.open) return this.#connection;
		this.#connection = null;
		const { path, maxAnswer, refusedGrace } = this.#options;
		const began = Date.now();
		for (let pause = 5; ; pause = Math.min(2 * pause, 50)) {
			try {
				this.#connection = await ServerConnection.open(path, maxAnswer, job.abort.signal);
				return this.#connection;
			} catch (error) {
				if (error instanceof ServerError) throw error;
				const { code, message } = error as NodeJS.ErrnoException;
				// listen(1): the server's queue is full of connections that it has not taken yet.
				const full = code === 'EAGAIN';
				const starting = code === 'ECONNREFUSED' && Date.now() - began < refusedGrace;
				if (!full && !starting) throw new ServerError('not-running', notRunning(code, message));
			}
			await sleep(pause, undefined, { signal: job.abort.signal });
		}
	}
}

function notRunning(code: string | undefined, message: string): string {
	if (code === 'ENOENT') return 'fail2ban is not running.';
	if (code === 'ECONNREFUSED') return 'fail2ban is not running; it left its socket behind.';
	return `fail2ban's socket cannot be reached: ${message}`;
}
