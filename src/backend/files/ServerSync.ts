import type { CommandResult, Fail2banCommands } from '../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../fail2ban/Fail2banServer.ts';
import { type Message, msg, TextError, verbatim } from '../kit/message.ts';
import type { ApplyStep } from './applyPlan.ts';
import { type RunningDifference, runningDifferences } from './compareRunning.ts';
import type { JailCommands } from './jailCommands.ts';
import { runningSettings, sameSetting, settleServerOptions } from './serverSettings.ts';

/** A step that the server did not accept, with what it said. */
export class ApplyError extends TextError {
	constructor(
		readonly step: string,
		message: string | Message,
		/** The server does not answer: nothing more may be sent to it. */
		readonly frozen: boolean,
		readonly output: string,
	) {
		super(message);
		this.name = 'ApplyError';
	}
}

export type ServerState = 'running' | 'stopped' | 'frozen';

/** Milliseconds. A reload of one jail takes 0.15 s; a restart sets its bans again one by one. */
const limitsMs = {
	ping: 1500,
	reload: 10_000,
	restart: 10 * 60_000,
	settle: 4000,
	back: 10_000,
	between: 100,
};

function stepText(step: ApplyStep): string {
	switch (step.kind) {
		case 'reload':
			return `reload ${step.jail}`;
		case 'restart':
			return `reload --restart ${step.jail}`;
		case 'stop':
			return `stop ${step.jail}`;
		case 'unset':
			return `set ${step.jail} ${step.option}`;
		case 'ignoreip':
			return `set ${step.jail} addignoreip ${step.add.join(' ')} delignoreip ${step.remove.join(' ')}`;
	}
}

/** Brings the running server in line with the configuration, and checks that it is. */
export class ServerSync {
	readonly #server: Fail2banServer;
	readonly #commands: Fail2banCommands;

	constructor(server: Fail2banServer, commands: Fail2banCommands) {
		this.#server = server;
		this.#commands = commands;
	}

	async state(): Promise<ServerState> {
		try {
			await this.#server.version({ timeout: limitsMs.ping });
			return 'running';
		} catch (error) {
			if (!(error instanceof ServerError)) throw error;
			if (error.code === 'not-running') return 'stopped';
			if (error.code === 'timeout' || error.code === 'disconnected') return 'frozen';
			throw error;
		}
	}

	/** Waits up to 10 s for a server that is being restarted; returns its state in the end. */
	async returned(): Promise<ServerState> {
		const end = performance.now() + limitsMs.back;
		for (;;) {
			const state = await this.state();
			if (state === 'running' || performance.now() > end) return state;
			await new Promise((resolve) => setTimeout(resolve, limitsMs.between));
		}
	}

	running(): Promise<string[]> {
		return this.#server.jails({ timeout: limitsMs.ping });
	}

	/** Throws ApplyError at the first step that fails. */
	async apply(steps: readonly ApplyStep[], line: (text: string) => void): Promise<void> {
		for (const step of steps) {
			line(stepText(step));
			await this.#step(step, line);
		}
	}

	async #step(step: ApplyStep, line: (text: string) => void): Promise<void> {
		try {
			switch (step.kind) {
				case 'reload':
					return this.#check(
						step,
						await this.#commands.reload(['--if-exists', step.jail], {
							timeout: limitsMs.reload,
							onLine: line,
						}),
					);
				case 'restart':
					return this.#check(
						step,
						await this.#commands.reload(['--restart', '--if-exists', step.jail], {
							timeout: limitsMs.restart,
							onLine: line,
						}),
					);
				case 'stop':
					await this.#server.command(['stop', step.jail], { timeout: limitsMs.restart });
					return;
				case 'unset':
					await this.#server.command([
						'set',
						step.jail,
						step.option,
						step.option === 'bantime.increment' ? 'false' : '',
					]);
					return;
				case 'ignoreip':
					for (const entry of step.add) await this.#server.command(['set', step.jail, 'addignoreip', entry]);
					for (const entry of step.remove)
						await this.#server.command(['set', step.jail, 'delignoreip', entry]);
			}
		} catch (error) {
			if (!(error instanceof ServerError)) throw error;
			throw new ApplyError(stepText(step), error.text, error.code === 'timeout', '');
		}
	}

	#check(step: ApplyStep, result: CommandResult): void {
		if (result.exit === 0) return;
		const output = `${result.stdout}${result.stderr}`;
		const reason = result.timedOut
			? msg('fail2ban does not answer')
			: verbatim(lastLine(output) || `exit ${result.exit}`);
		throw new ApplyError(stepText(step), reason, result.timedOut, output);
	}

	/** Sets options of the server itself. Throws ApplyError at the first that it refuses. */
	async set(settings: ReadonlyMap<string, string>, line: (text: string) => void): Promise<void> {
		for (const [option, value] of settings) {
			const step = `set ${option} ${value}`;
			line(step);
			try {
				await this.#server.command(['set', option, value]);
			} catch (error) {
				if (!(error instanceof ServerError)) throw error;
				throw new ApplyError(step, error.text, error.code === 'timeout', '');
			}
		}
	}

	/** See settleServerOptions. */
	settleServer(configured: ReadonlyMap<string, string>): Promise<void> {
		return settleServerOptions(this.#server, configured);
	}

	/** Throws ApplyError if the server runs with something else than was set. */
	async checkSettings(settings: ReadonlyMap<string, string>): Promise<void> {
		if (settings.size === 0) return;
		const running = await runningSettings(this.#server, [...settings.keys()]);
		for (const [option, value] of settings) {
			const found = running.get(option) ?? null;
			if (!sameSetting(option, value, found))
				throw new ApplyError(
					'verify',
					msg('fail2ban runs with {0} {1} instead of {2}', option, found ?? msg('unset'), value),
					false,
					'',
				);
		}
	}

	differences(
		configured: ReadonlyMap<string, JailCommands>,
		only?: ReadonlySet<string>,
	): Promise<RunningDifference[]> {
		return runningDifferences(this.#server, configured, only);
	}

	/**
	 * Waits until the server runs what is configured; returns what still differs after 4 s, empty if all is well.
	 * @param accepted differences that were there before the change and are none of its business
	 */
	async settle(
		configured: ReadonlyMap<string, JailCommands>,
		accepted: readonly RunningDifference[],
	): Promise<RunningDifference[]> {
		const key = (d: RunningDifference) => JSON.stringify([d.jail, d.option, d.running, d.configured]);
		const known = new Set(accepted.map(key));
		// setting the clock must not prolong the wait
		const end = performance.now() + limitsMs.settle;
		for (;;) {
			const found = await this.#found(configured, performance.now() < end);
			const left = found?.filter((difference) => !known.has(key(difference)));
			if (left !== undefined && (left.length === 0 || performance.now() > end)) return left;
			await new Promise((resolve) => setTimeout(resolve, limitsMs.between));
		}
	}

	/** null: the server is away, and may come back. */
	async #found(
		configured: ReadonlyMap<string, JailCommands>,
		patient: boolean,
	): Promise<RunningDifference[] | null> {
		try {
			return await this.differences(configured);
		} catch (error) {
			const away =
				error instanceof ServerError && (error.code === 'not-running' || error.code === 'disconnected');
			if (away && patient) return null;
			throw error;
		}
	}

	/** The last resort, for a server that lost jails. */
	restartServer(line: (text: string) => void): Promise<CommandResult> {
		return this.#commands.restart({ timeout: limitsMs.restart, onLine: line });
	}
}

function lastLine(output: string): string {
	const lines = output.split('\n').map((text) => text.trim());
	return (
		lines
			.filter((text) => text !== '' && !text.includes("'allowipv6' not defined"))
			.at(-1)
			?.replace(/^.*?(?:ERROR|WARNING)\s+/, '') ?? ''
	);
}
