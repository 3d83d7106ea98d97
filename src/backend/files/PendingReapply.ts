import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, reasonOf } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { msg } from '../kit/message.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import type { ConfigFiles } from './ConfigFiles.ts';
import type { ServerSync } from './ServerSync.ts';
import type { StagedTrial } from './StagedTrial.ts';
import { planSettings } from './serverSettings.ts';
import type { WriteLock } from './WriteLock.ts';

/** Milliseconds. */
const limitsMs = { between: 1000, giveUp: 10 * 60_000 };

/** Brings the jails of an undone change back to what the files say. */
export class PendingReapply {
	#closed = false;

	constructor(
		private readonly parts: {
			files: ConfigFiles;
			trial: StagedTrial;
			sync: ServerSync;
			lock: WriteLock;
			log: Log;
		},
	) {}

	/** At once, or later if the server hangs. The caller holds the lock. */
	async now(record: ChangeRecord): Promise<void> {
		const state = await this.parts.sync.state();
		if (state === 'frozen') this.later(record);
		// a server that is stopped reads everything when it starts
		if (state === 'running') await this.#apply(record);
	}

	/** Nothing is sent to a server that hangs; but it may have dropped the jail that it was told to reload. */
	later(record: ChangeRecord): void {
		this.#wait(record).catch((error: unknown) => this.#failed(record, error));
	}

	close(): void {
		this.#closed = true;
	}

	async #wait(record: ChangeRecord): Promise<void> {
		const end = performance.now() + limitsMs.giveUp;
		while (performance.now() < end) {
			await sleep(limitsMs.between, undefined, { ref: false });
			if (this.#closed) return;
			const state = await this.parts.sync.state();
			if (state === 'stopped') return;
			if (state === 'running' && (await this.#locked(record))) return;
		}
	}

	/** false: somebody else holds the lock. */
	async #locked(record: ChangeRecord): Promise<boolean> {
		const { lock } = this.parts;
		try {
			const release = await lock.acquire('root@pam', msg('bring back the jails of change {0}', record.id));
			await this.#apply(record).finally(release);
			return true;
		} catch (error) {
			if (error instanceof ApiError && error.code === 'busy') return false;
			throw error;
		}
	}

	async #apply(record: ChangeRecord): Promise<void> {
		const { sync, trial, files, log } = this.parts;
		try {
			const { dumped } = await trial.read(files.fresh().root);
			const changed = new Set(record.changed.map(({ option }) => option));
			const settings = [...planSettings(new Map(), dumped.server)].filter(([option]) => changed.has(option));
			await sync.set(new Map(settings), (text) => log.info(text));
			const differ = new Set((await sync.differences(dumped.jails)).map(({ jail }) => jail));
			for (const jail of differ) {
				// what differs else is the admin's, and waits for a reload of theirs
				if (record.jails?.includes(jail) === false) continue;
				const step = { kind: dumped.jails.has(jail) ? 'restart' : 'stop', jail } as const;
				await sync.apply([step], (text) => log.info(text));
			}
		} catch (error) {
			this.#failed(record, error);
		}
	}

	#failed({ id }: ChangeRecord, error: unknown): void {
		const reason = reasonOf(error);
		this.parts.log.error(`the jails of change ${id}, which was undone, could not be brought back: ${reason}`);
	}
}
