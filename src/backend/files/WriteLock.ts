import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Messages } from '../../contract/kit/message.ts';
import { ApiError } from '../kit/errors.ts';
import { type Message, msg, told, toldText } from '../kit/message.ts';
import { diskError } from './diskError.ts';
import { readOrNull } from './fileBytes.ts';
import { startOf } from './processStart.ts';

interface Holder {
	pid: number;
	/** Boot and start time of the process, so that a reused pid is recognized. */
	started: string;
	user: string;
	what: string;
	/** The translatable form of `what`. */
	messages?: Messages;
	/** Distinguishes two changes of one process. */
	id: string;
}

/** One writer at a time, also across processes: the console's rescue command takes the same lock. */
export class WriteLock {
	readonly #state: string;
	readonly #file: string;
	/** Calls of this process take their turn, so that none removes the lock that another just took. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(state: string) {
		this.#state = state;
		this.#file = path.join(state, 'lock');
	}

	/** Returns the function that releases it. Throws ApiError 409 immediately if another change is in progress. */
	acquire(user: string, what: string | Message): Promise<() => Promise<void>> {
		const acquired = this.#turn.then(() => this.#acquire(user, what));
		this.#turn = acquired.catch(() => {});
		return acquired;
	}

	async #acquire(user: string, what: string | Message): Promise<() => Promise<void>> {
		const id = randomBytes(6).toString('hex');
		const started = startOf(process.pid) ?? '';
		const text = JSON.stringify({ pid: process.pid, started, user, ...told({ what }), id } satisfies Holder);
		for (let attempt = 0; attempt < 3; attempt++) {
			if (await this.#create(id, text)) return () => this.#release(text);
			const found = await this.#text();
			const other = readHolder(found);
			if (other && startOf(other.pid) === other.started)
				throw new ApiError(
					409,
					'busy',
					msg('{0} is changing the configuration: {1}', other.user, toldText(other, 'what')),
				);
			await this.#removeStale(id, found);
		}
		throw new ApiError(409, 'busy', msg('Another change is in progress.'));
	}

	/** By link, so that the file is never there without its content. */
	async #create(id: string, text: string): Promise<boolean> {
		const ready = `${this.#file}.${id}`;
		try {
			// somebody may have cleared the folder away since the start
			await mkdir(this.#state, { recursive: true, mode: 0o700 });
			await writeFile(ready, text, { mode: 0o600 });
			await link(ready, this.#file);
			return true;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
			throw diskError(error);
		} finally {
			await rm(ready, { force: true });
		}
	}

	async #text(): Promise<string> {
		return (await readOrNull(this.#file))?.toString('utf8') ?? '';
	}

	/** No error if the lock is gone, or somebody else's by now: the change itself is over. */
	async #release(text: string): Promise<void> {
		if ((await this.#text()) === text) await rm(this.#file, { force: true });
	}

	/** By rename, so that of two processes only one removes it; what is not the stale one is put back. */
	async #removeStale(id: string, found: string): Promise<void> {
		const stale = `${this.#file}.${id}`;
		try {
			await rename(this.#file, stale);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
			throw error;
		}
		try {
			if ((await readFile(stale, 'utf8')) !== found) await link(stale, this.#file);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		} finally {
			await rm(stale, { force: true });
		}
	}
}

function readHolder(text: string): Holder | null {
	try {
		return JSON.parse(text) as Holder | null;
	} catch (error) {
		// power loss may leave it empty: nobody holds it then
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}
