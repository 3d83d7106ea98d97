import { isTrue } from '../../config/pythonValues.ts';
import { parseTime } from '../../config/time.ts';
import type { DumpCommand } from '../../fail2ban/Fail2banCommands.ts';
import { ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { type RunningDifference, runningDifferences } from '../../files/compareRunning.ts';
import { type DumpedJails, dumpedJails, type JailCommands } from '../../files/jailCommands.ts';
import { withoutLog } from '../../files/judgeChange.ts';
import { settleServerOptions } from '../../files/serverSettings.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { reasonOf } from '../../kit/errors.ts';
import { type Message, msg } from '../../kit/message.ts';
import { type JailCommand, JailReload, type JailReloadDeps } from '../jails/JailReload.ts';
import type { DeepComparison } from '../server/ConfigCheck.ts';
import { stopReason } from '../server/problems.ts';

export interface ApplyConfigDeps extends JailReloadDeps {
	files: ConfigFiles;
	deep: DeepComparison;
}

type Line = (text: string) => void;

/** Settings that fail2ban takes from the files without a check, and fails on when it loads the jail. */
const times = ['bantime', 'findtime', 'bantime.maxtime', 'bantime.rndtime'];
const numbers = ['maxretry', 'maxmatches', 'maxlines'];

/**
 * Brings the server to what the files say, jail by jail. fail2ban's own reload of everything stops all jails when one
 * of them fails, so it is never used; a jail that cannot be loaded is left as it runs, and told.
 */
export class ApplyConfig implements Task {
	constructor(
		private readonly deps: ApplyConfigDeps,
		private readonly caller: Caller,
	) {}

	/** Runs to its end even when nobody listens. Throws Error that names each jail that is not as on disk. */
	async run(line: Line): Promise<void> {
		const { commands, files } = this.deps;
		const { root } = files.fresh();
		const dump = await commands.dump(root);
		const dumped = dumpedJails(dump);
		const before = await this.#differences(dump, dumped);
		for (const { jail, option, configured } of before) if (jail === '') line(`set ${option} ${configured}`);
		await settleServerOptions(this.deps.server, dumped.server);
		const failures = await this.#stopJails(dumped, line);
		for (const configured of dumped.jails.values()) {
			const mine = before.filter(({ jail }) => jail === configured.jail);
			failures.push(...(await this.#load(configured, mine, line)));
		}
		failures.push(...(await this.#restartRest(dump, dumped, line)));
		if (failures.length > 0) throw new Error([...new Set(failures)].join(' '));
		const { size } = dumped.jails;
		line(`${size} ${size === 1 ? 'jail runs' : 'jails run'}.`);
	}

	async #differences(dump: readonly DumpCommand[], { jails }: DumpedJails): Promise<RunningDifference[]> {
		const { server, deep } = this.deps;
		const running = new Set(await server.jails());
		return [...(await runningDifferences(server, jails)), ...(await deep.differences(dump, running))];
	}

	/** Jails that are disabled or gone; one that fail2ban only fails to read goes on. */
	async #stopJails({ jails: configured, errors }: DumpedJails, line: Line): Promise<string[]> {
		const { server, files } = this.deps;
		const { jails } = files.snapshot();
		const failures: string[] = [];
		for (const jail of await server.jails()) {
			if (configured.has(jail)) continue;
			if (isTrue(jails.option(jail, 'enabled')?.value)) {
				const reason = stopReason(jail, errors) ?? errors.at(-1) ?? 'fail2ban cannot read it.';
				failures.push(`Jail '${jail}' keeps running unchanged: ${reason}`);
				continue;
			}
			line(`stop ${jail}`);
			await server.command(['stop', jail], { timeout: 10 * 60_000 });
		}
		return failures;
	}

	async #load(
		configured: JailCommands,
		differences: readonly RunningDifference[],
		line: Line,
	): Promise<string[]> {
		const fault = await this.#faultOf(configured);
		if (fault !== null) return [`Jail '${configured.jail}' is left unchanged: ${fault}`];
		// a plain reload would leave it without its actions (fail2ban #3860)
		const actions = differences.some(({ option }) => option.startsWith('action'));
		return this.#reload(configured, actions ? 'restart' : 'reload', line);
	}

	async #reload(configured: JailCommands, command: JailCommand, line: Line): Promise<string[]> {
		try {
			await new JailReload(this.deps, command, configured, this.caller).run(line);
			return [];
		} catch (error) {
			if (error instanceof ServerError) throw error;
			return [reasonOf(error)];
		}
	}

	/** What would make fail2ban fail on a jail, as far as that can be known before. */
	async #faultOf(configured: JailCommands): Promise<Message | null> {
		const { settings } = configured;
		for (const option of times) {
			const value = settings.get(option);
			if (value !== undefined && parseTime(value) === null)
				return msg("{0}: '{1}' is not a valid time.", option, value);
		}
		for (const option of numbers) {
			const value = settings.get(option);
			if (value !== undefined && !/^\d+$/.test(value))
				return msg("{0}: '{1}' is not a whole number.", option, value);
		}
		if (withoutLog(configured)) return msg('no log file found.');
		return this.deps.expressionFault(configured);
	}

	/** Some settings outlive a reload: what still differs needs a restart of its jail. */
	async #restartRest(dump: readonly DumpCommand[], dumped: DumpedJails, line: Line): Promise<string[]> {
		const left = await this.#differences(dump, dumped);
		const failures: string[] = [];
		for (const jail of new Set(left.map((difference) => difference.jail))) {
			const configured = dumped.jails.get(jail);
			if (configured === undefined || (await this.#faultOf(configured)) !== null) continue;
			failures.push(...(await this.#reload(configured, 'restart', line)));
		}
		return failures;
	}
}
