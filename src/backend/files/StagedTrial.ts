import path from 'node:path';
import type { FilterExpressions } from '../config/filterDefinition.ts';
import { JailConfig } from '../config/layers.ts';
import { isFalse, isTrue } from '../config/pythonValues.ts';
import type { Fail2banCommands } from '../fail2ban/Fail2banCommands.ts';
import { ApiError } from '../kit/errors.ts';
import { enumerate, type Message, msg, msgN } from '../kit/message.ts';
import type { PlannedChange } from './ConfigChange.ts';
import type { ConfigSnapshot } from './ConfigFiles.ts';
import { type Compile, expressionFault } from './compileJail.ts';
import { type DumpedJails, dumpedJails, type JailCommands } from './jailCommands.ts';
import {
	type Judgement,
	jailsLosingTheirLog,
	jailsToCompile,
	madeWorse,
	newlyRefused,
	type Reading,
} from './judgeChange.ts';
import { overlay } from './overlay.ts';
import { removeStage, stageChange } from './stage.ts';

/** Asks fail2ban what it makes of a change before a byte of the configuration is touched. */
export class StagedTrial {
	readonly #commands: Fail2banCommands;
	readonly #compile: Compile;
	readonly #state: string;

	constructor(commands: Fail2banCommands, compile: Compile, state: string) {
		this.#commands = commands;
		this.#compile = compile;
		this.#state = state;
	}

	/** What fail2ban reads from the live folder. */
	async read(root: string): Promise<Reading> {
		return { dumped: dumpedJails(await this.#commands.dump(root)) };
	}

	/** Throws ApiError 400 if the change makes the configuration worse or does not have the intended effect. */
	async check(
		snapshot: ConfigSnapshot,
		planned: PlannedChange,
	): Promise<{ before: Reading; after: Judgement }> {
		this.#checkExpected(snapshot, planned);
		const stage = await stageChange(snapshot.root, this.#state, planned.edits);
		try {
			const [before, after] = await Promise.all([
				this.read(snapshot.root),
				this.#judgeStage(stage, snapshot.root, planned),
			]);
			const blind = planned.restoreFaulty === undefined ? [] : jailsLosingTheirLog(before, after);
			if (blind.length > 0) bringBack(after, blind, planned);
			const worse =
				madeWorse(before, after, [...(planned.stops ?? []), ...blind]) ??
				(await newlyRefused(after, () => this.#commands.test(snapshot.root)));
			if (worse) throw refuse(planned, worse);
			await this.#compileExpressions(stage, planned, jailsToCompile(before.dumped, after.dumped));
			checkEffective(planned, after.dumped);
			return { before, after };
		} finally {
			await removeStage(stage);
		}
	}

	async #judgeStage(stage: string, root: string, planned: PlannedChange): Promise<Judgement> {
		const live = (text: string) => text.replaceAll(stage, root);
		const dumping = this.#commands.dump(stage).catch((error: Error) => {
			throw refuse(planned, msg('fail2ban cannot read the changed configuration: {0}', live(error.message)));
		});
		const [test, dump] = await Promise.all([this.#commands.test(stage), dumping]);
		return {
			test: { ...test, stdout: live(test.stdout), stderr: live(test.stderr) },
			dumped: dumpedJails(JSON.parse(live(JSON.stringify(dump)))),
		};
	}

	#checkExpected({ source, root, jails }: ConfigSnapshot, planned: PlannedChange): void {
		const after = new JailConfig(overlay(source, root, planned.edits), root, jails.version);
		for (const { jail, option, value, server } of planned.expected) {
			const found = server
				? after.serverOption(option)
				: jail === null
					? after.defaultOption(option)
					: after.option(jail, option);
			if ((found?.value ?? null) === value) continue;
			throw refuse(planned, ineffective(root, option, value, found ?? null), option);
		}
	}

	async #compileExpressions(
		stage: string,
		planned: PlannedChange,
		jails: readonly JailCommands[],
	): Promise<void> {
		const filters = (planned.expressions ?? []).map((filter) => ({
			fault: (reason: Message) => msg("Filter '{0}': {1}", filter.name, reason),
			commands: { ...filter, settings: filterSettings(filter) },
		}));
		const users = jails.map((commands) => ({
			fault: (reason: Message) => msg("Jail '{0}': {1}", commands.jail, reason),
			commands,
		}));
		for (const { fault, commands } of [...filters, ...users]) {
			const reason = await expressionFault(this.#compile, stage, commands);
			if (reason === null) continue;
			const option = planned.changed.find(({ option: name }) =>
				/regex$|^datepattern$|^filter$/.test(name),
			)?.option;
			throw refuse(planned, fault(reason), option);
		}
	}
}

/**
 * Jails without a log stop, as far as they run, and what `-t` says of them was true before. Throws ApiError 409 if that
 * is to be asked about first.
 */
function bringBack(after: Judgement, blind: readonly string[], { restoreFaulty }: PlannedChange): void {
	if (restoreFaulty === 'ask') {
		const jails = enumerate(blind.map((jail) => `'${jail}'`));
		const message = msgN(
			blind.length,
			'fail2ban refuses to start with the earlier configuration: there is no log file for jail {1}. If it is running, this jail stops and the others keep running until the next start.',
			'fail2ban refuses to start with the earlier configuration: there is no log file for jails {1}. If it is running, these jails stop and the others keep running until the next start.',
			jails,
		);
		throw new ApiError(409, 'refuses-start', message, { 'refuses-start': blind.join(',') });
	}
	for (const jail of blind) after.dumped.jails.delete(jail);
	after.test = { ...after.test, exit: 0 };
}

function filterSettings({ prefregex, datepattern, maxlines }: FilterExpressions): Map<string, string> {
	const all = { prefregex, datepattern, maxlines: maxlines === null ? '' : String(maxlines) };
	return new Map(Object.entries(all).filter(([, value]) => value !== ''));
}

/** @param found what has the last word instead; null: nothing sets the option */
function ineffective(
	root: string,
	option: string,
	value: string | null,
	found: { file: string; line: number } | null,
): Message {
	const wanted = value ?? msg('unset');
	if (found === null) return msg('{0} would not become {1}: no file sets it.', option, wanted);
	const place = `${path.relative(root, found.file)}:${found.line}`;
	return msg('{0} would not become {1}: {2} is read later and overrides it.', option, wanted, place);
}

function refuse(planned: PlannedChange, message: Message, option = planned.changed[0]?.option): ApiError {
	const errors = option === undefined ? {} : { [option.replaceAll('.', '-')]: message };
	return new ApiError(400, 'config-worse', message, errors);
}

/** fail2ban's own reading must be the value that was meant; it has options of its own that no command carries. */
function checkEffective(planned: PlannedChange, { jails, server: settings }: DumpedJails): void {
	for (const { jail, option, value, server } of planned.expected) {
		const dumped = server ? settings.get(option) : jails.get(jail ?? '')?.settings.get(option);
		if (dumped === undefined || value === null) continue;
		const [read, meant] = [dumped.trim(), value.trim()];
		if (read !== meant && !(isTrue(read) && isTrue(meant)) && !(isFalse(read) && isFalse(meant)))
			throw refuse(planned, msg('fail2ban would read {0} as {1}, not {2}.', option, dumped, value), option);
	}
}
