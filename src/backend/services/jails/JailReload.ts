import { isTrue } from '../../config/pythonValues.ts';
import type { DumpCommand, Fail2banCommands } from '../../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type RunningDifference, runningDifferences } from '../../files/compareRunning.ts';
import { type DumpedJails, dumpedJails, type JailCommands } from '../../files/jailCommands.ts';
import { errorLines, withoutLog } from '../../files/judgeChange.ts';
import { settleServerOptions } from '../../files/serverSettings.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import { type Message, msg, verbatim } from '../../kit/message.ts';
import { maskSecrets } from '../kit/secrets.ts';
import { lostActions } from '../server/ConfigCheck.ts';
import { stopReason } from '../server/problems.ts';
import { settleJails, wrongText } from '../server/settleJails.ts';
import { noJail } from './detail.ts';

/** Milliseconds. A restart sets the jail's bans again one by one. */
const limitsMs = { reload: 120_000, restart: 10 * 60_000, settled: 2000 };

export interface JailReloadDeps {
	server: Fail2banServer;
	commands: Fail2banCommands;
	/** Why the expressions of a jail do not compile; null: they do. */
	expressionFault: (commands: JailCommands) => Promise<Message | null>;
}

export type JailCommand = 'reload' | 'restart';

type Line = (text: string) => void;

function notDone(reason: Message): ApiError {
	const message = msg('Not done, because fail2ban would fail: {0}', reason);
	return new ApiError(400, 'bad-config', message, { jail: reason });
}

/** fail2ban's own words for why it leaves out the jail. */
function skipReason({ errors }: DumpedJails, jail: string): Message {
	const words = stopReason(jail, errors) ?? errors.at(-1);
	return words === undefined ? msg("fail2ban skips jail '{0}'.", jail) : verbatim(words);
}

/**
 * The jail as the files have it. A reload that fails would stop it, so all that can be known is checked before.
 * Throws ApiError: 404 without the jail, 400 if it is disabled or fail2ban would fail on it, 503 if no server runs.
 */
export async function checkedJail(
	{ server, expressionFault }: JailReloadDeps,
	{ jails }: ConfigSnapshot,
	jail: string,
	read: () => Promise<readonly DumpCommand[]>,
): Promise<JailCommands> {
	if (!jails.jails().includes(jail)) throw noJail(jail);
	if (!isTrue(jails.option(jail, 'enabled')?.value)) {
		throw invalidParams({ jail: msg("Jail '{0}' is disabled; enable it first.", jail) });
	}
	try {
		await server.version();
	} catch (error) {
		if (!(error instanceof ServerError) || error.code !== 'not-running') throw error;
		throw new ApiError(503, 'not-running', msg('fail2ban is not running; start it first.'));
	}
	const dumped = dumpedJails(await read());
	const configured = dumped.jails.get(jail);
	if (configured === undefined) throw notDone(skipReason(dumped, jail));
	if (withoutLog(configured)) throw notDone(msg("No log file found for jail '{0}'.", jail));
	const fault = await expressionFault(configured);
	if (fault !== null) throw notDone(fault);
	await settleServerOptions(server, dumped.server);
	return configured;
}

/** Brings one jail to what the files say, by a reload or a restart; no other jail is touched. */
export class JailReload implements Task {
	constructor(
		private readonly deps: JailReloadDeps,
		private readonly command: JailCommand,
		private readonly configured: JailCommands,
		private readonly caller: Caller,
	) {}

	/** Runs to its end even when the caller goes away. Throws Error if the jail does not run with its actions. */
	async run(line: Line): Promise<void> {
		const { jail } = this.configured;
		await this.#call(this.command, line);
		let wrong = await this.#settle(line);
		// a good reload may leave no jail after an earlier bad one, and no actions after a change of them (fail2ban #3860)
		if (wrong.length > 0 && !wrong.some(lostActions)) wrong = await this.#again('reload', line);
		if (wrong.length > 0) wrong = await this.#again('restart', line);
		if (wrong.length > 0) throw new Error(wrong.map(wrongText).join(' '));
		await this.#tellDifferences(line);
		line(`Jail '${jail}' runs with its actions.`);
	}

	async #call(command: JailCommand, line: Line): Promise<void> {
		const { jail } = this.configured;
		const args = [...(command === 'restart' ? ['--restart'] : []), '--if-exists', jail];
		line(`reload ${args.join(' ')}`);
		const timeout = limitsMs[command];
		const { exit, timedOut, stdout, stderr } = await this.deps.commands.reload(args, {
			onLine: line,
			timeout,
		});
		if (exit === 0) return;
		if (timedOut) throw new Error(`${command}: fail2ban does not answer.`);
		const words = errorLines(`${stdout}\n${stderr}`).at(-1) ?? (stdout || stderr).trim().split('\n').at(-1);
		const lost = (await this.#settle(line)).map(wrongText);
		throw new Error([`${command} of jail '${jail}' failed: ${words || `exit ${exit}`}`, ...lost].join(' '));
	}

	async #again(command: JailCommand, line: Line): Promise<RunningDifference[]> {
		await this.#call(command, line);
		return this.#settle(line);
	}

	/** What is still wrong with the jail after a while. */
	async #settle(line: Line): Promise<RunningDifference[]> {
		const { jail } = this.configured;
		const all = await settleJails(this.deps.server, new Map([[jail, this.configured]]), limitsMs.settled);
		const wrong = all.filter((difference) => difference.jail === jail);
		for (const difference of wrong) line(wrongText(difference));
		return wrong;
	}

	/** Some settings outlive a reload, so what still differs from the files is reported. */
	async #tellDifferences(line: Line): Promise<void> {
		const { jail } = this.configured;
		const found = await runningDifferences(this.deps.server, new Map([[jail, this.configured]]));
		for (const { option, running, configured } of found.filter((difference) => difference.jail === jail)) {
			const show = (value: string | null) =>
				value === null ? 'nothing' : this.caller.root ? value : maskSecrets(option, value);
			line(`${option} runs with ${show(running)}, configured is ${show(configured)}; restart the jail.`);
		}
	}
}
