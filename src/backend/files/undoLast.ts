import type { Fail2banCommands } from '../fail2ban/Fail2banCommands.ts';
import { ServerError } from '../fail2ban/Fail2banServer.ts';
import { ApiError, reasonOf } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { enumerate, type Message, msg, toldText } from '../kit/message.ts';
import type { ChangeRecord, Restored } from './ChangeRecord.ts';
import type { ChangeStore } from './ChangeStore.ts';
import type { RunningDifference } from './compareRunning.ts';
import { type DumpedJails, dumpedJails } from './jailCommands.ts';
import { restoreJails } from './Rollback.ts';
import type { ServerState, ServerSync } from './ServerSync.ts';
import type { WriteLock } from './WriteLock.ts';

export interface UndoParts {
	/** The configuration folder. */
	root: string;
	store: ChangeStore;
	lock: WriteLock;
	commands: Fail2banCommands;
	sync: ServerSync;
	log: Log;
}

export interface UndoneChange extends Restored {
	record: ChangeRecord;
	server: ServerState;
	/** Jails that do not run as the restored files say; null: the server could not be brought in line. */
	missing: string[] | null;
}

/**
 * Undoes the newest change that is still in effect: all of its files or nothing, then its jails. null: there is none.
 * Throws ApiError 409 while another change is in progress, and when one of the files was edited since.
 */
export async function undoLast(parts: UndoParts, line: (text: string) => void): Promise<UndoneChange | null> {
	const { root, store, lock } = parts;
	const release = await lock.acquire('root@pam', msg('undo the last change'));
	try {
		const record = await lastStanding(store, root);
		if (record === null) return null;
		return await undoRecord(parts, record, line);
	} finally {
		await release();
	}
}

/** Undoes one change: its files, unless they were edited since, then its jails. The caller holds the lock. */
export async function undoRecord(
	parts: Omit<UndoParts, 'lock'>,
	record: ChangeRecord,
	line: (text: string) => void,
): Promise<UndoneChange> {
	const { root, store, sync, log } = parts;
	line(`undo change ${record.id} (${record.what}) by ${record.user}`);
	const server = await sync.state();
	const now = server === 'running' ? await serverNow(parts, line) : null;
	const { unwritten, ...files } = await store.undo(root, record);
	if (unwritten !== null) log.warning(`the record of change ${record.id} is not up to date: ${unwritten}`);
	line(`restored ${files.restored.join(', ')}`);
	const before = now === null ? null : await dumpOrNull(parts, line);
	if (now === null || before === null) return { record, ...files, server, missing: null };
	const jails = new Set(record.jails);
	const undone = {
		before: { dumped: before },
		after: { dumped: now.dumped },
		running: [...new Set([...now.running, ...jails])],
		accepted: now.accepted.filter(({ jail }) => !jails.has(jail)),
	};
	const { missing } = await restoreJails(sync, undone, line);
	return { record, ...files, server, missing };
}

interface Now {
	dumped: DumpedJails;
	running: string[];
	accepted: RunningDifference[];
}

/** How the server runs while the change stands; null: it no longer answers, and the files are restored anyway. */
async function serverNow(parts: Omit<UndoParts, 'lock'>, line: (text: string) => void): Promise<Now | null> {
	const { sync } = parts;
	const dumped = await dumpOrNull(parts, line);
	if (dumped === null) return null;
	try {
		return { dumped, running: await sync.running(), accepted: await sync.differences(dumped.jails) };
	} catch (error) {
		if (!(error instanceof ServerError)) throw error;
		line(`fail2ban does not answer: ${error.message}`);
		return null;
	}
}

/** What fail2ban cannot read must not keep the files from being restored. */
async function dumpOrNull(
	{ commands, root }: Omit<UndoParts, 'lock'>,
	line: (text: string) => void,
): Promise<DumpedJails | null> {
	try {
		return dumpedJails(await commands.dump(root));
	} catch (error) {
		line(reasonOf(error));
		return null;
	}
}

async function lastStanding(store: ChangeStore, root: string): Promise<ChangeRecord | null> {
	let newest: { record: ChangeRecord; why: Message[] } | null = null;
	for await (const record of store.newestFirst()) {
		if (record.state !== 'applied') continue;
		// changes of one second have no order but that only the last one of a file still stands
		if (newest !== null && record.time !== newest.record.time) break;
		const { restored, foreign, damaged } = await store.restorable(root, record);
		if (foreign.length + damaged.length === 0) {
			if (restored.length > 0) return record;
			// it was undone by hand
			continue;
		}
		const why = [
			...foreign.map((file) => msg('{0} was changed by hand since', file)),
			...damaged.map((file) => msg('the saved copy of {0} is damaged', file)),
		];
		newest ??= { record, why };
	}
	if (newest === null) return null;
	const { record, why } = newest;
	throw new ApiError(
		409,
		'not-ours',
		msg(
			'Nothing was changed: change {0} ({1}) cannot be undone, because {2}.',
			record.id,
			toldText(record, 'what'),
			enumerate(why, 20),
		),
	);
}
