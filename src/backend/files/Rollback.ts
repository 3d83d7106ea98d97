import { ServerError } from '../fail2ban/Fail2banServer.ts';
import { ApiError, reasonText } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { enumerate, type Message, msg, msgN, sentences } from '../kit/message.ts';
import { type ApplyStep, planApply } from './applyPlan.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import type { ChangeStore } from './ChangeStore.ts';
import type { RunningDifference } from './compareRunning.ts';
import { DiskError, diskError } from './diskError.ts';
import type { Reading } from './judgeChange.ts';
import { ApplyError, type ServerState, type ServerSync } from './ServerSync.ts';
import { planSettings } from './serverSettings.ts';

/** The jails of a server that runs `after`, or something in between, and shall run `before` again. */
export interface UndoneJails {
	before: Reading;
	after: Reading;
	/** Jails that shall run in the end, as far as `before` has them. */
	running: string[];
	/** What differs for other reasons. */
	accepted: RunningDifference[];
}

interface Undone extends UndoneJails {
	root: string;
	server: ServerState;
}

function causeText(cause: unknown): Message {
	const reason = reasonText(cause);
	// TRANSLATORS: {0}: a step of a change, in fail2ban's words, {1}: why it failed
	return cause instanceof ApplyError ? msg('{0}: {1}', cause.step, reason) : reason;
}

function isFrozen(cause: unknown): boolean {
	if (cause instanceof ApplyError) return cause.frozen;
	return cause instanceof ServerError && cause.code === 'timeout';
}

/** Jails that ran before and now do not, or run without their actions. */
function lost(differences: readonly RunningDifference[], running: readonly string[]): string[] {
	const jails = differences
		.filter(
			({ option, configured }) => option === 'actions' || (option === 'running' && configured === 'true'),
		)
		.map(({ jail }) => jail);
	return [...new Set(jails)].filter((jail) => running.includes(jail));
}

/**
 * Brings back the files whose bytes are still the change's, then the jails, the server's restart last. Returns
 * the error for the caller: what failed, what was restored, what is still missing.
 */
export async function undo(
	parts: { sync: ServerSync; store: ChangeStore; log: Log },
	undone: Undone,
	record: ChangeRecord,
	cause: unknown,
	line: (text: string) => void,
): Promise<ApiError> {
	const { sync, store, log } = parts;
	log.error(`change ${record.id} failed at ${causeText(cause)}; restoring`);
	line(`Failed: ${causeText(cause)}. Restoring the old configuration.`);
	const files = await store.restore(undone.root, record).catch((error: unknown) => unrestored(error));
	// the record stays in progress, so that the next change or start tries again
	if (files instanceof ApiError) return stuck(cause, files);
	let missing: string[] = [];
	let jails: Message[] = [];
	const frozen = isFrozen(cause);
	if (undone.server === 'running' && !frozen) {
		const outcome = await restoreJails(sync, undone, line);
		missing = outcome.missing;
		const back = undone.running.length - missing.length;
		jails = [
			msgN(undone.running.length, '{1} of {0} jail runs as before.', '{1} of {0} jails run as before.', back),
			...(outcome.restarted ? [msg('fail2ban was restarted, which sets all bans again.')] : []),
		];
	}
	const unwritten = await store.end(record, 'restored');
	if (unwritten) log.warning(`the record of change ${record.id} is not up to date: ${unwritten}`);
	const left = [
		...files.foreign.map((file) =>
			msg('{0} was not restored: it was changed by hand in the meantime.', file),
		),
		...files.damaged.map((file) => msg('{0} was not restored: its saved copy is damaged.', file)),
	];
	const restored =
		files.restored.length > 0
			? [msg('{0}.', enumerate(files.restored, 20))]
			: left.length > 0
				? []
				: [msg('all files.')];
	const errors: Record<string, string | Message> = {
		'tx-failed': causeText(cause),
		'tx-restored': sentences([...restored, ...left, ...jails]),
	};
	if (missing.length > 0) errors['tx-missing'] = missing.join(',');
	if (cause instanceof ApplyError && cause.output) errors['tx-output'] = cause.output.slice(-8000);
	return failure(cause, frozen, errors);
}

function unrestored(error: unknown): ApiError {
	const disk = diskError(error);
	if (disk instanceof ApiError) return disk;
	return new ApiError(500, 'disk', reasonText(error));
}

/** Neither the new nor the old configuration could be brought about; the caller must know. */
function stuck(cause: unknown, error: ApiError): ApiError {
	const text = msg(
		'The change failed ({0}), and the old configuration could not be restored: {1} The next change tries again first.',
		causeText(cause),
		error instanceof DiskError ? error.reason : error.text,
	);
	return new ApiError(error.status, 'not-restored', text, {
		'tx-failed': causeText(cause),
		'tx-restored': msg('nothing'),
	});
}

function failure(cause: unknown, frozen: boolean, errors: Record<string, string | Message>): ApiError {
	const disk = diskError(cause);
	if (disk instanceof ApiError) return new ApiError(disk.status, disk.code, disk.text, errors);
	const message = msg(
		'The change was not applied ({0}). The old configuration was restored.',
		causeText(cause),
	);
	if (frozen) return new ApiError(504, 'frozen', message, errors);
	return new ApiError(500, 'tx-failed', message, errors);
}

/**
 * Brings jails back to what the restored files say: by reloads, then restarts, the server's restart last. Returns
 * the jails that still do not run or enforce nothing.
 */
export async function restoreJails(
	sync: ServerSync,
	{ before, after, running, accepted }: UndoneJails,
	line: (text: string) => void,
): Promise<{ missing: string[]; restarted: boolean }> {
	const configured = before.dumped.jails;
	const wrong = async (steps: readonly ApplyStep[]): Promise<string[]> => {
		try {
			await sync.apply(steps, line);
		} catch (error) {
			// the check below finds what the step left, and the next, stronger step follows
			if (!(error instanceof ApplyError)) throw error;
			line(`${error.step}: ${error.message}`);
		}
		return lost(await sync.settle(configured, accepted), running);
	};
	try {
		if ((await sync.state()) !== 'running') {
			line('fail2ban is away; waiting for it.');
			// it is being restarted: what it reads meanwhile must settle before anything is sent to it
			if ((await sync.returned()) === 'running') await sync.settle(configured, accepted);
		}
		await restoreSettings(sync, planSettings(after.dumped.server, before.dumped.server), line);
		const now = new Set(await sync.running());
		const back = planApply(after.dumped.jails, configured, now).steps;
		const gone = running.filter((jail) => !now.has(jail) && configured.has(jail));
		const steps = [...back, ...gone.map((jail): ApplyStep => ({ kind: 'reload', jail }))];
		let missing = await wrong(steps);
		if (missing.length > 0)
			missing = await wrong(missing.map((jail): ApplyStep => ({ kind: 'restart', jail })));
		if (missing.length === 0) return { missing, restarted: false };
		line('Restarting fail2ban, because jails are missing.');
		const result = await sync.restartServer(line);
		return { missing: await wrong([]), restarted: result.exit === 0 };
	} catch (error) {
		if (!(error instanceof ServerError)) throw error;
		line(`fail2ban does not answer: ${error.message}`);
		return { missing: running, restarted: false };
	}
}

/** One by one: an option that the server refuses must not keep the others, or a jail, from it. */
async function restoreSettings(
	sync: ServerSync,
	settings: ReadonlyMap<string, string>,
	line: (text: string) => void,
): Promise<void> {
	for (const setting of settings) {
		try {
			await sync.set(new Map([setting]), line);
		} catch (error) {
			if (!(error instanceof ApplyError)) throw error;
			line(`${error.step}: ${error.message}`);
		}
	}
}
