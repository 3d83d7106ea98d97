import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { JailConfig } from '../config/layers.ts';
import { ApiError } from '../errors.ts';
import type { CommandResult, Fail2banCommands } from '../fail2ban/Fail2banCommands.ts';
import type { PlannedChange } from './ConfigChange.ts';
import type { ConfigSnapshot } from './ConfigFiles.ts';
import { dumpedJails, type JailCommands } from './jailCommands.ts';
import { expressionFile, type Judgement, jailsToCompile, madeWorse } from './judgeChange.ts';
import { overlay } from './overlay.ts';
import { removeStage, stageChange } from './stage.ts';

/** Asks fail2ban what it makes of a change before a byte of the configuration is touched. */
export class Preview {
	readonly #commands: Fail2banCommands;
	readonly #compile: (filterFile: string, logFile: string) => Promise<CommandResult>;
	readonly #state: string;

	/** @param compile runs fail2ban-regex on a filter file and a log file */
	constructor(
		commands: Fail2banCommands,
		compile: (filterFile: string, logFile: string) => Promise<CommandResult>,
		state: string,
	) {
		this.#commands = commands;
		this.#compile = compile;
		this.#state = state;
	}

	/** What fail2ban makes of the live folder. */
	async judge(root: string): Promise<Judgement> {
		const [test, dump] = await Promise.all([this.#commands.test(root), this.#commands.dump(root)]);
		return { test, dumped: dumpedJails(dump) };
	}

	/** Throws ApiError 400 if the change makes the configuration worse or does not come to what was meant. */
	async check(
		snapshot: ConfigSnapshot,
		planned: PlannedChange,
	): Promise<{ before: Judgement; after: Judgement }> {
		this.#checkExpected(snapshot, planned);
		const stage = await stageChange(snapshot.root, this.#state, planned.edits);
		try {
			const [before, after] = await Promise.all([
				this.judge(snapshot.root),
				this.#judgeStage(stage, snapshot.root, planned),
			]);
			const worse = madeWorse(before, after, planned.stops);
			if (worse) throw refuse(planned, worse);
			await this.#compileExpressions(stage, planned, jailsToCompile(before.dumped, after.dumped));
			checkEffective(planned, after.dumped.jails);
			return { before, after };
		} finally {
			await removeStage(stage);
		}
	}

	async #judgeStage(stage: string, root: string, planned: PlannedChange): Promise<Judgement> {
		const live = (text: string) => text.replaceAll(stage, root);
		const dumping = this.#commands.dump(stage).catch((error: Error) => {
			throw refuse(planned, `fail2ban cannot read the changed configuration: ${live(error.message)}`);
		});
		const [test, dump] = await Promise.all([this.#commands.test(stage), dumping]);
		return {
			test: { ...test, stdout: live(test.stdout), stderr: live(test.stderr) },
			dumped: dumpedJails(JSON.parse(live(JSON.stringify(dump)))),
		};
	}

	#checkExpected({ source, root, jails }: ConfigSnapshot, planned: PlannedChange): void {
		const after = new JailConfig(overlay(source, root, planned.edits), root, jails.version);
		for (const { jail, option, value } of planned.expected) {
			const found = jail === null ? after.defaultOption(option) : after.option(jail, option);
			if ((found?.value ?? null) === value) continue;
			const where = found ? `${path.relative(root, found.file)}:${found.line}` : 'no file';
			throw refuse(
				planned,
				`${option} would not become ${value ?? 'unset'}: ${where} is read later and wins.`,
				option,
			);
		}
	}

	async #compileExpressions(
		stage: string,
		planned: PlannedChange,
		jails: readonly JailCommands[],
	): Promise<void> {
		const log = path.join(stage, 'one-line.log');
		if (jails.length > 0) await writeFile(log, 'x\n', { mode: 0o600 });
		for (const commands of jails) {
			const file = path.join(stage, 'expressions.conf');
			await writeFile(file, expressionFile(commands), { mode: 0o600 });
			const result = await this.#compile(file, log);
			if (result.exit === 0) continue;
			const reason = compileReason(result);
			const option = planned.changed.find(({ option: name }) =>
				/regex$|^datepattern$|^filter$/.test(name),
			)?.option;
			throw refuse(planned, `Jail '${commands.jail}': ${reason}`, option);
		}
	}
}

function compileReason({ stdout, stderr, timedOut }: CommandResult): string {
	if (timedOut) return 'an expression takes too long to compile.';
	const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
	const found = lines.find((line) => /unable to compile|no '?failure-id|no group|no 'host'/i.test(line));
	return (found ?? lines.filter(Boolean).at(-1) ?? 'an expression does not compile.').replace(
		/^.*ERROR\s+/,
		'',
	);
}

function refuse(planned: PlannedChange, message: string, option = planned.changed[0]?.option): ApiError {
	const errors = option === undefined ? {} : { [option.replaceAll('.', '-')]: message };
	return new ApiError(400, 'config-worse', message, errors);
}

/** fail2ban's own reading must be the value that was meant; it has options of its own that no command carries. */
function checkEffective(planned: PlannedChange, jails: ReadonlyMap<string, JailCommands>): void {
	for (const { jail, option, value } of planned.expected) {
		const dumped = jail === null || value === null ? undefined : jails.get(jail)?.settings.get(option);
		if (dumped === undefined || value === null) continue;
		if (
			dumped.trim() !== value.trim() &&
			!(isTrue(dumped) && isTrue(value)) &&
			!(isFalse(dumped) && isFalse(value))
		)
			throw refuse(planned, `fail2ban would read ${option} as ${dumped}, not ${value}.`, option);
	}
}

const isTrue = (text: string) => /^(1|on|true|yes)$/i.test(text.trim());
const isFalse = (text: string) => /^(0|off|false|no)$/i.test(text.trim());
