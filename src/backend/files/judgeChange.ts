import type { CommandResult } from '../fail2ban/Fail2banCommands.ts';
import { type Message, msg, verbatim } from '../kit/message.ts';
import type { DumpedJails, JailCommands } from './jailCommands.ts';

/** What fail2ban reads from one state of the configuration. */
export interface Reading {
	dumped: DumpedJails;
}

/** What it makes of one that may become the next. */
export interface Judgement extends Reading {
	test: CommandResult;
}

/** The lines in which fail2ban says what is wrong, without time and logger, and without words that say nothing. */
export function errorLines(output: string): string[] {
	return output
		.split('\n')
		.map(
			(line) => /(?:ERROR|CRITICAL)\s+(?:Failed during configuration: )?(.*)$/.exec(line)?.[1]?.trim() ?? '',
		)
		.filter(
			(line) => line !== '' && !/Async configuration of server failed|test configuration failed/.test(line),
		);
}

/** A jail that follows files, of which none exists: fail2ban refuses to start it. */
export function withoutLog(commands: JailCommands): boolean {
	return !commands.backend.startsWith('systemd') && commands.logpaths.length === 0;
}

/** Jails that had a log, or were not there, and would have none. */
export function jailsLosingTheirLog(before: Reading, after: Reading): string[] {
	return [...after.dumped.jails.values()]
		.filter((commands) => {
			const old = before.dumped.jails.get(commands.jail);
			return withoutLog(commands) && !(old && withoutLog(old));
		})
		.map(({ jail }) => jail);
}

function difference(after: readonly string[], before: readonly string[]): string[] {
	return after.filter((item) => !before.includes(item));
}

/**
 * Why a change makes a jail worse; null if it does not. Earlier faults do not
 * count: repairing one of several must be possible.
 * @param stops jails that should no longer run
 */
export function madeWorse(before: Reading, after: Reading, stops: readonly string[] = []): Message | null {
	const [error] = difference(after.dumped.errors, before.dumped.errors);
	if (error) return verbatim(error);
	for (const jail of before.dumped.jails.keys()) {
		if (!after.dumped.jails.has(jail) && !stops.includes(jail)) return msg("Jail '{0}' would be lost.", jail);
	}
	const [blind] = jailsLosingTheirLog(before, after);
	if (blind !== undefined) return msg("No log file found for jail '{0}'.", blind);
	for (const [jail, commands] of after.dumped.jails) {
		const old = before.dumped.jails.get(jail);
		if (commands.actions.size === 0 && !(old && old.actions.size === 0))
			return msg("Jail '{0}' would have no action, so its bans would not be enforced.", jail);
		if (commands.failregex.length === 0 && old && old.failregex.length > 0)
			return msg("Jail '{0}' would have no failregex, so it would never ban an address.", jail);
	}
	return null;
}

/** Why fail2ban refuses the configuration as a whole after a change, and did not before; null if that is not so. */
export async function newlyRefused(
	after: Judgement,
	testBefore: () => Promise<CommandResult>,
): Promise<Message | null> {
	if (after.test.exit === 0 || (await testBefore()).exit !== 0) return null;
	const lines = errorLines(after.test.stdout + after.test.stderr);
	const last = lines.at(-1);
	return last === undefined ? msg('fail2ban refuses the configuration.') : verbatim(last);
}

/** Jails whose expressions fail2ban has not run with before, so that they must be compiled once. */
export function jailsToCompile(before: DumpedJails, after: DumpedJails): JailCommands[] {
	const expressions = (commands: JailCommands | undefined) =>
		commands &&
		JSON.stringify([
			commands.failregex,
			commands.ignoreregex,
			...['prefregex', 'datepattern', 'maxlines'].map((option) => commands.settings.get(option)),
		]);
	return [...after.jails.values()].filter(
		(commands) => expressions(commands) !== expressions(before.jails.get(commands.jail)),
	);
}

export type Expressions = Pick<JailCommands, 'failregex' | 'ignoreregex' | 'settings'>;

/** A filter file with just the expressions of a jail, for a compile by fail2ban-regex. */
export function expressionFile(commands: Expressions): string {
	const lines = ['[Definition]'];
	const add = (name: string, values: readonly string[]) => {
		if (values.length > 0) lines.push(`${name} = ${values.map(asOneLine).join('\n\t')}`);
	};
	add('failregex', commands.failregex);
	add('ignoreregex', commands.ignoreregex);
	for (const option of ['prefregex', 'datepattern', 'maxlines'])
		add(option, commands.settings.has(option) ? [commands.settings.get(option) ?? ''] : []);
	return `${lines.join('\n')}\n`;
}

/** Escapes that mean the same to a regular expression and nothing to the INI parser. */
function asOneLine(expression: string): string {
	return expression
		.replaceAll('%', '%%')
		.replaceAll('\r', '\\r')
		.replaceAll('\n', '\\n')
		.replace(/^[#;]/, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`)
		.replaceAll(' ;', '\\x20;')
		.replaceAll('\t;', '\\t;');
}
