import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chrootOf, type Suite } from '../../../build/setup/chroots.ts';
import { type Finished, run } from '../../../build/setup/run.ts';

const boot = fileURLToPath(new URL('bootMachine.sh', import.meta.url));

/** Milliseconds. */
const bootTimeout = 60_000;

/** A Debian that runs beside this one: own files, processes, network and systemd, all gone at the end. */
export class Machine {
	readonly #outer: ChildProcess;
	readonly #init: number;

	private constructor(outer: ChildProcess, init: number) {
		this.#outer = outer;
		this.#init = init;
	}

	/** Resolves when systemd has started everything. */
	static async boot(suite: Suite): Promise<Machine> {
		// a test that is killed takes the machine with it
		const outer = spawn('setpriv', ['--pdeathsig', 'KILL', boot, chrootOf(suite)], {
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let said = '';
		outer.stderr.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		const end = Date.now() + bootTimeout;
		for (;;) {
			const init = outer.pid === undefined ? undefined : firstProcess(outer.pid);
			if (init !== undefined) {
				const machine = new Machine(outer, init);
				const state = (await machine.run('systemctl', ['is-system-running'])).stdout.trim();
				if (state === 'running' || state === 'degraded') return machine;
			}
			if (outer.exitCode !== null || Date.now() > end) {
				outer.kill('SIGKILL');
				throw new Error(`Debian ${suite} did not boot.\n${said}`);
			}
			await sleep(100);
		}
	}

	/** Runs a program in the machine, in its root folder and with a plain environment. */
	run(program: string, args: readonly string[] = []): Promise<Finished> {
		const env = [
			'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
			'LC_ALL=C.UTF-8',
			'DEBIAN_FRONTEND=noninteractive',
			'HOME=/root',
		];
		const enter = ['--target', String(this.#init), '--all', '--root', '--wd', '--', 'env', '-i', ...env];
		return run('nsenter', [...enter, program, ...args]);
	}

	/** The same; an exit other than 0 is an error that quotes what the program said. Answers standard output. */
	async must(program: string, args: readonly string[] = []): Promise<string> {
		const { exit, stdout, stderr } = await this.run(program, args);
		if (exit !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${exit}\n${stderr}${stdout}`);
		return stdout;
	}

	/** A script of lines for the shell; each must succeed. */
	shell(script: string): Promise<string> {
		return this.must('sh', ['-ec', script]);
	}

	/** Path by which this process reaches a file of the machine. Not for paths with symbolic links to absolute ones. */
	#outside(path: string): string {
		return join(`/proc/${this.#init}/root`, path);
	}

	read(path: string): Promise<string> {
		return readFile(this.#outside(path), 'utf8');
	}

	async write(path: string, content: string | Uint8Array): Promise<void> {
		await writeFile(this.#outside(path), content);
	}

	async stop(): Promise<void> {
		if (this.#outer.exitCode !== null || this.#outer.signalCode !== null) return;
		const gone = once(this.#outer, 'exit');
		process.kill(this.#init, 'SIGKILL');
		await gone;
	}
}

/** systemd's pid as this machine sees it, once it has taken over: outer, then unshare, then systemd. */
function firstProcess(outer: number): number | undefined {
	const inner = childOf(childOf(outer));
	return inner !== undefined && textOf(`/proc/${inner}/comm`) === 'systemd\n' ? inner : undefined;
}

function childOf(pid: number | undefined): number | undefined {
	const [child] = pid === undefined ? [] : textOf(`/proc/${pid}/task/${pid}/children`).split(' ');
	return child ? Number(child) : undefined;
}

/** Empty if the process is gone. */
function textOf(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
		throw error;
	}
}
