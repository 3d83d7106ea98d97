import type { Task } from '../caller.ts';
import { ApiError } from '../errors.ts';
import type { CommandResult, Fail2banCommands } from '../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../fail2ban/Fail2banServer.ts';
import type { ConfigFiles } from '../files/ConfigFiles.ts';
import { type RunningDifference, runningDifferences } from '../files/compareRunning.ts';
import { dumpedJails, type JailCommands } from '../files/jailCommands.ts';
import { errorLines } from '../files/judgeChange.ts';
import type { Log } from '../log.ts';
import { audit } from './audit.ts';
import { isStopped, lostActions } from './ConfigCheck.ts';
import type { Services } from './call.ts';
import type { ServerFigures } from './serverFigures.ts';

/** Milliseconds. A restart sets all bans again one by one; a unit that is started is up some seconds later. */
const limits = { command: 10 * 60_000, reload: 120_000, settled: 2000, started: 30_000, between: 250 };

type Command = 'start' | 'stop' | 'restart' | 'reload';

export interface ServiceDeps {
	server: Fail2banServer;
	commands: Fail2banCommands;
	files: ConfigFiles;
	figures: ServerFigures;
	/** Keeps changes of the configuration away meanwhile; answers the function that lets them in again. */
	lock: (user: string, what: string) => Promise<() => Promise<void>>;
	log: Log;
}

type Line = (text: string) => void;

/** What fails a task: fail2ban's own last words. */
function failure(command: Command, { exit, timedOut, stdout, stderr }: CommandResult): Error {
	if (timedOut) return new Error(`${command}: fail2ban does not answer.`);
	const words = errorLines(`${stdout}\n${stderr}`).at(-1) ?? (stdout || stderr).trim().split('\n').at(-1);
	return new Error(`${command} failed: ${words || `exit ${exit}`}`);
}

/** In words, for the task log. */
function wrongText(difference: RunningDifference): string {
	const { jail } = difference;
	return isStopped(difference) ? `Jail '${jail}' does not run.` : `Jail '${jail}' runs without its actions.`;
}

class ServiceTask implements Task {
	constructor(
		private readonly deps: ServiceDeps,
		private readonly command: Command,
		private readonly release: () => Promise<void>,
		private readonly done: (outcome: string) => void,
	) {}

	/** Runs to its end even when nobody listens: a server that is half restarted helps nobody. */
	async run(line: Line): Promise<void> {
		try {
			await this.#work(line);
			this.done('done');
		} catch (error) {
			this.done('failed');
			throw error;
		} finally {
			this.deps.figures.changed();
			await this.release();
		}
	}

	async #work(line: Line): Promise<void> {
		const { commands } = this.deps;
		if (this.command === 'stop') return this.#call('stop', line);
		const { root } = this.deps.files.snapshot();
		const { jails } = dumpedJails(await commands.dump(root));
		await this.#call(this.command, line);
		let wrong = await this.#settle(jails, this.command === 'reload' ? limits.settled : limits.started);
		if (wrong.length > 0 && this.command === 'reload') wrong = await this.#repair(jails, wrong, line);
		if (wrong.length > 0) throw new Error(wrong.map(wrongText).join(' '));
		line(`${jails.size} ${jails.size === 1 ? 'jail runs' : 'jails run'}.`);
	}

	async #call(command: Command, line: Line): Promise<void> {
		line(`${command} fail2ban`);
		const { commands } = this.deps;
		const options = { onLine: line, timeout: command === 'reload' ? limits.reload : limits.command };
		const result = await (command === 'reload' ? commands.reload([], options) : commands[command](options));
		if (result.exit !== 0) throw failure(command, result);
	}

	/** A good reload may leave fewer jails after an earlier bad one; the next one brings them back. */
	async #repair(
		jails: ReadonlyMap<string, JailCommands>,
		wrong: readonly RunningDifference[],
		line: Line,
	): Promise<RunningDifference[]> {
		for (const difference of wrong) line(wrongText(difference));
		for (const { jail } of wrong.filter(lostActions)) {
			line(`reload --restart ${jail}`);
			await this.deps.commands.reload(['--restart', jail], { onLine: line, timeout: limits.command });
		}
		if (wrong.some(isStopped)) await this.#call('reload', line);
		const still = await this.#settle(jails, limits.settled);
		if (still.length === 0) return still;
		await this.#call('restart', line);
		return this.#settle(jails, limits.started);
	}

	/** Waits until all jails run with their actions; answers what is still wrong in the end. */
	async #settle(jails: ReadonlyMap<string, JailCommands>, time: number): Promise<RunningDifference[]> {
		// a clock that somebody sets must not prolong the wait
		const end = performance.now() + time;
		for (;;) {
			const wrong = await this.#wrong(jails);
			if (wrong !== null && wrong.length === 0) return [];
			if (performance.now() >= end) {
				if (wrong === null) throw new Error('fail2ban does not answer.');
				return wrong;
			}
			await new Promise((resolve) => setTimeout(resolve, limits.between));
		}
	}

	/** null: the server does not answer yet. */
	async #wrong(jails: ReadonlyMap<string, JailCommands>): Promise<RunningDifference[] | null> {
		try {
			const found = await runningDifferences(this.deps.server, jails);
			return found.filter((difference) => isStopped(difference) || lostActions(difference));
		} catch (error) {
			if (!(error instanceof ServerError)) throw error;
			return null;
		}
	}
}

export function postServiceService(deps: ServiceDeps): Services['postService'] {
	const { commands, files, lock, log } = deps;
	return async ({ params: { command }, caller }) => {
		if (command !== 'stop') {
			// a bad configuration would cost the jails that run now
			const test = await commands.test(files.snapshot().root);
			if (test.exit !== 0) {
				const { message } = failure(command, test);
				throw new ApiError(
					400,
					'bad-config',
					`Not done, because fail2ban would fail: ${message.replace(/^.*? failed: /, '')}`,
				);
			}
		}
		const release = await lock(caller.user, `${command} fail2ban`);
		const done = (outcome: string) => audit(log, { caller, what: `${command} fail2ban`, to: outcome });
		return { task: new ServiceTask(deps, command, release, done) };
	};
}
