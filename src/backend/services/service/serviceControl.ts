import type { CommandResult, DumpCommand, Fail2banCommands } from '../../fail2ban/Fail2banCommands.ts';
import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { dumpedJails } from '../../files/jailCommands.ts';
import { errorLines } from '../../files/judgeChange.ts';
import type { Provisional } from '../../files/Provisional.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { type Message, msg } from '../../kit/message.ts';
import type { RefuseReban } from '../enforcement/refuseReban.ts';
import { checkedJail, JailReload } from '../jails/JailReload.ts';
import { audit } from '../kit/audit.ts';
import type { Services } from '../kit/call.ts';
import type { RefuseLockout } from '../lockout/filesGuard.ts';
import { readFault } from '../server/ConfigCheck.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { settleJails, wrongText } from '../server/settleJails.ts';
import { ApplyConfig, type ApplyConfigDeps } from './ApplyConfig.ts';

/** Milliseconds. A restart sets all bans again one by one; a unit that is started is up some seconds later. */
const limitsMs = { command: 10 * 60_000, started: 30_000 };

type Command = 'start' | 'stop' | 'restart';

export interface ServerControlDeps extends ApplyConfigDeps {
	server: Fail2banServer;
	commands: Fail2banCommands;
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'read' | 'changed'>;
	/** Keeps changes of the configuration away meanwhile; answers the function that lets them in again. */
	lock: (user: string, what: Message) => Promise<() => Promise<void>>;
	/** The change that waits to be confirmed. */
	provisional: Pick<Provisional, 'refuseOther'>;
	/** Whom files that were edited outside would lock out. */
	refuseLockout: RefuseLockout;
	/** Whom bans would shut out that the firewall has lost. */
	refuseReban: RefuseReban;
	log: Log;
}

type Line = (text: string) => void;

/** What fails a task: fail2ban's own last words. */
function failure(command: Command, { exit, timedOut, stdout, stderr }: CommandResult): Error {
	if (timedOut) return new Error(`${command}: fail2ban does not answer.`);
	const words = errorLines(`${stdout}\n${stderr}`).at(-1) ?? (stdout || stderr).trim().split('\n').at(-1);
	return new Error(`${command} failed: ${words || `exit ${exit}`}`);
}

class ServiceTask implements Task {
	constructor(
		private readonly deps: ServerControlDeps,
		private readonly command: Command,
	) {}

	async run(line: Line): Promise<void> {
		const { commands } = this.deps;
		if (this.command === 'stop') return this.#call('stop', line);
		const { root } = this.deps.files.snapshot();
		const { jails } = dumpedJails(await commands.dump(root));
		await this.#call(this.command, line);
		const wrong = await settleJails(this.deps.server, jails, limitsMs.started);
		if (wrong.length > 0) throw new Error(wrong.map(wrongText).join(' '));
		line(`${jails.size} ${jails.size === 1 ? 'jail runs' : 'jails run'}.`);
	}

	async #call(command: Command, line: Line): Promise<void> {
		line(`${command} fail2ban`);
		const { commands } = this.deps;
		const result = await commands[command]({ onLine: line, timeout: limitsMs.command });
		if (result.exit !== 0) throw failure(command, result);
	}
}

/** Throws ApiError 400 if fail2ban would fail: a bad configuration would cost the jails that run now. */
async function checkAll({ commands, files }: ServerControlDeps, command: Command): Promise<void> {
	const test = await commands.test(files.snapshot().root);
	if (test.exit === 0) return;
	const message = failure(command, test).message.replace(/^.*? failed: /, '');
	throw badConfig(message);
}

function badConfig(reason: string): ApiError {
	return new ApiError(400, 'bad-config', msg('Not done, because fail2ban would fail: {0}', reason));
}

type Dump = readonly DumpCommand[];

/** What fail2ban reads from the files. Throws ApiError 400 if it cannot read them at all. */
async function readFiles({ commands, files }: ServerControlDeps): Promise<Dump> {
	try {
		return await commands.dump(files.snapshot().root);
	} catch (error) {
		throw badConfig(readFault(error));
	}
}

/** What to do with the server or one of its jails. */
interface Order {
	command: Command | 'reload';
	jail?: string | undefined;
	/** The caller's address as the browser found it. */
	client?: string | undefined;
	force?: boolean | undefined;
}

/** Starts, stops and reloads fail2ban. */
export interface ServerControl {
	postService: Services['postService'];
	/** The task that starts fail2ban as a part of a change, which was guarded and may have been forced. Throws ApiError. */
	start: (caller: Caller) => Promise<Task>;
}

export function serviceControl(deps: ServerControlDeps): ServerControl {
	return {
		postService: async ({ params, caller }) => ({ task: await carryOut(deps, params, caller) }),
		start: (caller) => carryOut(deps, { command: 'start', force: true }, caller),
	};
}

async function taskOf(
	deps: ServerControlDeps,
	{ command, jail }: Order,
	caller: Caller,
	read: () => Promise<Dump>,
): Promise<Task> {
	if (jail === undefined) {
		if (command === 'reload') {
			await read();
			return new ApplyConfig(deps, caller);
		}
		if (command !== 'stop') await checkAll(deps, command);
		return new ServiceTask(deps, command);
	}
	if (command !== 'reload' && command !== 'restart') {
		throw invalidParams({ command: msg('One jail can only be reloaded or restarted.') });
	}
	return new JailReload(deps, command, await checkedJail(deps, deps.files.snapshot(), jail, read), caller);
}

/** What is being done, for a second writer and for the audit line. */
function orderText({ command, jail }: Order): Message {
	if (jail !== undefined)
		return command === 'reload' ? msg('reload jail {0}', jail) : msg('restart jail {0}', jail);
	switch (command) {
		case 'start':
			return msg('start fail2ban');
		case 'stop':
			return msg('stop fail2ban');
		case 'restart':
			return msg('restart fail2ban');
		case 'reload':
			return msg('reload fail2ban');
	}
}

async function carryOut(deps: ServerControlDeps, order: Order, caller: Caller): Promise<Task> {
	const { figures, lock, log, provisional } = deps;
	const { command, force = false } = order;
	const what = orderText(order);
	// with many bans it takes minutes, in which a change could not be undone
	if (command === 'restart' || command === 'reload') provisional.refuseOther();
	let dumping: Promise<Dump> | undefined;
	const read = () => {
		dumping ??= readFiles(deps);
		return dumping;
	};
	const task = await taskOf(deps, order, caller, read);
	if (command !== 'stop' && !force) await refuseHarm(deps, order, caller, await read());
	const release = await lock(caller.user, what);
	const done = (outcome: string) => audit(log, { caller, what: String(what), to: outcome });
	return {
		/** Runs to its end even when nobody listens: a server that is half restarted helps nobody. */
		async run(line, signal) {
			try {
				await task.run(line, signal);
				done('done');
			} catch (error) {
				done('failed');
				throw error;
			} finally {
				figures.changed();
				await release();
			}
		},
	};
}

/** Throws ApiError 409 `would-ban` if it locks somebody out. */
async function refuseHarm(
	{ figures, refuseLockout, refuseReban }: ServerControlDeps,
	{ command, jail, client }: Order,
	caller: Caller,
	dump: Dump,
): Promise<void> {
	const starts = command === 'start' || (command === 'restart' && jail === undefined);
	await refuseLockout({ caller, client, forced: false, dump, jail, starts });
	const { figures: now, failure } = await figures.read();
	const running = now.jails.map((row) => row.jail);
	// a restart is the cure for a server that hangs
	if (command === 'restart' && failure === null)
		await refuseReban(jail === undefined ? running : [jail], [client, caller.clientIp]);
}
