import { readFileSync } from 'node:fs';
import { link, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError } from '../errors.ts';
import { readOrNull } from './ChangeStore.ts';

interface Holder {
	pid: number;
	/** Start time of the process in ticks, so that a reused pid is told apart. */
	started: string;
	user: string;
	what: string;
}

/** Field 22 of /proc/PID/stat; the program's name before it may hold blanks and parentheses. */
function startOf(pid: number): string | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ESRCH') return null;
		throw error;
	}
}

/** One writer at a time, also across processes: the console's rescue command takes the same lock. */
export class WriteLock {
	readonly #file: string;

	constructor(state: string) {
		this.#file = path.join(state, 'lock');
	}

	/** Answers the function that releases. Throws ApiError 409 at once if another change is under way. */
	async acquire(user: string, what: string): Promise<() => Promise<void>> {
		const holder: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', user, what };
		for (let attempt = 0; attempt < 3; attempt++) {
			if (await this.#create(holder)) return () => unlink(this.#file);
			const other = await this.#holder();
			if (other && startOf(other.pid) === other.started)
				throw new ApiError(409, 'busy', `${other.user} is changing the configuration: ${other.what}`);
			await this.#removeStale();
		}
		throw new ApiError(409, 'busy', 'Another change is under way.');
	}

	/** By link, so that the file is never there without its content. */
	async #create(holder: Holder): Promise<boolean> {
		const ready = `${this.#file}.${process.pid}.new`;
		await writeFile(ready, JSON.stringify(holder), { mode: 0o600 });
		try {
			await link(ready, this.#file);
			return true;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
			throw error;
		} finally {
			await unlink(ready);
		}
	}

	async #holder(): Promise<Holder | null> {
		const text = (await readOrNull(this.#file))?.toString('utf8');
		if (!text) return null;
		try {
			return JSON.parse(text) as Holder;
		} catch (error) {
			// power loss may leave it empty: nobody holds it then
			if (error instanceof SyntaxError) return null;
			throw error;
		}
	}

	/** By rename, so that of two who find it stale only one removes it. */
	async #removeStale(): Promise<void> {
		const stale = `${this.#file}.${process.pid}`;
		try {
			await rename(this.#file, stale);
			await unlink(stale);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
	}
}
