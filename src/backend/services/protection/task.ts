import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ChangeDone } from '../../files/ConfigChange.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { startOf } from '../../kit/wholeText.ts';
import { maskSecrets } from '../kit/secrets.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { type Detected, type DetectionDeps, detect } from './logDetection.ts';
import type { ProtectionRequest } from './request.ts';

export interface ProtectionTaskDeps {
	server: Fail2banServer;
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'changed'>;
	startService: (caller: Caller) => Promise<Task>;
}

type Line = (text: string) => void;

const nothing = { fault: 'no jail' };

export interface ProtectionTask {
	/** What follows when the files are written and the jails brought to them. */
	afterwards(done: ChangeDone, line: Line): Promise<void>;
	/** The change, with words before it. */
	around(change: Task): Task;
	/** What there is to do when no file changes. */
	unchanged(): Task;
}

/**
 * The log of a protection: what is done, and after it the test for success.
 * @param forced the caller insists, whoever is banned
 */
export function protectionTask(
	deps: ProtectionTaskDeps,
	detection: DetectionDeps,
	{ chosen, input, ignore }: ProtectionRequest,
	caller: Caller,
	forced: boolean,
): ProtectionTask {
	const { server, files, figures } = deps;
	const client = ignore.find(({ kind }) => kind === 'client');
	const dangerous = forced && client !== undefined && !client.chosen;
	const head = `Preset ${input.preset.title}: ${input.preset.text}`;

	async function start(line: Line): Promise<void> {
		const task = await deps.startService(caller);
		await task.run(line, new AbortController().signal);
		figures.changed();
	}

	async function test(line: Line): Promise<void> {
		line('Test for success: each filter over the log of its jail.');
		const snapshot = files.snapshot();
		const found = chosen.map((jail) => tried(() => detect(snapshot, jail, detection)));
		for (const [at, jail] of chosen.entries()) {
			line(`${jail}: ${await enforcing(server, jail)}`);
			for (const text of foundLines((await found[at]) ?? nothing, caller.syslog)) line(`  ${text}`);
		}
	}

	return {
		async afterwards(done, line) {
			for (const { option, from, to } of done.changed)
				line(`${option}: ${shown(option, from)} -> ${shown(option, to)}`);
			// without a confirmation to wait for, as at the console, a start would have no way back
			if (done.pending && dangerous && done.provisional === null) {
				line(
					`fail2ban is not started: its jails do not ignore ${client?.address}, and nothing would undo that.`,
				);
				line('Add the address to the ignore list, or start fail2ban in Overview.');
				return;
			}
			if (done.pending) await start(line);
			await test(line);
		},
		around: (change) => ({
			async run(line, signal) {
				line(head);
				line(`Jails: ${chosen.join(', ')}.`);
				await change.run(line, signal);
			},
		}),
		unchanged: () => ({
			async run(line) {
				line(head);
				line('Nothing changes: this node already has this protection.');
				if (!(await isRunning(server))) await start(line);
				await test(line);
			},
		}),
	};
}

/** As those see it who may see the task. */
function shown(option: string, value: string | null): string {
	if (value === null) return 'unset';
	return maskSecrets(option.slice(option.indexOf('/') + 1), value).replace(/\s*\n\s*/g, ' | ');
}

async function isRunning(server: Fail2banServer): Promise<boolean> {
	try {
		await server.jails();
		return true;
	} catch (error) {
		if (error instanceof ServerError && error.code === 'not-running') return false;
		throw error;
	}
}

/** Whether a jail runs with actions, in words. */
async function enforcing(server: Fail2banServer, jail: string): Promise<string> {
	try {
		if (!(await server.jails()).includes(jail)) return 'is not running.';
		const actions = await server.actions(jail);
		return actions.length === 0 ? 'runs, but enforces nothing.' : `runs, bans by ${actions.join(', ')}.`;
	} catch (error) {
		if (!(error instanceof ServerError)) throw error;
		return `unknown, as fail2ban does not answer: ${error.message}`;
	}
}

async function tried<T>(work: () => Promise<T>): Promise<T | { fault: string }> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return { fault: error.message };
	}
}

/** @param syslog log lines and addresses may be shown */
function foundLines(found: Detected | { fault: string }, syslog: boolean): string[] {
	if ('fault' in found) return [`The test was not possible: ${found.fault}`];
	const { matched, total, older, newest, source } = found;
	if (total === 0) return [`No line in the last 7 days (${source}).`];
	const lines = `${older ? 'the newest ' : ''}${total} lines of the last 7 days`;
	const count = `${matched} of ${lines} match (${source}).`;
	return syslog ? [count, ...newest.map(({ text }) => `matches: ${startOf(text, 300)}`)] : [count];
}
