import { consoleGuard } from '../backend/changeGuards.ts';
import { type Connected, connectFail2ban, type Fail2banPlace } from '../backend/connectFail2ban.ts';
import type { RunCommand } from '../backend/fail2ban/Fail2banCommands.ts';
import { reasonOf } from '../backend/kit/errors.ts';
import { doctor } from './doctor/doctor.ts';
import { localProbes } from './doctor/localProbes.ts';
import { helpText } from './help.ts';
import { CommandFailure, type Console, type ExitCode, printable } from './kit/Console.ts';
import { consoleLog } from './kit/consoleLog.ts';
import { HelperClient } from './kit/HelperClient.ts';
import { type Command, parseCommand, UsageError } from './parseCommand.ts';
import { protect } from './protect.ts';
import { rescue } from './rescue.ts';
import { showStatus } from './status.ts';
import { unban } from './unban.ts';

/** What only a test replaces. */
export interface CliSeams {
	console: Console;
	run: RunCommand;
	root: boolean;
	pluginVersion: string;
	/** Notes a line in the journal. */
	note(text: string): Promise<void>;
	/** Asks a question with yes or no; null: nobody is there to answer. */
	ask?(question: string): Promise<boolean | null>;
	/** Where the admin sits, if by SSH. */
	clientIp?: string | null;
}

/** Carries out one command line and answers its exit code. */
export async function runCli(args: readonly string[], seams: CliSeams): Promise<ExitCode> {
	const { console } = seams;
	try {
		return await carryOut(parseCommand(args), seams);
	} catch (error) {
		if (error instanceof UsageError) {
			const about = error.about === null ? '' : ` ${error.about}`;
			console.err(`pve-fail2ban: ${printable(error.message)}`);
			console.err(`Try 'pve-fail2ban${about} --help'.`);
			return 2;
		}
		const message = reasonOf(error);
		console.err(`pve-fail2ban: ${printable(message)}`);
		if (!(error instanceof CommandFailure)) return 1;
		if (error.advice !== undefined) console.err(error.advice);
		return error.exit;
	}
}

async function carryOut(command: Command, seams: CliSeams): Promise<ExitCode> {
	const { console, root, run, pluginVersion } = seams;
	if (command.name === 'help' || command.name === 'version') {
		console.out(command.name === 'help' ? helpText(command.about).trimEnd() : pluginVersion);
		return 0;
	}
	if (!root)
		throw new CommandFailure(
			1,
			"only root may run this, because fail2ban and its files are root's.",
			'Try sudo.',
		);
	switch (command.name) {
		case 'status':
			return showStatus(new HelperClient(command.socket), console, command.json);
		case 'unban':
			return unban(new HelperClient(command.socket), console, command);
		case 'rescue':
			return rescue(
				{
					fail2ban: connect(command.place, seams),
					config: command.place.config,
					log: consoleLog(console),
					console,
					audit: (text) => seams.note(`audit: user=root@pam (console) ${printable(text)}`),
				},
				command.action,
			);
		case 'protect':
			return protect(
				{
					fail2ban: connectFail2ban(command.place, {
						log: { ...consoleLog(console), notice: (text) => void seams.note(text) },
						run,
						guard: consoleGuard,
					}),
					console,
					run,
					ask: seams.ask ?? (async () => null),
					clientIp: seams.clientIp ?? null,
				},
				command,
			);
		case 'doctor': {
			const fail2ban = connect(command.place, seams);
			try {
				return await doctor(
					localProbes({ fail2ban, run, helperSocket: command.socket, pluginVersion }),
					console,
				);
			} finally {
				fail2ban.server.close();
			}
		}
	}
}

function connect(place: Fail2banPlace, { run, console }: CliSeams): Connected {
	return connectFail2ban(place, { log: consoleLog(console), run, guard: consoleGuard });
}
