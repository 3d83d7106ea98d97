import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnpacked, type Release, releaseOf, versions } from '../../build/setup/fail2ban.ts';
import { root } from '../../build/setup/paths.ts';
import { askServer } from './askServer.ts';
import { harmlessJails } from './harmlessJails.ts';

export type { Release } from '../../build/setup/fail2ban.ts';

if (process.env.VITEST) {
	// Vitest ends its workers by SIGTERM, which by default skips the handlers of `exit` that clean up.
	process.once('SIGTERM', () => process.exit(143));
}

interface ClientResult {
	exit: number | null;
	stdout: string;
	stderr: string;
}

export interface PrivateFail2banOptions {
	/**
	 * Files written over the shipped configuration, by path relative to it, before the start. `@DIR@` in a
	 * text becomes the private folder. `null` removes a shipped file. See `defaultFiles` for what is there
	 * without this; a file of the same name replaces it.
	 */
	files?: Record<string, string | null>;
	/** `false`: the configuration is laid out, but no server is started. Default true. */
	start?: boolean;
}

/** A fail2ban with configuration, socket, database and logs in a folder of its own. */
export interface PrivateFail2ban {
	release: Release;
	/** The private folder; `logs/auth.log` in it is what the default jails read. */
	dir: string;
	/** Its copy of /etc/fail2ban. */
	config: string;
	socket: string;
	database: string;
	/** fail2ban's own log. */
	log: string;
	/** Process id of the running server, by its pid file; undefined if there is none. */
	readonly pid: number | undefined;
	/** What fail2ban-client says, on this folder and socket. */
	client(...args: string[]): Promise<ClientResult>;
	/** Starts the server, e.g. after `start: false` or `kill()`. Rejects with what it printed. */
	start(): Promise<void>;
	/** Stops the server, by SIGKILL if it does not obey, and removes the folder. May be called twice. */
	stop(): Promise<void>;
	/** SIGKILL, as a crash would; the folder and the stale socket stay. */
	kill(): Promise<void>;
	/** SIGSTOP: the server accepts connections and never answers. */
	freeze(): void;
	/** SIGCONT. */
	thaw(): void;
}

/** Both releases. Throws if setup has not unpacked them. */
export function releases(): Release[] {
	const missing = versions.filter((version) => !isUnpacked(version));
	if (missing.length > 0) {
		throw new Error(`fail2ban ${missing.join(' and ')} not unpacked: run "npm run setup".`);
	}
	return versions.map(releaseOf);
}

/** The configuration of a private server, unless the test replaces these files. */
export const defaultFiles: Readonly<Record<string, string>> = harmlessJails();

/** What the package installs into /etc/fail2ban. */
export const packageFiles = join(root, 'etc/fail2ban');

/** fail2ban.d/*.conf is read before fail2ban.local, so a test may still override loglevel and the like. */
const privatePaths = `[Definition]
socket = @DIR@/fail2ban.sock
pidfile = @DIR@/fail2ban.pid
dbfile = @DIR@/fail2ban.sqlite3
logtarget = @DIR@/fail2ban.log
`;

/** Lays out a private configuration and starts a server on it. The caller must `stop()` it. */
export async function startFail2ban(
	release: Release,
	options: PrivateFail2banOptions = {},
): Promise<PrivateFail2ban> {
	const dir = await mkdtemp(join(tmpdir(), 'pve-fail2ban-test-'));
	const server = new Server(release, dir);
	try {
		await server.layOut({
			'fail2ban.d/private.conf': privatePaths,
			...defaultFiles,
			...options.files,
		});
		if (options.start !== false) {
			await server.start();
		}
	} catch (error) {
		await server.stop();
		throw error;
	}
	return server;
}

class Server implements PrivateFail2ban {
	readonly config: string;
	readonly socket: string;
	readonly database: string;
	readonly log: string;
	readonly #clients = new Set<ChildProcess>();
	readonly #onExit = () => this.#abandon();

	constructor(
		readonly release: Release,
		readonly dir: string,
	) {
		this.config = join(dir, 'etc');
		this.socket = join(dir, 'fail2ban.sock');
		this.database = join(dir, 'fail2ban.sqlite3');
		this.log = join(dir, 'fail2ban.log');
		process.on('exit', this.#onExit);
	}

	async layOut(files: Record<string, string | null>): Promise<void> {
		await cp(this.release.stock, this.config, { recursive: true });
		await cp(packageFiles, this.config, { recursive: true });
		await mkdir(join(this.dir, 'logs'));
		await writeFile(join(this.dir, 'logs/auth.log'), '');
		for (const [name, text] of Object.entries(files)) {
			const file = join(this.config, name);
			if (text === null) {
				await rm(file);
			} else {
				await mkdir(dirname(file), { recursive: true });
				await writeFile(file, text.replaceAll('@DIR@', this.dir));
			}
		}
	}

	get pid(): number | undefined {
		let text: string;
		try {
			text = readFileSync(join(this.dir, 'fail2ban.pid'), 'utf8');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
				return undefined;
			}
			throw error;
		}
		const pid = Number(text);
		return this.#isOurs(pid) ? pid : undefined;
	}

	/** A pid file outlives a killed server, and its number may be another process by now. */
	#isOurs(pid: number): boolean {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.dir);
		} catch {
			return false; // no such process
		}
	}

	async client(...args: string[]): Promise<ClientResult> {
		const said = await askServer(this.release, this.socket, args);
		return said === null ? this.#runClient(args) : { exit: 0, stdout: said, stderr: '' };
	}

	#runClient(args: readonly string[]): Promise<ClientResult> {
		return new Promise((resolve, reject) => {
			const child = spawn(
				join(this.release.bin, 'fail2ban-client'),
				['-c', this.config, '-s', this.socket, '-p', join(this.dir, 'fail2ban.pid'), ...args],
				{ stdio: ['ignore', 'pipe', 'pipe'] },
			);
			this.#clients.add(child);
			let stdout = '';
			let stderr = '';
			child.stdout.setEncoding('utf8').on('data', (text: string) => {
				stdout += text;
			});
			child.stderr.setEncoding('utf8').on('data', (text: string) => {
				stderr += text;
			});
			child.on('error', reject);
			child.on('close', (exit) => {
				this.#clients.delete(child);
				resolve({ exit, stdout, stderr });
			});
		});
	}

	async start(): Promise<void> {
		const { exit, stdout, stderr } = await this.client('-x', 'start');
		if (exit !== 0) {
			throw new Error(`fail2ban ${this.release.version} did not start:\n${stdout}${stderr}`);
		}
	}

	async stop(): Promise<void> {
		process.off('exit', this.#onExit);
		this.thaw();
		if (this.pid !== undefined) {
			void this.client('stop');
			await this.#gone(10_000);
		}
		await this.kill();
		for (const client of this.#clients) {
			client.kill('SIGKILL');
		}
		await rm(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}

	async kill(): Promise<void> {
		this.#signal('SIGKILL');
		if (!(await this.#gone(10_000))) {
			throw new Error(`fail2ban-server ${this.pid} outlives SIGKILL.`);
		}
	}

	freeze(): void {
		this.#signal('SIGSTOP');
	}

	thaw(): void {
		this.#signal('SIGCONT');
	}

	#signal(signal: NodeJS.Signals): void {
		const { pid } = this;
		if (pid !== undefined) {
			process.kill(pid, signal);
		}
	}

	async #gone(milliseconds: number): Promise<boolean> {
		const end = Date.now() + milliseconds;
		while (this.pid !== undefined && Date.now() < end) {
			await sleep(20);
		}
		return this.pid === undefined;
	}

	/** The test process ends without stop(): nothing may stay behind. */
	#abandon(): void {
		this.#signal('SIGKILL');
		rmSync(this.dir, { recursive: true, force: true });
	}
}
