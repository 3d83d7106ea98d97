import { ServerError } from '../fail2ban/Fail2banServer.ts';
import { ApiError, reasonOf } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { type ApplyStep, planApply } from './applyPlan.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import type { ChangeStore } from './ChangeStore.ts';
import type { RunningDifference } from './compareRunning.ts';
import { diskError } from './diskError.ts';
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

function causeText(cause: unknown): string {
	if (cause instanceof ApplyError) return `${cause.step}: ${cause.message}`;
	return cause instanceof Error ? cause.message : String(cause);
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
 * Brings back the files whose bytes are still the change's, then the jails, the server's restart last. Answers
 * the error that tells the caller: what failed, what was restored, what is still missing.
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
	let jails = '';
	const frozen = isFrozen(cause);
	if (undone.server === 'running' && !frozen) {
		const outcome = await restoreJails(sync, undone, line);
		missing = outcome.missing;
		jails = `; ${undone.running.length - missing.length} of ${undone.running.length} jails run as before${outcome.note}`;
	}
	const unwritten = await store.end(record, 'restored');
	if (unwritten) log.warning(`the record of change ${record.id} is not up to date: ${unwritten}`);
	const restored = [
		...files.restored,
		...files.foreign.map((file) => `not ${file}, which was changed by hand meanwhile`),
		...files.damaged.map((file) => `not ${file}, whose saved copy is damaged`),
	];
	const errors: Record<string, string> = {
		'tx-failed': causeText(cause),
		'tx-restored': `${restored.join(', ') || 'all files'}${jails}`,
	};
	if (missing.length > 0) errors['tx-missing'] = missing.join(',');
	if (cause instanceof ApplyError && cause.output) errors['tx-output'] = cause.output.slice(-8000);
	return failure(cause, frozen, errors);
}

function unrestored(error: unknown): ApiError {
	const disk = diskError(error);
	if (disk instanceof ApiError) return disk;
	return new ApiError(500, 'disk', reasonOf(error));
}

/** Neither the new nor the old configuration could be brought about; the caller must know. */
function stuck(cause: unknown, { status, message }: ApiError): ApiError {
	const reason = message.replace(/^Nothing was changed: /, '');
	const text =
		`The change failed (${causeText(cause)}), and the old configuration could not be restored: ${reason} ` +
		'The next change tries again before anything else.';
	return new ApiError(status, 'not-restored', text, {
		'tx-failed': causeText(cause),
		'tx-restored': 'nothing',
	});
}

function failure(cause: unknown, frozen: boolean, errors: Record<string, string>): ApiError {
	const disk = diskError(cause);
	if (disk instanceof ApiError)
		return new ApiError(disk.status, disk.code, disk.message, { ...disk.errors, ...errors });
	const message = `The change was not applied (${errors['tx-failed']}). The old configuration was restored.`;
	if (frozen) return new ApiError(504, 'frozen', message, errors);
	return new ApiError(500, 'tx-failed', message, errors);
}

/**
 * Brings jails back to what the restored files say: by reloads, then restarts, the server's restart last. Answers
 * the jails that still do not run or enforce nothing.
 */
export async function restoreJails(
	sync: ServerSync,
	{ before, after, running, accepted }: UndoneJails,
	line: (text: string) => void,
): Promise<{ missing: string[]; note: string }> {
	const configured = before.dumped.jails;
	const wrong = async (steps: readonly ApplyStep[]): Promise<string[]> => {
		try {
			await sync.apply(steps, line);
		} catch (error) {
			// the check below tells what the step left behind, and the next, stronger step follows
			if (!(error instanceof ApplyError)) throw error;
			line(`${error.step}: ${error.message}`);
		}
		return lost(await sync.settle(configured, accepted), running);
	};
	try {
		if ((await sync.state()) !== 'running') {
			line('fail2ban is away; waiting for it.');
			// somebody restarts it: what it reads on the way is left to settle before anything is told to it
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
		if (missing.length === 0) return { missing, note: '' };
		line('Restarting fail2ban, because jails are missing.');
		const result = await sync.restartServer(line);
		const note = result.exit === 0 ? '; fail2ban was restarted, which sets all bans again' : '';
		return { missing: await wrong([]), note };
	} catch (error) {
		if (!(error instanceof ServerError)) throw error;
		line(`fail2ban does not answer: ${error.message}`);
		return { missing: running, note: '' };
	}
}

/** One by one: an option that the server does not take back must not keep the others, or a jail, from it. */
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
