import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandResult } from '../fail2ban/Fail2banCommands.ts';
import { type Message, msg, verbatim } from '../kit/message.ts';
import type { JailCommands } from './jailCommands.ts';
import { type Expressions, expressionFile } from './judgeChange.ts';
import { newStage, removeStage } from './stage.ts';

/** Runs fail2ban-regex on a filter file and a log file. */
export type Compile = (filterFile: string, logFile: string) => Promise<CommandResult>;

/** Why fail2ban-regex does not take the expressions of a jail, in its words; null: it takes them. */
export async function expressionFault(
	compile: Compile,
	folder: string,
	commands: Expressions,
): Promise<Message | null> {
	const log = path.join(folder, 'one-line.log');
	const file = path.join(folder, 'expressions.conf');
	await writeFile(log, 'x\n', { mode: 0o600 });
	await writeFile(file, expressionFile(commands), { mode: 0o600 });
	const result = await compile(file, log);
	return result.exit === 0 ? null : compileReason(result);
}

/** As `expressionFault`, in a folder of its own below the state folder. */
export async function liveExpressionFault(
	compile: Compile,
	state: string,
	commands: JailCommands,
): Promise<Message | null> {
	const stage = newStage(state);
	try {
		await mkdir(stage, { recursive: true, mode: 0o700 });
		return await expressionFault(compile, stage, commands);
	} finally {
		await removeStage(stage);
	}
}

function compileReason({ stdout, stderr, timedOut }: CommandResult): Message {
	if (timedOut) return msg('An expression takes too long to compile.');
	const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
	const found = lines.find((line) => /unable to compile|no '?failure-id|no group|no 'host'/i.test(line));
	const last = found ?? lines.filter(Boolean).at(-1);
	return last === undefined
		? msg('An expression does not compile.')
		: verbatim(last.replace(/^.*ERROR\s+/, ''));
}
