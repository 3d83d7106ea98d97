import type { DumpCommand, Fail2banCommands } from '../../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type RunningDifference, runningDifferences } from '../../files/compareRunning.ts';
import { dumpedJails, type JailCommands } from '../../files/jailCommands.ts';
import { errorLines } from '../../files/judgeChange.ts';
import { reasonOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { within } from '../kit/within.ts';
import type { Figures } from './ServerFigures.ts';

/** What fail2ban makes of the files, and how that differs from what runs. */
export interface Comparison {
	/** The state of files and server that was looked at. */
	key: string;
	/** Unix milliseconds. */
	time: number;
	/** The enabled jails as fail2ban reads them; null if it could not. */
	configured: ReadonlyMap<string, JailCommands> | null;
	/** null: not known, because the server does not run or did not answer. */
	differences: readonly RunningDifference[] | null;
	/** Why jails or the server do not start, in fail2ban's words; empty if nothing is missing. */
	errors: readonly string[];
	/** Why fail2ban cannot read the configuration at all; null: it can. */
	fault: string | null;
}

/** What is looked at besides the options of jails; see deepDifferences. */
export interface DeepComparison {
	/** Changes with each file of the folder, filters and actions too. */
	stamp(): string;
	differences(dump: readonly DumpCommand[], running: ReadonlySet<string>): Promise<RunningDifference[]>;
}

/** A change by other hands is seen this much later; sooner while something is wrong (milliseconds). */
const repeatMs = { good: 60_000, bad: 10_000 };

/** How long the first look waits for the first answer (milliseconds). */
const firstDelayMs = 200;

/** How long a status waits for a look at a new state (milliseconds). */
const answerWithinMs = 500;

/** Looks behind the back of the callers, so that none waits for it; one look at a time. */
export class ConfigCheck {
	#latest: Comparison | null = null;
	#dumped: { state: string; dump: readonly DumpCommand[] } | null = null;
	#flight: Promise<void> | null = null;

	constructor(
		private readonly deps: {
			server: Fail2banServer;
			commands: Fail2banCommands;
			now: () => number;
			log: Log;
			deep?: DeepComparison;
		},
	) {}

	/** What is known of just this state of files and server; starts a look if that is due. */
	current(snapshot: ConfigSnapshot, figures: Figures): Comparison | null {
		const key = this.#refresh(snapshot, figures);
		return this.#latest?.key === key ? this.#latest : null;
	}

	/**
	 * As `current`, but waits for a look at a new state; answers the last result if it takes too long. The first
	 * caller of all waits for nothing: the helper is just starting.
	 */
	async settled(snapshot: ConfigSnapshot, figures: Figures): Promise<Comparison | null> {
		const key = this.#refresh(snapshot, figures);
		const changed = this.#latest !== null && this.#latest.key !== key;
		if (changed && this.#flight !== null) await within(this.#flight, answerWithinMs);
		return this.#latest;
	}

	/** The last result, of whatever state. */
	latest(): Comparison | null {
		return this.#latest;
	}

	/** Answers the key of the state. */
	#refresh(snapshot: ConfigSnapshot, figures: Figures): string {
		const stamp = this.deps.deep?.stamp();
		const key = JSON.stringify([
			snapshot.digest,
			stamp,
			figures.running,
			figures.process?.pid,
			figures.epoch,
		]);
		const known = this.#latest;
		const wrong = known !== null && (known.errors.length > 0 || known.differences?.length !== 0);
		const age = known === null ? Number.POSITIVE_INFINITY : this.deps.now() - known.time;
		const due = known?.key !== key || age > (wrong ? repeatMs.bad : repeatMs.good);
		if (due && this.#flight === null) {
			this.#flight = this.#refreshNow(key, snapshot, figures).finally(() => {
				this.#flight = null;
			});
		}
		return key;
	}

	async #refreshNow(key: string, snapshot: ConfigSnapshot, figures: Figures): Promise<void> {
		// the first answer comes before the first look, which starts a program
		if (this.#latest === null) await new Promise((resolve) => setTimeout(resolve, firstDelayMs));
		try {
			this.#latest = await this.#compare(key, snapshot, figures);
		} catch (error) {
			this.deps.log.warning(`The configuration could not be compared: ${String(error)}`);
			const unknown = { configured: null, differences: null, errors: [] };
			const fault = error instanceof ServerError ? null : readFault(error);
			this.#latest = { key, time: this.deps.now(), ...unknown, fault };
		}
	}

	async #compare(key: string, { root, digest }: ConfigSnapshot, { running }: Figures): Promise<Comparison> {
		const time = this.deps.now();
		const dump = await this.#dump(root, `${digest} ${this.deps.deep?.stamp()}`);
		const configured = dumpedJails(dump).jails;
		const differences = running ? await this.#differences(configured, dump) : null;
		const missing = differences === null || differences.some(isStopped);
		const errors = missing ? await this.#errors(root) : [];
		return { key, time, configured, differences, errors, fault: null };
	}

	async #differences(
		configured: ReadonlyMap<string, JailCommands>,
		dump: readonly DumpCommand[],
	): Promise<RunningDifference[]> {
		const { server, deep, log } = this.deps;
		const found = await runningDifferences(server, configured);
		const stopped = new Set(found.filter(isStopped).map(({ jail }) => jail));
		const running = new Set([...configured.keys()].filter((jail) => !stopped.has(jail)));
		try {
			return [...found, ...((await deep?.differences(dump, running)) ?? [])];
		} catch (error) {
			if (error instanceof ServerError) throw error;
			// without it less is seen, but what was found is true
			log.warning(`Filters and actions could not be compared: ${String(error)}`);
			return found;
		}
	}

	async #dump(root: string, state: string): Promise<readonly DumpCommand[]> {
		if (this.#dumped?.state !== state) {
			this.#dumped = { state, dump: await this.deps.commands.dump(root) };
		}
		return this.#dumped.dump;
	}

	async #errors(root: string): Promise<string[]> {
		const { exit, stdout, stderr } = await this.deps.commands.test(root);
		return exit === 0 ? [] : errorLines(`${stdout}\n${stderr}`);
	}
}

/** fail2ban's own words for why `-d` or `-t` fails, without what its log says besides. */
export function readFault(error: unknown): string {
	const text = reasonOf(error);
	return errorLines(text)[0] ?? text;
}

/** A jail that should run and does not. */
export function isStopped({ option, configured }: RunningDifference): boolean {
	return option === 'running' && configured === 'true';
}

/**
 * Whether a running jail lost actions: it has fewer than configured and none besides. One that still runs with
 * other actions enforces what the configuration said before.
 */
export function lostActions({ option, running, configured }: RunningDifference): boolean {
	if (option !== 'actions') return false;
	const names = (text: string | null) => (text ?? '').split(/,\s*/).filter(Boolean);
	const wanted = new Set(names(configured));
	return names(running).every((name) => wanted.has(name));
}
