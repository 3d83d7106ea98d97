import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseOf, type Version } from '../../../build/setup/fail2ban.ts';
import { root } from '../../../build/setup/paths.ts';
import { type Finished, run } from '../../../build/setup/run.ts';
import { askServer } from '../../support/askServer.ts';

/** What a newcomer's `npm start` runs, started as a process of its own. */
export interface StartedDemo {
	address: string;
	password: string;
	/** The private configuration folder. */
	config: string;
	fail2banClient(...args: string[]): Promise<Finished>;
	/** Everything it printed. */
	output(): string;
	/** Sends the signal and answers the exit code. */
	end(signal: NodeJS.Signals): Promise<number | null>;
	/** What is left of its temporary files. */
	leftFiles(): Promise<string[]>;
	/** Ends it, if that has not happened, and removes its temporary files. */
	cleanUp(): Promise<void>;
}

/** Runs `node build/start.mjs` on a free port and waits for the address that it prints. */
export async function startedDemo(release: Version, ...options: string[]): Promise<StartedDemo> {
	const temporary = await mkdtemp(join(tmpdir(), 'pve-fail2ban-start-'));
	const args = ['build/start.mjs', '--port', '0', '--release', release, ...options];
	const child = spawn(process.execPath, args, {
		cwd: root,
		// It is no worker of vitest, though started by one.
		env: { ...process.env, VITEST: undefined, TMPDIR: temporary },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			text += chunk;
		});
	}
	const exited = once(child, 'exit') as Promise<[number | null]>;
	const end = async (signal: NodeJS.Signals) => {
		child.kill(signal);
		const [code] = await exited;
		return code;
	};
	const cleanUp = async () => {
		if (isRunning(child)) {
			await end('SIGTERM');
		}
		await rm(temporary, { recursive: true, force: true });
	};
	try {
		await Promise.race([
			new Promise<void>((resolve) => {
				child.stdout.on('data', () => text.includes('Ctrl-C stops everything.') && resolve());
			}),
			exited.then(([code]) => {
				throw new Error(`npm start ended with ${code}:\n${text}`);
			}),
		]);
	} catch (error) {
		await cleanUp();
		throw error;
	}
	const printed = (pattern: RegExp) => {
		const found = pattern.exec(text)?.[1];
		if (found === undefined) {
			throw new Error(`npm start printed no ${pattern}:\n${text}`);
		}
		return found;
	};
	const program = printed(/^ {2}(\/.*\/fail2ban-client) /m);
	const config = printed(/fail2ban-client -c (\S+)/);
	const socket = printed(/fail2ban-client .* -s (\S+)/);
	return {
		address: printed(/^(http:\S+)/m),
		password: printed(/password (\S+)/),
		config,
		fail2banClient: async (...words) => {
			const said = await askServer(releaseOf(release), socket, words);
			if (said !== null) return { exit: 0, stdout: said, stderr: '' };
			return run(program, ['-c', config, '-s', socket, ...words]);
		},
		output: () => text,
		end,
		leftFiles: () => readdir(temporary),
		cleanUp,
	};
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
	return exitCode === null && signalCode === null;
}
