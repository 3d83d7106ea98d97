import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PrivateFail2ban } from '../support/fail2ban.ts';
import { callSocket, type HelperCall } from '../support/helper.ts';

/** The installed unit. */
function unitText(): string {
	return readFileSync(new URL('../../etc/systemd/pve-fail2ban.service', import.meta.url), 'utf8');
}

/** Environment and options of Node as the unit gives them. */
function fromUnit(): { environment: Record<string, string>; nodeOptions: string[] } {
	const unit = unitText();
	const environment = Object.fromEntries(
		[...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
	);
	const options = /^ExecStart=\S+node (.*?)\s*\S+helper\.cjs/m.exec(unit)?.[1] ?? '';
	return { environment, nodeOptions: options.split(' ').filter(Boolean) };
}

/** Seconds without a call after which the installed helper ends. */
export function idleExitOfUnit(): number {
	const [, seconds] = /--idle-exit (\d+)/.exec(unitText()) ?? [];
	if (seconds === undefined) throw new Error('the unit has no --idle-exit');
	return Number(seconds);
}

const program = fileURLToPath(new URL('../../dist/helper.cjs', import.meta.url));

/**
 * Listens, and becomes the helper when somebody connects: what systemd does for a socket unit, so that the time
 * from the first call to its answer is the one of a real start.
 */
const activate = `
import os, select, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(16)
print('listening', flush=True)
select.select([listener], [], [])
if listener.fileno() != 3:
    os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
`;

/** Of a second; what /proc counts in. It is 100 on every Linux that Node runs on. */
const ticks = 100;

export interface ListenOptions {
	/** What starts a program in a network of its own. */
	enter?: readonly string[];
	/** State of an earlier helper; default: none. */
	state?: string;
	/** Seconds; default: never. */
	idleExit?: number;
}

/** The built helper as a process of its own, started by its first call. */
export class BuiltHelper {
	readonly #onExit = () => this.child.kill('SIGKILL');

	private constructor(
		private readonly child: ChildProcess,
		private readonly folder: string,
		readonly call: HelperCall,
	) {
		process.on('exit', this.#onExit);
	}

	static async listen(fail2ban: PrivateFail2ban, options: ListenOptions = {}): Promise<BuiltHelper> {
		const folder = await mkdtemp(join(tmpdir(), 'helper-'));
		const socket = join(folder, 'helper.sock');
		const args = ['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket];
		args.push('--fail2ban-bin', fail2ban.release.bin, '--state', options.state ?? join(folder, 'state'));
		if (options.idleExit !== undefined) args.push('--idle-exit', String(options.idleExit));
		const { environment, nodeOptions } = fromUnit();
		const python = ['/usr/bin/python3', '-c', activate, socket];
		const words = [...(options.enter ?? []), ...python, process.execPath, ...nodeOptions, program, ...args];
		const child = spawn(words[0] as string, words.slice(1), {
			stdio: ['ignore', 'pipe', 'ignore'],
			env: { ...process.env, ...environment },
		});
		await once(child.stdout as NodeJS.ReadableStream, 'data');
		return new BuiltHelper(child, folder, callSocket(socket));
	}

	/** Resident memory in MB. */
	get memory(): number {
		const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
		return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
	}

	/** Milliseconds that it has computed so far, with the programs that it ran; in steps of 10. */
	get processorTime(): number {
		const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
		// behind the name, which may hold blanks, comes the third field
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const [user, system, userOfChildren, systemOfChildren] = fields.slice(11, 15).map(Number);
		const sum = [user, system, userOfChildren, systemOfChildren].reduce<number>((a, b) => a + (b ?? 0), 0);
		return (sum * 1000) / ticks;
	}

	/**
	 * Milliseconds of processor that one call takes: of many calls, a moment apart as a panel makes them, so that none
	 * shares the answer of another; what the helper does of itself meanwhile counts too.
	 */
	async processorTimeOf(call: () => Promise<unknown>, times = 60): Promise<number> {
		const before = this.processorTime;
		for (let n = 0; n < times; n++) {
			await call();
			await sleep(30);
		}
		return (this.processorTime - before) / times;
	}

	/** Resolves when it has ended by itself. */
	async ended(): Promise<void> {
		if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
	}

	/** In order, or by force after three seconds: a task under way would keep it. */
	async stop(): Promise<void> {
		const force = setTimeout(() => this.child.kill('SIGKILL'), 3000);
		this.child.kill('SIGTERM');
		await this.ended();
		clearTimeout(force);
		process.off('exit', this.#onExit);
		await rm(this.folder, { recursive: true, force: true });
	}
}
