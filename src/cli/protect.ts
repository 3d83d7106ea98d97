import type { Connected } from '../backend/connectFail2ban.ts';
import { connectProtection, type ProtectionAsk, type ProtectionLook } from '../backend/connectProtection.ts';
import type { RunCommand } from '../backend/fail2ban/Fail2banCommands.ts';
import { ServerError } from '../backend/fail2ban/Fail2banServer.ts';
import { ApiError } from '../backend/kit/errors.ts';
import { CommandFailure, type Console, type ExitCode, printable } from './kit/Console.ts';

export interface ProtectParts {
	fail2ban: Connected;
	console: Console;
	run: RunCommand;
	/** Asks a question with yes or no; null: nobody is there to answer. */
	ask(question: string): Promise<boolean | null>;
	/** Where the admin sits, if by SSH. */
	clientIp: string | null;
}

export interface ProtectCommand extends ProtectionAsk {
	dryRun: boolean;
	/** Ask nothing. */
	yes: boolean;
	/** Stands for `/` where the node's own files are looked at. */
	node: string | null;
}

/** Shows what it would change, asks, and makes one change, which `rescue undo` takes back. */
export async function protect(parts: ProtectParts, command: ProtectCommand): Promise<ExitCode> {
	const { fail2ban } = parts;
	try {
		return await carryOut(parts, command);
	} catch (error) {
		throw tellable(error);
	} finally {
		fail2ban.transaction.close();
		fail2ban.server.close();
	}
}

async function carryOut(parts: ProtectParts, command: ProtectCommand): Promise<ExitCode> {
	const { fail2ban, console, run, clientIp, ask } = parts;
	const say = (text: string) => console.out(printable(text));
	const look = await connectProtection(fail2ban, command, { run, clientIp, node: command.node });
	for (const line of described(look)) say(line);
	const { problem, starts } = look.trial;
	if (problem !== null) throw new CommandFailure(1, `It would be refused: ${problem}`);
	if (command.dryRun) return 0;
	const changes = look.diffs.length > 0;
	if ((changes || starts.length > 0) && !command.yes) {
		const answer = await ask(changes ? 'Make this change? [y/N] ' : 'Start fail2ban? [y/N] ');
		if (answer === null)
			throw new CommandFailure(
				2,
				'nobody is there to be asked; nothing was changed.',
				'Say --yes, or --dry-run.',
			);
		if (!answer) {
			say('Nothing was changed.');
			return 1;
		}
	}
	const task = await look.apply();
	await task.run(say, new AbortController().signal);
	if (changes) say("'pve-fail2ban rescue undo' takes it back.");
	return 0;
}

function described({ preset, choices, ignored, diffs, trial, banned }: ProtectionLook): string[] {
	const { starts, restarts } = trial;
	const some = `${banned.slice(0, 10).join(', ')}${banned.length > 10 ? ', …' : ''}`;
	const lists: [readonly string[], string][] = [
		[starts, `Jails that start: ${starts.join(', ')}.`],
		[restarts, `Jails that restart, so that their bans are lifted and set again: ${restarts.join(', ')}.`],
		[banned, `Banned at once: ${banned.length} (${some}).`],
	];
	return [
		`${preset.title}: ${preset.text}`,
		...choices.map(
			({ jail, protects, ports, reason }) =>
				`  ${jail}: ${reason === null ? `${protects} (ports: ${ports})` : `not possible. ${reason}`}`,
		),
		ignored.length === 0 ? 'Nobody is ignored.' : 'Never banned:',
		...ignored.map(({ address, text }) => `  ${address} (${text})`),
		...diffs.flatMap((diff) => diff.trimEnd().split('\n')),
		diffs.length === 0 ? 'No file changes.' : `Files that change: ${diffs.length}.`,
		...lists.flatMap(([list, text]) => (list.length === 0 ? [] : [text])),
	];
}

function tellable(error: unknown): unknown {
	if (error instanceof ApiError) {
		const advice = error.code === 'would-ban' ? 'Name the address with --ignore, or say --force.' : undefined;
		return new CommandFailure(1, error.message, advice);
	}
	if (!(error instanceof ServerError)) return error;
	return new CommandFailure(
		3,
		`fail2ban does not answer: ${error.message}`,
		"'pve-fail2ban doctor' says more.",
	);
}
