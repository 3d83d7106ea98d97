import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDump } from '../config/dump.ts';
import type {
	CommandResult,
	DumpCommand,
	Fail2banCommands,
	RunCommand,
	RunOptions,
} from './Fail2banCommands.ts';

export interface ClientOptions {
	run: RunCommand;
	/** Folder of fail2ban-client; by default it is found in PATH. */
	bin?: string;
	/** Path of the server's socket; by default the configuration names it. */
	socket?: string;
	/** Path of the server's pid file; by default the configuration names it. */
	pidfile?: string;
	/** The folder of the configuration. */
	config: string;
	/**
	 * The server on this folder is no service of systemd: fail2ban-client starts and stops it. On a node it
	 * must not, since it would fork the server into our own cgroup and sandbox.
	 */
	privateFolder: boolean;
}

/** Milliseconds; the default of RunCommand. */
const CLIENT_TIMEOUT_MS = 20_000;
/** Milliseconds; systemd itself gives up after 90 s, see DefaultTimeoutStopSec. */
const SERVICE_TIMEOUT_MS = 100_000;

/** fail2ban-client and systemctl. */
export class ClientCommands implements Fail2banCommands {
	readonly #options: ClientOptions;
	readonly #client: string;

	constructor(options: ClientOptions) {
		this.#options = options;
		this.#client = options.bin === undefined ? 'fail2ban-client' : join(options.bin, 'fail2ban-client');
	}

	test(configDir: string): Promise<CommandResult> {
		return this.#options.run(this.#client, ['-c', configDir, '-t']);
	}

	async dump(configDir: string): Promise<DumpCommand[]> {
		const { exit, stdout, stderr, timedOut } = await this.#options.run(this.#client, ['-c', configDir, '-d']);
		if (timedOut) throw new Error('fail2ban-client -d did not end in time.');
		// It exits 255 for one faulty jail and still prints the others.
		const commands = parseDump(stdout);
		if (commands.length === 0) {
			throw new Error(`fail2ban-client -d printed no commands (exit ${exit}): ${(stderr || stdout).trim()}`);
		}
		return commands;
	}

	reload(args: readonly string[], options?: RunOptions): Promise<CommandResult> {
		return this.#call(['reload', ...args], options);
	}

	start(options?: RunOptions): Promise<CommandResult> {
		return this.#options.privateFolder ? this.#start(options) : this.#service('start', options);
	}

	stop(options?: RunOptions): Promise<CommandResult> {
		return this.#options.privateFolder ? this.#stop(options) : this.#service('stop', options);
	}

	restart(options?: RunOptions): Promise<CommandResult> {
		return this.#options.privateFolder ? this.#restart(options) : this.#service('restart', options);
	}

	/**
	 * A server that was killed leaves its socket behind, and start refuses then unless it is forced. Force
	 * takes the socket away from a server that is only slow, so it is used when nobody listens.
	 */
	async #start(options: RunOptions = {}): Promise<CommandResult> {
		const end = Date.now() + (options.timeout ?? CLIENT_TIMEOUT_MS);
		const { socket } = this.#options;
		const stale = async () => socket !== undefined && (await isStale(socket));
		if (!(await stale())) {
			const started = await this.#call(['start'], options);
			// A server that is just being killed may still have held the socket when it was looked at.
			if (started.exit === 0 || started.timedOut || !(await stale())) return started;
		}
		return this.#call(['-x', 'start'], { ...options, timeout: Math.max(1, end - Date.now()) });
	}

	/** Stops the server and waits until it is gone: fail2ban-client returns while it still lifts its bans. */
	async #stop(options: RunOptions = {}): Promise<CommandResult> {
		const end = Date.now() + (options.timeout ?? CLIENT_TIMEOUT_MS);
		const isGone = serverWatch(this.#options);
		const stopped = await this.#call(['stop'], options);
		while (stopped.exit === 0 && !isGone()) {
			if (Date.now() >= end) return { ...stopped, exit: null, timedOut: true };
			await sleep(50, undefined, options.signal === undefined ? {} : { signal: options.signal });
		}
		return stopped;
	}

	/** Own steps, since fail2ban-client's restart starts while the old server still holds the socket. */
	async #restart(options: RunOptions = {}): Promise<CommandResult> {
		const end = Date.now() + (options.timeout ?? CLIENT_TIMEOUT_MS);
		const { socket } = this.#options;
		const gone = async () => socket !== undefined && (!existsSync(socket) || (await isStale(socket)));
		if (await gone()) return this.#start(options);
		const stopped = await this.#stop(options);
		if (stopped.exit !== 0 && (stopped.timedOut || !(await gone()))) return stopped;
		const started = await this.#start({ ...options, timeout: Math.max(1, end - Date.now()) });
		return {
			...started,
			stdout: stopped.stdout + started.stdout,
			stderr: stopped.stderr + started.stderr,
		};
	}

	#call(args: readonly string[], options?: RunOptions): Promise<CommandResult> {
		const { run, config, socket, pidfile } = this.#options;
		const paths = ['-c', config];
		if (socket !== undefined) paths.push('-s', socket);
		if (pidfile !== undefined) paths.push('-p', pidfile);
		return run(this.#client, [...paths, ...args], options);
	}

	#service(verb: string, options?: RunOptions): Promise<CommandResult> {
		return this.#options.run('systemctl', [verb, 'fail2ban.service'], {
			timeout: SERVICE_TIMEOUT_MS,
			...options,
		});
	}
}

/** Whether a socket is there and nobody listens on it. */
function isStale(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = connect({ path });
		probe.on('connect', () => {
			probe.destroy();
			resolve(false);
		});
		probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
	});
}

/** Tells whether the server that runs now has left its socket and ended. */
function serverWatch({ socket, pidfile }: { socket?: string; pidfile?: string }): () => boolean {
	const pid = pidfile === undefined ? '' : contentOf(pidfile).trim();
	const process = `/proc/${pid}/cmdline`;
	return () => (socket === undefined || !existsSync(socket)) && (pid === '' || contentOf(process) === '');
}

/** A file's text; nothing for a file, or a process, that is gone. A zombie has an empty command line. */
function contentOf(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
		throw error;
	}
}
