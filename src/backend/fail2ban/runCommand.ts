import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Message, msg, TextError } from '../kit/message.ts';
import type { CommandResult, RunCommand, RunOptions } from './Fail2banCommands.ts';

const DEFAULT_TIMEOUT_MS = 20_000;
/** Milliseconds between SIGTERM and SIGKILL. */
const TERM_GRACE_MS = 2000;
/** Milliseconds in which output may still come after the program ended. */
const OUTPUT_GRACE_MS = 500;
const MAX_OUTPUT = 16 * 1024 * 1024;

export type CommandErrorCode =
	/** The program does not exist or may not be started. */
	| 'not-started'
	/** It printed more than 16 MiB on one stream, and was killed. */
	| 'too-much-output'
	/** The caller's signal aborted it. */
	| 'aborted';

export class CommandError extends TextError {
	constructor(
		readonly code: CommandErrorCode,
		text: string | Message,
	) {
		super(text);
		this.name = 'CommandError';
	}
}

/**
 * Starts a program in a process group of its own, with a clean environment, and waits for it. A
 * program that runs into its time-out, prints too much or is aborted is ended with all that it started.
 * Resolves for any exit code and for a time-out.
 * @throws CommandError
 */
export const runCommand: RunCommand = async (program, args, options = {}) => {
	if (options.signal?.aborted) throw new CommandError('aborted', msg('{0} was aborted.', program));
	const child = spawn(program, [...args], {
		cwd: '/',
		env: environment(),
		detached: true,
		stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
	});
	// a program may end without reading all; how it ended is told below
	child.stdin?.on('error', () => {});
	child.stdin?.end(options.input);
	return new ChildRun(program, child, options).result();
};

/** A fixed path, so that no setting of ours leads to other programs; messages in English, text in UTF-8. */
function environment(): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = {
		PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
		LANG: 'C.UTF-8',
		LC_ALL: 'C.UTF-8',
	};
	// fail2ban prints local times, and we read them by our own zone.
	if (process.env.TZ !== undefined) env.TZ = process.env.TZ;
	return env;
}

function whyNotStarted(program: string, { code, message }: NodeJS.ErrnoException): Message {
	switch (code) {
		case 'ENOENT':
			return msg('{0} is not installed.', program);
		case 'EACCES':
			return msg('{0} cannot be started: it is not executable.', program);
		default:
			return msg('{0} cannot be started: {1}', program, message);
	}
}

class ChildRun {
	#failure: CommandError | null = null;
	#timedOut = false;
	#ending: NodeJS.Timeout | null = null;
	readonly #program: string;
	readonly #child: ChildProcess;
	readonly #options: RunOptions;

	constructor(program: string, child: ChildProcess, options: RunOptions) {
		this.#program = program;
		this.#child = child;
		this.#options = options;
	}

	async result(): Promise<CommandResult> {
		const child = this.#child;
		const stdout = this.#collect(child.stdout as Readable);
		const stderr = this.#collect(child.stderr as Readable);
		const timer = setTimeout(() => {
			this.#timedOut = true;
			this.#end();
		}, this.#options.timeout ?? DEFAULT_TIMEOUT_MS);
		const abort = () => this.#fail('aborted', msg('{0} was aborted.', this.#program));
		this.#options.signal?.addEventListener('abort', abort, { once: true });
		try {
			const [exit, signal] = await this.#exited();
			await this.#drained();
			const texts = { stdout: stdout(), stderr: stderr() };
			if (this.#failure !== null) throw this.#failure;
			return { exit, signal, ...texts, timedOut: this.#timedOut };
		} finally {
			clearTimeout(timer);
			this.#options.signal?.removeEventListener('abort', abort);
			// What the program left in its group, after it had to be ended, goes too.
			if (this.#ending !== null) {
				clearTimeout(this.#ending);
				this.#kill('SIGKILL');
			}
		}
	}

	async #exited(): Promise<[number | null, string | null]> {
		try {
			return (await once(this.#child, 'exit')) as [number | null, string | null];
		} catch (error) {
			throw new CommandError('not-started', whyNotStarted(this.#program, error as NodeJS.ErrnoException));
		}
	}

	/** A daemon that the program started may hold its streams open for good, so the wait is short. */
	async #drained(): Promise<void> {
		const streams = [this.#child.stdout, this.#child.stderr] as Readable[];
		const open = streams.filter((stream) => !stream.closed);
		const timer = setTimeout(() => open.forEach((stream) => void stream.destroy()), OUTPUT_GRACE_MS);
		await Promise.all(open.map((stream) => once(stream, 'close')));
		clearTimeout(timer);
	}

	/**
	 * Collects a stream's text and hands out its lines; the answer hands out the last one, and gives all. It is not
	 * told by the stream's end, which a stream that already calls itself closed may still have to announce.
	 */
	#collect(stream: Readable): () => string {
		const decoder = new StringDecoder('utf8');
		const parts: string[] = [];
		let size = 0;
		let line = '';
		const take = (text: string) => {
			parts.push(text);
			if (this.#options.onLine === undefined) return;
			const lines = (line + text).split('\n');
			line = lines.pop() as string;
			for (const whole of lines) this.#options.onLine(whole);
		};
		stream.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size > MAX_OUTPUT)
				this.#fail('too-much-output', msg('{0} printed more than {1} MiB.', this.#program, MAX_OUTPUT >> 20));
			else take(decoder.write(chunk));
		});
		return () => {
			if (size <= MAX_OUTPUT) take(decoder.end());
			if (line !== '') this.#options.onLine?.(line);
			return parts.join('');
		};
	}

	#fail(code: CommandErrorCode, text: Message): void {
		this.#failure ??= new CommandError(code, text);
		this.#end();
	}

	#end(): void {
		if (this.#ending !== null) return;
		this.#kill('SIGTERM');
		this.#ending = setTimeout(() => this.#kill('SIGKILL'), TERM_GRACE_MS);
	}

	/** Signals the whole group; one that is gone by itself is no error. */
	#kill(signal: NodeJS.Signals): void {
		if (this.#child.pid === undefined) return;
		try {
			process.kill(-this.#child.pid, signal);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}
}
