import { connect, type Socket } from 'node:net';
import { AnswerStream } from './AnswerStream.ts';
import { ServerError } from './Fail2banServer.ts';
import { CLOSE } from './pickle.ts';

interface Exchange {
	left: number;
	answers: Buffer[];
	resolve: (answers: Buffer[]) => void;
	reject: (error: ServerError) => void;
}

/** One open connection to fail2ban's socket; one exchange at a time. */
export class ServerConnection {
	/** Set when the other side refused our bytes: it cannot have run a command whose end it never took. */
	unread = false;
	#open = true;
	#exchange: Exchange | null = null;
	readonly #socket: Socket;
	readonly #stream: AnswerStream;

	private constructor(socket: Socket, maxAnswer: number) {
		this.#socket = socket;
		this.#stream = new AnswerStream(maxAnswer);
		socket.on('data', (chunk) => this.#receive(chunk));
		socket.on('error', (error: NodeJS.ErrnoException) => {
			this.unread = error.code === 'EPIPE';
			this.#fail(new ServerError('disconnected', `The connection to fail2ban broke: ${error.message}`));
		});
		socket.on('close', () => this.#fail(new ServerError('disconnected', 'fail2ban closed the connection.')));
	}

	/** Connects once. Rejects with the system's error, e.g. code ENOENT or EAGAIN. */
	static open(path: string, maxAnswer: number, signal: AbortSignal): Promise<ServerConnection> {
		return new Promise((resolve, reject) => {
			const socket = connect({ path });
			const abort = () => socket.destroy(new ServerError('timeout', 'fail2ban took no connection in time.'));
			signal.addEventListener('abort', abort, { once: true });
			socket.once('error', (error) => {
				signal.removeEventListener('abort', abort);
				reject(error);
			});
			socket.once('connect', () => {
				signal.removeEventListener('abort', abort);
				socket.removeAllListeners('error');
				resolve(new ServerConnection(socket, maxAnswer));
			});
		});
	}

	get open(): boolean {
		return this.#open;
	}

	/**
	 * Writes requests and waits for that many answers, in order.
	 * Rejects with ServerError 'disconnected' or 'protocol'; the connection is then closed.
	 */
	exchange(requests: Buffer, count: number): Promise<Buffer[]> {
		if (!this.#open) return Promise.reject(new ServerError('disconnected', 'The connection is closed.'));
		return new Promise((resolve, reject) => {
			this.#exchange = { left: count, answers: [], resolve, reject };
			this.#socket.write(requests);
		});
	}

	/** Gives the connection up at once, e.g. since an answer that is still to come would be taken for another. */
	destroy(reason: ServerError): void {
		this.#fail(reason);
	}

	/** Tells the server that we leave. */
	close(): void {
		if (!this.#open) return;
		this.#open = false;
		this.#socket.end(CLOSE);
		this.#abandon(new ServerError('disconnected', 'The connection was closed.'));
		// A server that is stuck never closes its side.
		setTimeout(() => this.#socket.destroy(), 1000).unref();
	}

	#receive(chunk: Buffer): void {
		if (!this.#open) return;
		try {
			this.#stream.push(chunk);
			for (;;) {
				const answer = this.#stream.next();
				if (answer === null) break;
				if (this.#exchange === null) throw new ServerError('protocol', 'fail2ban answered unasked.');
				this.#exchange.answers.push(answer);
				if (--this.#exchange.left === 0) this.#finish(this.#exchange);
			}
			if (this.#exchange === null && this.#stream.pending) {
				throw new ServerError('protocol', 'fail2ban answered unasked.');
			}
		} catch (error) {
			if (!(error instanceof ServerError)) throw error;
			this.#fail(error);
		}
	}

	#finish(exchange: Exchange): void {
		this.#exchange = null;
		exchange.resolve(exchange.answers);
	}

	#fail(error: ServerError): void {
		if (!this.#open) return;
		this.#open = false;
		this.#socket.destroy();
		this.#abandon(error);
	}

	#abandon(error: ServerError): void {
		const exchange = this.#exchange;
		this.#exchange = null;
		exchange?.reject(error);
	}
}
