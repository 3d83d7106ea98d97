import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
import type { Task } from '../kit/caller.ts';
import { ApiError, refusal } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { msg, told } from '../kit/message.ts';
import { planApply } from './applyPlan.ts';
import { auditChange } from './auditChange.ts';
import type { ChangeGuard, ProvisionalReason } from './ChangeGuard.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import type { ChangeStore } from './ChangeStore.ts';
import type { ChangeDone, ChangeRequest, ConfigChanges } from './ConfigChange.ts';
import type { ConfigFiles } from './ConfigFiles.ts';
import { differenceText, type RunningDifference } from './compareRunning.ts';
import { diskError } from './diskError.ts';
import { editedFiles, writeFiles } from './editedFiles.ts';
import type { PendingReapply } from './PendingReapply.ts';
import type { Prepared } from './Prepared.ts';
import { type Provisional, waitingHere } from './Provisional.ts';
import { undo } from './Rollback.ts';
import { recoverFiles } from './recoverFiles.ts';
import { ApplyError, type ServerSync } from './ServerSync.ts';
import type { StagedTrial } from './StagedTrial.ts';
import { planSettings } from './serverSettings.ts';
import type { WriteLock } from './WriteLock.ts';

export interface TransactionParts {
	files: ConfigFiles;
	trial: StagedTrial;
	sync: ServerSync;
	store: ChangeStore;
	lock: WriteLock;
	/** Asked before the first byte of each change whether it would lock anybody out. */
	guard: ChangeGuard;
	log: Log;
	/** Changes that must be confirmed. */
	provisional: Provisional;
	/** Milliseconds since 1970. */
	now(): number;
	/** Called at each step by its name; tests end the process there. */
	step?(name: string): void | Promise<void>;
}

/** More jails than this take longer than the 2 s that a call may take. */
const jailsAtOnce = 8;

/** The one way by which the configuration is written: checked, saved, applied, verified, or undone. */
export class Transaction implements ConfigChanges {
	readonly #parts: TransactionParts;
	readonly #pendingReapply: PendingReapply;

	constructor(parts: TransactionParts, pendingReapply: PendingReapply) {
		this.#parts = parts;
		this.#pendingReapply = pendingReapply;
	}

	async change(request: ChangeRequest): Promise<{ data: ChangeDone } | { task: Task }> {
		const release = await this.#parts.lock.acquire(request.caller.user, request.what);
		let keepLock = false;
		try {
			const prepared = await this.#prepare(request);
			if (prepared === null) return { data: this.#nothing() };
			const { plan } = prepared;
			const long = plan.steps.some(({ kind }) => kind === 'restart') || plan.changed.length > jailsAtOnce;
			if ((prepared.server === 'running' && long) || request.afterwards !== undefined) {
				keepLock = true;
				return { task: this.#task(prepared, release) };
			}
			return { data: await this.#carryOut(prepared, () => {}) };
		} catch (error) {
			throw diskError(error);
		} finally {
			if (!keepLock) await release();
		}
	}

	#task(prepared: Prepared, release: () => Promise<void>): Task {
		return {
			run: async (line) => {
				let done: ChangeDone;
				try {
					done = await this.#carryOut(prepared, line);
					line(`Changed ${done.files.join(', ')}.`);
				} catch (error) {
					throw diskError(error);
				} finally {
					await release();
				}
				await prepared.request.afterwards?.(done, line);
			},
		};
	}

	#nothing(): ChangeDone {
		return {
			id: '',
			files: [],
			changed: [],
			pending: false,
			digest: this.#parts.files.snapshot().digest,
			provisional: null,
		};
	}

	/** Undoes what a crash left half done, while fail2ban does not run yet. */
	async recover(): Promise<void> {
		const release = await this.#parts.lock.acquire('root@pam', msg('undo a change that was cut short'));
		try {
			await recoverFiles(this.#parts);
		} finally {
			await release();
		}
	}

	/** The same beside a running server, which may have read the new files already. */
	async recoverAndApply(): Promise<void> {
		if (!this.#parts.store.isInProgress()) return;
		const release = await this.#parts.lock.acquire('root@pam', msg('undo a change that was cut short'));
		try {
			await this.#recover();
		} finally {
			await release();
		}
	}

	/** Files, then jails. The caller holds the lock. */
	async #recover(): Promise<void> {
		const recovery = await recoverFiles(this.#parts);
		if (!recovery) return;
		await this.#pendingReapply.now(recovery.record);
		if (recovery.bans !== null) await this.#parts.provisional.lift(recovery.record, recovery.bans);
	}

	/** Waits for no server any more. */
	close(): void {
		this.#pendingReapply.close();
	}

	async #step(name: string): Promise<void> {
		await this.#parts.step?.(name);
	}

	async #prepare(request: ChangeRequest): Promise<Prepared | null> {
		const { files, trial, sync, guard } = this.#parts;
		await this.#step('locked');
		this.#parts.provisional.refuseOther();
		await this.#parts.provisional.refuseElsewhere();
		await this.#recover();
		const snapshot = files.fresh();
		if (request.digest !== undefined && request.digest !== snapshot.digest) throw changedMeanwhile();
		const planned = request.plan(snapshot);
		const edited = await editedFiles(snapshot, planned);
		if (edited.length === 0) return null;
		const server = await sync.state();
		if (server === 'frozen')
			throw new ApiError(
				504,
				'frozen',
				msg('fail2ban does not answer; nothing was changed. A slow action may keep it busy.'),
			);
		const { before, after } = await trial.check(snapshot, planned);
		await this.#step('checked');
		const running = server === 'running' ? await sync.running() : [];
		const accepted = server === 'running' ? await sync.differences(before.dumped.jails) : [];
		const starts = new Set(planned.starts);
		const plan = planApply(before.dumped.jails, after.dumped.jails, new Set(running), starts);
		const settings = planSettings(before.dumped.server, after.dumped.server);
		const provisional = await guard.judge({
			request,
			before: before.dumped,
			after: after.dumped,
			server,
			running,
			steps: plan.steps,
		});
		if (server === 'running' && plan.steps.length > 0) await sync.settleServer(before.dumped.server);
		const prepared = { request, planned, snapshot, edited, server, before, after, plan, settings, running };
		return { ...prepared, accepted, provisional };
	}

	async #carryOut(prepared: Prepared, line: (text: string) => void): Promise<ChangeDone> {
		const { files, store, now } = this.#parts;
		const { request, planned, edited, snapshot } = prepared;
		// the files may have been edited by hand while fail2ban was asked
		if (files.fresh().digest !== snapshot.digest) throw changedMeanwhile();
		await this.#step('save');
		const jails = [...new Set([...prepared.plan.changed, ...prepared.plan.steps.map(({ jail }) => jail)])];
		const { provisional: why } = prepared;
		const all = [...new Set([...jails, ...prepared.running])];
		const bans = why === null ? null : await this.#parts.provisional.bans.snapshot(all);
		const own = [request.client, request.caller.clientIp].filter((address) => address != null);
		const record = await store.begin(
			{
				user: request.caller.user,
				time: Math.floor(now() / 1000),
				...told({ what: request.what }),
				forced: request.forced,
				...(request.reverts === undefined ? {} : { reverts: request.reverts }),
				changed: planned.changed,
				jails,
				...(why === null ? {} : { provisional: waitingHere(String(why.reason), own) }),
			},
			edited,
			bans,
		);
		await this.#step('saved');
		try {
			await writeFiles(snapshot.root, edited, (name) => this.#step(name));
			if (prepared.server === 'running') await this.#apply(prepared, line);
			await this.#step('verified');
			if (why !== null && bans !== null) this.#hold(await store.hold(record), bans, why, line);
			else {
				const unwritten = await store.end(record, 'applied');
				if (unwritten)
					this.#parts.log.warning(`the record of change ${record.id} is not up to date: ${unwritten}`);
			}
		} catch (error) {
			const failed = await this.#failed(prepared, record, error, line);
			if (bans !== null) await this.#parts.provisional.lift(record, bans);
			throw failed;
		}
		await this.#step('ended');
		auditChange(
			this.#parts.log,
			record,
			why === null ? 'applied' : `applied, awaiting confirmation: ${why.reason}`,
		);
		return {
			id: record.id,
			files: edited.map(({ file }) => file),
			changed: planned.changed,
			pending: prepared.server === 'stopped',
			digest: files.fresh().digest,
			provisional:
				why === null
					? null
					: told({ id: record.id, seconds: this.#parts.provisional.seconds, reason: why.reason }),
		};
	}

	/** The change is made, and awaits its confirmation. */
	#hold(
		record: ChangeRecord,
		bans: AddressesByJail,
		why: ProvisionalReason,
		line: (text: string) => void,
	): void {
		const { provisional } = this.#parts;
		provisional.wait(record, bans, why);
		line(`It is undone in ${provisional.seconds} s unless it is confirmed: ${why.reason}`);
	}

	async #apply(prepared: Prepared, line: (text: string) => void): Promise<void> {
		const { sync } = this.#parts;
		const { plan, settings, after, accepted } = prepared;
		await this.#step('apply');
		await sync.set(settings, line);
		await sync.apply(plan.steps, line);
		await this.#step('applied');
		const changed = new Set(plan.changed);
		// what a changed jail had wrong before is right now, so it is no longer accepted
		const others = accepted.filter(({ jail }) => !changed.has(jail));
		const wrong = await sync.settle(after.dumped.jails, others);
		if (wrong.length > 0)
			throw new ApplyError('verify', differenceText(wrong[0] as RunningDifference), false, '');
		await sync.checkSettings(settings);
	}

	/** Undoes the change and returns the error to throw. */
	async #failed(prepared: Prepared, record: ChangeRecord, cause: unknown, line: (text: string) => void) {
		const { sync, store, log } = this.#parts;
		const error = await undo(
			{ sync, store, log },
			{ ...prepared, root: prepared.snapshot.root },
			record,
			cause,
			line,
		);
		if (error.code === 'frozen') this.#pendingReapply.later(record);
		auditChange(
			this.#parts.log,
			record,
			error.code === 'not-restored' ? 'failed, NOT restored' : 'failed, restored',
		);
		return error;
	}
}

function changedMeanwhile(): ApiError {
	const message = msg('The configuration was changed in the meantime. Reload and try again.');
	return refusal(409, 'digest-mismatch', 'digest', message);
}
