import type { Connected } from '../backend/connectFail2ban.ts';
import { ServerError } from '../backend/fail2ban/Fail2banServer.ts';
import { awaitsConfirmation } from '../backend/files/ChangeRecord.ts';
import type { ChangeStore } from '../backend/files/ChangeStore.ts';
import { type UndoneChange, undoLast } from '../backend/files/undoLast.ts';
import { ApiError } from '../backend/kit/errors.ts';
import type { Log } from '../backend/kit/journalLog.ts';
import { CommandFailure, type Console, type ExitCode, printable } from './kit/Console.ts';
import type { RescueAction } from './parseCommand.ts';

export interface RescueParts {
	fail2ban: Connected;
	/** The configuration folder. */
	config: string;
	log: Log;
	console: Console;
	/** A line for the journal. */
	audit(text: string): Promise<void>;
}

/** Milliseconds. A slow action takes its time for each ban, and nobody else helps the admin. */
const timeoutsMs = { answer: 5000, work: 30 * 60_000 };

/** What the admin can do without the helper and the API. Throws CommandFailure. */
export async function rescue(parts: RescueParts, action: RescueAction): Promise<ExitCode> {
	try {
		switch (action.kind) {
			case 'unban-all':
				return await unbanAll(parts);
			case 'undo':
				return await undo(parts);
			case 'stop':
				return await stop(parts, action.jail);
		}
	} catch (error) {
		throw tellable(error);
	} finally {
		parts.fail2ban.transaction.close();
		parts.fail2ban.server.close();
	}
}

function tellable(error: unknown): unknown {
	if (error instanceof ApiError && error.code === 'busy')
		return new CommandFailure(
			1,
			error.message,
			'Try again in a moment. If it hangs: systemctl kill --signal=KILL pve-fail2ban.service, then again.',
		);
	if (error instanceof ApiError) return new CommandFailure(1, error.message);
	if (!(error instanceof ServerError)) return error;
	switch (error.code) {
		case 'not-running':
			return new CommandFailure(
				3,
				'fail2ban is not running, so it bans nobody now. At its start it sets the bans again that have not ended.',
				'If addresses are still blocked, a killed server left rules behind: nft list ruleset, iptables -S.',
			);
		case 'timeout':
		case 'disconnected':
			return new CommandFailure(
				3,
				'fail2ban does not answer.',
				"'systemctl stop fail2ban' lifts all bans; if that hangs: systemctl kill --signal=KILL fail2ban.",
			);
		default:
			return new CommandFailure(1, `fail2ban refused: ${error.message}`);
	}
}

async function unbanAll({ fail2ban: { server }, console, audit }: RescueParts): Promise<ExitCode> {
	await server.version({ timeout: timeoutsMs.answer });
	const lifted = await server.command(['unban', '--all'], { timeout: timeoutsMs.work });
	await audit('unban everything in all jails');
	console.out(`Lifted ${lifted} bans.`);
	const counters = await server.allCounters({ timeout: timeoutsMs.answer });
	const left = counters.filter(({ banned }) => banned > 0);
	for (const { jail, banned } of left)
		console.out(`Left: jail ${printable(jail)} bans ${banned}, from failures since.`);
	if (left.length === 0) console.out('Left: no ban.');
	console.out(
		`${counters.length} jails go on and may ban again; 'pve-fail2ban rescue stop JAIL' stops one, ` +
			"'pve-fail2ban rescue undo' takes back the last change.",
	);
	return 0;
}

async function stop({ fail2ban: { server }, console, audit }: RescueParts, jail: string): Promise<ExitCode> {
	const running = await server.jails({ timeout: timeoutsMs.answer });
	if (!running.includes(jail)) {
		const names = running.length === 0 ? 'No jail runs.' : `Running: ${running.join(', ')}.`;
		throw new CommandFailure(1, `Jail '${printable(jail)}' is not running. ${printable(names)}`);
	}
	await server.command(['stop', jail], { timeout: timeoutsMs.work });
	await audit(`stop jail ${jail}`);
	const left = await server.jails({ timeout: timeoutsMs.answer });
	console.out(`Stopped jail ${printable(jail)} and lifted its bans.`);
	console.out(printable(`Left: ${left.length === 0 ? 'no jail runs' : `${left.join(', ')} run`}.`));
	console.out(
		`The jail comes back at the next start or reload of fail2ban, unless it is disabled: in the panel, or by ` +
			'enabled = false in its section.',
	);
	return 0;
}

/** Whether the change in progress is complete, and only waits for its confirmation. */
async function isWaiting(store: ChangeStore): Promise<boolean> {
	const record = await store.inProgress().catch((error: unknown) => {
		// the recovery reports that it is damaged
		if (error instanceof Error) return null;
		throw error;
	});
	return record !== null && awaitsConfirmation(record);
}

async function undo(parts: RescueParts): Promise<ExitCode> {
	const { fail2ban, config, log, console, audit } = parts;
	const { store, lock, commands, sync, transaction } = fail2ban;
	const say = (text: string) => console.out(printable(text));
	if (store.isInProgress()) {
		const which = `the change that ${(await isWaiting(store)) ? 'was not confirmed yet' : 'was cut short'}`;
		await transaction.recoverAndApply();
		await audit(`undo ${which}`);
		console.out(`Undid ${which}. Run it again to undo the change before.`);
		return 0;
	}
	const undone = await undoLast({ root: config, store, lock, commands, sync, log }, say);
	if (undone === null) {
		console.out('There is no change to undo: nothing was changed in the web interface, or all is undone.');
		return 0;
	}
	const { record } = undone;
	await audit(`undo change ${record.id} (${record.what}) files=${undone.restored.join(',')}`);
	const values = record.changed.map(
		({ option, from, to }) => `${option} ${to ?? 'unset'} -> ${from ?? 'unset'}`,
	);
	say(`Undid change ${record.id}${values.length === 0 ? '' : `: ${values.join(', ')}`}.`);
	return leftAfter(undone, say);
}

/** Says what the server runs now, and what is left to do. */
function leftAfter({ record, server, missing }: UndoneChange, say: (text: string) => void): ExitCode {
	if (server === 'stopped') {
		say('fail2ban is not running; it reads the restored files at its start.');
		return 0;
	}
	if (missing?.length === 0) {
		say("The running jails are as before the change. Bans stay: 'pve-fail2ban rescue unban-all' lifts them.");
		return 0;
	}
	if (missing !== null) {
		say(`Left: ${missing.join(', ')} are not running or enforce nothing; see journalctl -u fail2ban.`);
		return 1;
	}
	const jails = record.jails ?? [];
	say('Left: fail2ban may still run the change. Once it answers again:');
	for (const jail of jails) say(`  fail2ban-client reload --restart --if-exists ${jail}`);
	if (jails.length === 0) say('  systemctl restart fail2ban');
	return 1;
}
