import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import program from '../../python/scan_log.py';
import { reasonOf } from '../kit/errors.ts';
import { EngineRun } from './EngineRun.ts';
import type { LineSource, TestedExpressions } from './LineSource.ts';
import type { LoadTerminal, StartProcess } from './RunProcess.ts';
import { underSetpriv } from './underSetpriv.ts';

/** Seconds of processor time in all and for one line, and between two lines of progress. */
const limitsSeconds = { cpu: 900, line: 3, every: 2 };

/** Scans at once; each takes a processor. */
export const scansAtOnce = 2;

export interface ScanTask {
	source: LineSource;
	filter: TestedExpressions;
}

export interface ScansDeps {
	loadTerminal: LoadTerminal;
	/** fail2ban-python, which finds fail2ban's modules. */
	python: string;
	/** A folder of root's alone. */
	state: string;
	/** Told what could not be cleared away. */
	onFailure: (reason: string) => void;
}

/** The scans under way: each a process of its own that reads as root and matches as `nobody`. */
export class Scans {
	readonly #deps: ScansDeps;
	readonly #runs = new Set<EngineRun>();

	constructor(deps: ScansDeps) {
		this.#deps = deps;
	}

	get running(): number {
		return this.#runs.size;
	}

	/** Makes ready to start a scan, so that what is missing is told before. @throws NoTerminalError */
	async prepare(): Promise<StartProcess> {
		return this.#deps.loadTerminal();
	}

	/** The expressions go into a file of root's, since everybody may read a program's arguments. */
	async start(start: StartProcess, task: ScanTask): Promise<EngineRun> {
		const { python, state } = this.#deps;
		await mkdir(state, { recursive: true, mode: 0o700 });
		if (this.#runs.size === 0) await this.#clear();
		const file = path.join(state, `scan-${randomBytes(8).toString('hex')}`);
		await writeFile(file, JSON.stringify({ ...task, ...limitsSeconds }), { mode: 0o600, flag: 'wx' });
		const run = new EngineRun(start('setpriv', [...underSetpriv(python, program), file]));
		this.#runs.add(run);
		void run.ended.then(() => this.#over(run, file));
		return run;
	}

	async #over(run: EngineRun, file: string): Promise<void> {
		this.#runs.delete(run);
		try {
			await rm(file, { force: true });
		} catch (error) {
			this.#deps.onFailure(`${file}: ${reasonOf(error)}`);
		}
	}

	/** Ends all, for a helper that ends. */
	stop(): void {
		for (const run of this.#runs) run.stop('the helper ends');
	}

	/** A crash may leave a file behind. */
	async #clear(): Promise<void> {
		const names = await readdir(this.#deps.state);
		const left = names.filter((name) => /^scan-[0-9a-f]{16}$/.test(name));
		await Promise.all(left.map((name) => rm(path.join(this.#deps.state, name), { force: true })));
	}
}
