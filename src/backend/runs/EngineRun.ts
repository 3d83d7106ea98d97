import { startOf } from '../kit/wholeText.ts';
import type { RunProcess } from './RunProcess.ts';

/** Lines kept for those who join later, characters of one line, and characters of all output. */
const limits = { replay: 1000, line: 2000, output: 2_000_000 };

/** Milliseconds between SIGTERM and SIGKILL. */
const graceMs = 2000;

export interface RunEnd {
	exit: number;
	signal: number | null;
	/** Why we ended it; null: it ended by itself. */
	stopped: string | null;
	/** Its last line with text; '' without any. */
	last: string;
}

/** One process on a terminal: its lines, for everybody who joins, and its end. */
export class EngineRun {
	/** Resolves when the process is gone and all its lines are told. */
	readonly ended: Promise<RunEnd>;
	readonly #process: RunProcess;
	readonly #replay: string[] = [];
	readonly #listeners = new Set<(line: string) => void>();
	#partial = '';
	#size = 0;
	#last = '';
	#stopped: string | null = null;
	#killer: NodeJS.Timeout | undefined;
	#over = false;

	constructor(process: RunProcess) {
		this.#process = process;
		process.onOutput((text) => this.#take(text));
		this.ended = new Promise((resolve) => {
			process.onExit(({ exit, signal }) => {
				if (this.#partial !== '') this.#tell(this.#partial);
				this.#over = true;
				clearTimeout(this.#killer);
				// what it left in its group goes too
				if (this.#stopped !== null) this.#signal('SIGKILL');
				this.#listeners.clear();
				resolve({ exit, signal, stopped: this.#stopped, last: this.#last });
			});
		});
	}

	/** Tells the last lines so far, at most 1,000, and from then on each one; answers how to leave. */
	join(listener: (line: string) => void): () => void {
		for (const line of this.#replay) listener(line);
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Ends the process with all that it started; the first reason counts. */
	stop(reason: string): void {
		if (this.#over || this.#stopped !== null) return;
		this.#stopped = reason;
		this.#signal('SIGTERM');
		this.#killer = setTimeout(() => this.#signal('SIGKILL'), graceMs);
	}

	#signal(signal: NodeJS.Signals): void {
		try {
			process.kill(-this.#process.pid, signal);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
			// without the right to signal it, its terminal is taken away
			this.#process.close();
		}
	}

	#take(text: string): void {
		if (this.#stopped !== null) return;
		this.#size += text.length;
		if (this.#size > limits.output) {
			this.stop(`more than ${limits.output} characters of output`);
			return;
		}
		const lines = (this.#partial + text).split(/\r*\n/);
		this.#partial = (lines.pop() as string).slice(0, limits.line);
		for (const line of lines) this.#tell(startOf(line, limits.line));
	}

	#tell(line: string): void {
		if (line.trim() !== '') this.#last = line;
		this.#replay.push(line);
		if (this.#replay.length > limits.replay) this.#replay.shift();
		for (const listener of this.#listeners) listener(line);
	}
}
