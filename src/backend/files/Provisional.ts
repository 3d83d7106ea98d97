import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
import type { Task } from '../kit/caller.ts';
import { ApiError, reasonOf, refusal } from '../kit/errors.ts';
import { type Message, msg, toldText } from '../kit/message.ts';
import type { ProvisionalReason } from './ChangeGuard.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import { ConfirmationGate } from './ConfirmationGate.ts';
import { ignoreAuthorUntilReload } from './ignoreAuthorUntilReload.ts';
import { isRunning, processName } from './processStart.ts';
import { undoBesideOthersEdits } from './undoBesideOthersEdits.ts';
import { type UndoParts, undoRecord } from './undoLast.ts';
import { undoneText } from './undoneText.ts';

/** The bans that jails made since a moment; fail2ban/NewBans.ts is the real one. */
export interface BansSince {
	snapshot(jails: readonly string[]): Promise<AddressesByJail>;
	/** What those of the jails ban that run. */
	present(jails: readonly string[]): Promise<AddressesByJail>;
	lift(before: AddressesByJail, only?: readonly string[]): Promise<number>;
}

/** Calls after some milliseconds, and returns how to cancel that. The seam that tests replace. */
export type StartTimer = (work: () => void, milliseconds: number) => () => void;

export const startTimer: StartTimer = (work, milliseconds) => {
	const timer = setTimeout(work, milliseconds);
	return () => clearTimeout(timer);
};

export interface ProvisionalParts extends UndoParts {
	bans: BansSince;
	/** Seconds in which a change must be confirmed. */
	seconds: number;
	timer: StartTimer;
	/** Brings the jails back later, when the server does not answer now. */
	later(record: ChangeRecord): void;
}

/** A provisional change as the status reports it. */
export interface WaitingChange {
	id: string;
	user: string;
	what: Message;
	/** Time left; 0 while it is undone. */
	seconds: number;
}

interface Waiting {
	record: ChangeRecord;
	bans: AddressesByJail;
	/** Whether a confirmation proves anything yet. */
	gate: ConfirmationGate;
	/** Milliseconds of a clock that never goes back. */
	end: number;
	/** Cancels its timer. */
	cancel: () => void;
	/** Being confirmed or undone. */
	over: boolean;
}

/** Milliseconds: between two tries to get the lock, and to undo a change that could not be undone. */
const pauseMs = { lock: 300, retry: 5000 };

/** Tries to undo a change; after that the next change or start of the helper tries again. */
const maxTries = 12;

/**
 * The change that awaits confirmation. It stays in progress on disk meanwhile, so that whatever ends the helper undoes
 * it as a change that was cut short.
 */
export class Provisional {
	readonly #parts: ProvisionalParts;
	#waiting: Waiting | null = null;
	#undoing: Promise<unknown> = Promise.resolve();
	#closed = false;

	constructor(parts: ProvisionalParts) {
		this.#parts = parts;
	}

	get bans(): BansSince {
		return this.#parts.bans;
	}

	get seconds(): number {
		return this.#parts.seconds;
	}

	current(): WaitingChange | null {
		if (this.#waiting === null) return null;
		const { record, end, over } = this.#waiting;
		const left = over ? 0 : Math.max(0, Math.ceil((end - performance.now()) / 1000));
		return { id: record.id, user: record.user, what: toldText(record, 'what'), seconds: left };
	}

	/** Throws ApiError 409 while a change waits: a second one would hide whether the first locked anybody out. */
	refuseOther(): void {
		const waiting = this.current();
		if (waiting === null) return;
		throw awaiting(
			waiting,
			msg(
				'A change by {0} is awaiting confirmation ({1}, {2} s left). Confirm or revert it first.',
				waiting.user,
				waiting.what,
				waiting.seconds,
			),
		);
	}

	/** Throws ApiError 409 while a change waits in another process, which confirms or undoes it. */
	async refuseElsewhere(): Promise<void> {
		const record = await this.#parts.store.inProgress().catch((error: unknown) => {
			// the recovery reports that it is damaged
			if (error instanceof Error) return null;
			throw error;
		});
		const { state, holder } = record?.provisional ?? {};
		if (record === null || state !== 'waiting' || holder === undefined) return;
		if (holder === processName() || !isRunning(holder)) return;
		throw awaiting(
			record,
			msg(
				'A change by {0} is awaiting confirmation ({1}). Confirm or revert it first.',
				record.user,
				toldText(record, 'what'),
			),
		);
	}

	/** Lifts what was banned since; for a change that was undone in another way. */
	async lift(record: ChangeRecord, bans: AddressesByJail): Promise<void> {
		const lifted = (await this.#liftOwn(record, bans)) + (await this.#liftJails(record, bans));
		if (lifted > 0) this.#parts.log.notice(`audit: bans made since the change are lifted: ${lifted}`);
	}

	/** Bans of the caller, whichever jail made them: recidive takes the bans of others for failures. */
	#liftOwn({ provisional }: ChangeRecord, bans: AddressesByJail): Promise<number> {
		return this.#parts.bans.lift(bans, provisional?.addresses ?? []);
	}

	/** All bans that the jails of the change made. */
	#liftJails({ jails = [] }: ChangeRecord, bans: AddressesByJail): Promise<number> {
		return this.#parts.bans.lift(Object.fromEntries(jails.map((jail) => [jail, bans[jail] ?? []])));
	}

	/** From here on the change must be confirmed. The caller holds the lock and has made it. */
	wait(record: ChangeRecord, bans: AddressesByJail, why: ProvisionalReason): void {
		const milliseconds = this.#parts.seconds * 1000;
		const cancel = this.#parts.timer(() => this.#expire(), milliseconds);
		const end = performance.now() + milliseconds;
		const gate = new ConfirmationGate(why, this.#parts.bans, milliseconds);
		this.#waiting = { record, bans, gate, end, cancel, over: false };
	}

	/**
	 * Confirms the change. Throws ApiError: 409 if this one no longer waits, 403 for another user, 503 `too-early` until
	 * fail2ban has set the bans to come.
	 */
	async confirm(id: string, user: string): Promise<void> {
		await this.#find(id, user).gate.check();
		const waiting = this.#claim(id, user);
		const { store, log } = this.#parts;
		const { record } = waiting;
		const kept = { ...record, provisional: { reason: '', ...record.provisional, state: 'kept' as const } };
		try {
			if ((await store.inProgress())?.id !== id) throw gone();
			const unwritten = await store.end(kept, 'applied');
			if (unwritten) log.warning(`the record of change ${id} is not up to date: ${unwritten}`);
			this.#waiting = null;
			log.notice(`audit: user=${user} change=${id} (${record.what}) confirmed`);
		} catch (error) {
			// still in progress, so it is undone in time
			waiting.over = false;
			waiting.cancel = this.#parts.timer(() => this.#expire(), Math.max(0, waiting.end - performance.now()));
			throw error;
		}
	}

	/** Undoes the change immediately. Throws ApiError 409 if this one no longer waits. */
	revert(id: string, user: string): Task {
		const waiting = this.#claim(id, null);
		return {
			run: async (line) => {
				line(`revert ${waiting.record.what}`);
				this.#undoing = this.#undo(waiting, 'reverted', user, line);
				await this.#undoing;
			},
		};
	}

	/** For a helper that ends, after which the change could not be undone. */
	async close(): Promise<void> {
		this.#closed = true;
		if (this.#waiting !== null && !this.#waiting.over) this.#expire();
		await this.#undoing;
	}

	#find(id: string, user: string | null): Waiting {
		const waiting = this.#waiting;
		if (waiting === null || waiting.record.id !== id || waiting.over) throw gone();
		const { record } = waiting;
		if (user !== null && user !== record.user && user !== 'root@pam') {
			const message = msg('Only {0} or root@pam may confirm this change.', record.user);
			throw refusal(403, 'other-user', 'id', message);
		}
		return waiting;
	}

	#claim(id: string, user: string | null): Waiting {
		const waiting = this.#find(id, user);
		waiting.cancel();
		waiting.over = true;
		return waiting;
	}

	#expire(): void {
		const waiting = this.#waiting;
		if (waiting === null || waiting.over) return;
		waiting.cancel();
		waiting.over = true;
		this.#undoing = this.#undo(waiting, 'not-kept', null, (text) => this.#parts.log.info(text)).catch(
			(error: unknown) => this.#parts.log.error(`change ${waiting.record.id}: ${reasonOf(error)}`),
		);
	}

	async #undo(
		waiting: Waiting,
		state: 'not-kept' | 'reverted',
		user: string | null,
		line: (text: string) => void,
	): Promise<void> {
		const { log } = this.#parts;
		const { id, what, user: author } = waiting.record;
		try {
			for (let attempt = 1; ; attempt++) {
				try {
					const said = await this.#undoOnce(waiting, state, line);
					line(said);
					const why =
						state === 'reverted' ? 'reverted before it was confirmed' : 'not confirmed in time, undone';
					log.notice(`audit: user=${user ?? author} change=${id} (${what}) ${why}: ${said}`);
					return;
				} catch (error) {
					log.error(`change ${id} (${what}) could not be undone: ${reasonOf(error)}`);
					if (attempt === maxTries || this.#closed) throw error;
					line(`${reasonOf(error)} Trying again.`);
					await sleep(pauseMs.retry);
				}
			}
		} finally {
			this.#waiting = null;
		}
	}

	async #undoOnce(
		{ record, bans }: Waiting,
		state: 'not-kept' | 'reverted',
		line: (text: string) => void,
	): Promise<string> {
		const { store, root } = this.#parts;
		const release = await this.#lock();
		try {
			if ((await store.inProgress())?.id !== record.id) return 'it was undone on the console';
			const first = await this.#liftOwn(record, bans);
			const merged = await undoBesideOthersEdits(root, store, record);
			const { provisional = { reason: '' } } = record;
			const undone = await undoRecord(
				this.#parts,
				{ ...record, provisional: { ...provisional, state } },
				line,
			);
			if (undone.missing === null && undone.server !== 'stopped') {
				await ignoreAuthorUntilReload(this.#parts, record);
				this.#parts.later(record);
			}
			const others = await this.#liftJails(record, bans);
			return undoneText(undone, merged, first + others + (await this.#liftOwn(record, bans)));
		} finally {
			await release();
		}
	}

	async #lock(): Promise<() => Promise<void>> {
		for (;;) {
			try {
				return await this.#parts.lock.acquire('root@pam', msg('undo a change that was not confirmed'));
			} catch (error) {
				if (!(error instanceof ApiError) || error.code !== 'busy') throw error;
				await sleep(pauseMs.lock);
			}
		}
	}
}

/** As a change in this process records that it waits. */
export function waitingHere(reason: string, addresses: string[]): NonNullable<ChangeRecord['provisional']> {
	return { state: 'waiting', reason, addresses, holder: processName() };
}

function awaiting({ id }: Pick<ChangeRecord, 'id'>, message: Message): ApiError {
	return new ApiError(409, 'provisional', message, { provisional: id });
}

function gone(): ApiError {
	const message = msg('This change is no longer awaiting confirmation: it was confirmed or undone.');
	return refusal(409, 'not-provisional', 'id', message);
}
