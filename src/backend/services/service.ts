import type { Caller, Task } from '../caller.ts';
import { ApiError, invalidParams } from '../errors.ts';
import type { CommandResult, Fail2banCommands } from '../fail2ban/Fail2banCommands.ts';
import type { Fail2banServer } from '../fail2ban/Fail2banServer.ts';
import type { ConfigFiles } from '../files/ConfigFiles.ts';
import type { RunningDifference } from '../files/compareRunning.ts';
import { dumpedJails, type JailCommands } from '../files/jailCommands.ts';
import { errorLines } from '../files/judgeChange.ts';
import type { Log } from '../log.ts';
import { audit } from './audit.ts';
import { isStopped, lostActions } from './ConfigCheck.ts';
import type { Services } from './call.ts';
import { checkedJail, JailReload, type JailReloadDeps } from './jailReload.ts';
import type { ServerFigures } from './serverFigures.ts';
import { settleJails, wrongText } from './settleJails.ts';

/** Milliseconds. A restart sets all bans again one by one; a unit that is started is up some seconds later. */
const limits = { command: 10 * 60_000, reload: 120_000, settled: 2000, started: 30_000 };

type Command = 'start' | 'stop' | 'restart' | 'reload';

export interface ServiceDeps extends JailReloadDeps {
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

class ServiceTask implements Task {
	constructor(
		private readonly deps: ServiceDeps,
		private readonly command: Command,
	) {}

	async run(line: Line): Promise<void> {
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

	#settle(jails: ReadonlyMap<string, JailCommands>, time: number): Promise<RunningDifference[]> {
		return settleJails(this.deps.server, jails, time);
	}
}

/** Throws ApiError 400 if fail2ban would fail: a bad configuration would cost the jails that run now. */
async function checkAll({ commands, files }: ServiceDeps, command: Command): Promise<void> {
	const test = await commands.test(files.snapshot().root);
	if (test.exit === 0) return;
	const message = failure(command, test).message.replace(/^.*? failed: /, '');
	throw new ApiError(400, 'bad-config', `Not done, because fail2ban would fail: ${message}`);
}

export function postServiceService(deps: ServiceDeps): Services['postService'] {
	const { files, figures, lock, log } = deps;

	async function taskOf(command: Command, jail: string | undefined, caller: Caller): Promise<Task> {
		if (jail === undefined) {
			if (command !== 'stop') await checkAll(deps, command);
			return new ServiceTask(deps, command);
		}
		if (command !== 'reload' && command !== 'restart') {
			throw invalidParams({ command: 'One jail can only be reloaded or restarted.' });
		}
		return new JailReload(deps, command, await checkedJail(deps, files.snapshot(), jail), caller);
	}

	return async ({ params: { command, jail }, caller }) => {
		const what = `${command} ${jail === undefined ? 'fail2ban' : `jail ${jail}`}`;
		const task = await taskOf(command, jail, caller);
		const release = await lock(caller.user, what);
		const done = (outcome: string) => audit(log, { caller, what, to: outcome });
		return {
			task: {
				/** Runs to its end even when nobody listens: a server that is half restarted helps nobody. */
				async run(line, signal) {
					try {
						await task.run(line, signal);
						done('done');
					} catch (error) {
						done('failed');
						throw error;
					} finally {
						figures.changed();
						await release();
					}
				},
			},
		};
	};
}
