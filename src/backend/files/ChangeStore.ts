import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
import { reasonOf } from '../kit/errors.ts';
import { msg, TextError } from '../kit/message.ts';
import type { ChangedFile, ChangeRecord, LostRecord, Recovery, Restored, Undone } from './ChangeRecord.ts';
import { hashOf, readOrNull } from './fileBytes.ts';
import {
	checkReplaceable,
	isFilterFile,
	isLocalFile,
	localFile,
	removeFile,
	replaceFile,
} from './replaceFile.ts';
import { removeTemporaries, savedState } from './savedCopy.ts';

/** Old changes are forgotten above this number. */
const maxChanges = 1000;

/**
 * The history of changes below the state folder, and the record by which a change that was cut short is undone:
 * `in-progress` names it from before the first file is touched until all is verified.
 */
export class ChangeStore {
	readonly #state: string;

	constructor(state: string) {
		this.#state = state;
	}

	get #inProgress(): string {
		return path.join(this.#state, 'in-progress');
	}

	/** A change was cut short and waits to be undone. */
	isInProgress(): boolean {
		return existsSync(this.#inProgress);
	}

	#folder(id: string): string {
		return path.join(this.#state, 'changes', id);
	}

	/** Saves old and new bytes and announces the change; from here on a crash is undone. */
	async begin(
		about: Omit<ChangeRecord, 'id' | 'state' | 'files'>,
		files: { file: string; before: Buffer | null; after: Buffer | null }[],
		bans: AddressesByJail | null = null,
	): Promise<ChangeRecord> {
		const stamp = new Date(about.time * 1000).toISOString().replace(/[-:]|\.\d+Z/g, '');
		const id = `${stamp}-${await this.#nth(stamp)}${randomBytes(2).toString('hex')}`;
		const record: ChangeRecord = {
			id,
			...about,
			state: 'started',
			files: files.map(({ file, before, after }) => ({ file, before: hashOf(before), after: hashOf(after) })),
		};
		try {
			await mkdir(this.#folder(id), { recursive: true, mode: 0o700 });
			for (const [index, { before, after }] of files.entries()) {
				if (before) await replaceFile(path.join(this.#folder(id), `${index}.before`), before);
				if (after) await replaceFile(path.join(this.#folder(id), `${index}.after`), after);
			}
			if (bans !== null) await replaceFile(this.#bansFile(id), Buffer.from(JSON.stringify(bans)));
			await this.#write(record);
			await replaceFile(this.#inProgress, Buffer.from(`${id}\n`));
		} catch (error) {
			// a change that never began is no history, and a full disk needs the space
			await rm(this.#folder(id), { recursive: true, force: true });
			throw error;
		}
		return record;
	}

	#bansFile(id: string): string {
		return path.join(this.#folder(id), 'bans.json');
	}

	/** What jails banned before a provisional change; null: it is no such change, or that is lost. */
	async bansBefore({ id }: ChangeRecord): Promise<AddressesByJail | null> {
		const text = (await readOrNull(this.#bansFile(id)))?.toString('utf8');
		if (text === undefined) return null;
		try {
			return JSON.parse(text) as AddressesByJail | null;
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			return null;
		}
	}

	/**
	 * The change was made, but stays in progress until it is confirmed: whatever ends the helper undoes it. Answers its
	 * record as it is now.
	 */
	async hold(record: ChangeRecord): Promise<ChangeRecord> {
		const held: ChangeRecord = { ...record, state: 'applied' };
		await this.#write(held);
		return held;
	}

	/** The change in progress; null: there is none. Throws if its record is damaged. */
	async inProgress(): Promise<ChangeRecord | null> {
		const id = (await readOrNull(this.#inProgress))?.toString('utf8').trim();
		return id === undefined ? null : this.read(id);
	}

	/** Keeps the changes of one second in their order, of which the names are all that is left. */
	async #nth(stamp: string): Promise<string> {
		const same = (await this.#ids()).filter((id) => id.startsWith(stamp)).length;
		return Math.min(same, 255).toString(16).padStart(2, '0');
	}

	async #ids(): Promise<string[]> {
		const folder = path.join(this.#state, 'changes');
		return existsSync(folder) ? (await readdir(folder)).sort() : [];
	}

	/**
	 * The change is over, one way or the other: what counts is that `in-progress` is gone, which needs no space.
	 * Answers why its record could not be brought up to date, or null. Throws if it is still in progress.
	 */
	async end(record: ChangeRecord, state: ChangeRecord['state']): Promise<string | null> {
		let unwritten: string | null = null;
		try {
			await this.#write({ ...record, state });
		} catch (error) {
			unwritten = reasonOf(error);
		}
		await removeFile(this.#inProgress);
		if (record.provisional) await rm(this.#bansFile(record.id), { force: true });
		await this.#prune();
		return unwritten;
	}

	/**
	 * Brings back the old bytes of every file that still has the new ones. Safe to repeat. Throws the first failure
	 * once every file was tried.
	 * @param root the configuration folder
	 */
	async restore(root: string, record: ChangeRecord): Promise<Restored> {
		const result: Restored = { restored: [], foreign: [], damaged: [] };
		const failures: unknown[] = [];
		for (const [index, one] of record.files.entries()) {
			try {
				const outcome = await this.#restoreFile(
					root,
					one,
					path.join(this.#folder(record.id), `${index}.before`),
				);
				if (outcome !== null) result[outcome].push(one.file);
			} catch (error) {
				failures.push(error);
			}
		}
		if (failures.length > 0) throw failures[0];
		return result;
	}

	/** Brings back one file; null: it is as it was. */
	async #restoreFile(root: string, one: ChangedFile, saved: string): Promise<keyof Restored | null> {
		const target = localFile(root, one.file, true);
		await removeTemporaries(target);
		const { outcome, bytes } = await savedState(target, one, saved);
		if (outcome !== 'restored') return outcome;
		if (bytes) await replaceFile(target, bytes);
		else await removeFile(target);
		return outcome;
	}

	/** What `restore` would do with each file; nothing is touched. */
	async restorable(root: string, record: ChangeRecord): Promise<Restored> {
		const result: Restored = { restored: [], foreign: [], damaged: [] };
		for (const [index, one] of record.files.entries()) {
			const saved = path.join(this.#folder(record.id), `${index}.before`);
			const { outcome } = await savedState(localFile(root, one.file, true), one, saved);
			if (outcome !== null) result[outcome].push(one.file);
		}
		return result;
	}

	/**
	 * Takes back a change that was made. A crash in the middle is finished by `recover`. Answers why the record could
	 * not be brought up to date, or null. Throws ApiError 409, with nothing touched, for a file that may not be
	 * replaced.
	 */
	async undo(root: string, record: ChangeRecord): Promise<Undone> {
		for (const { file } of record.files) await checkReplaceable(root, file, true);
		await replaceFile(this.#inProgress, Buffer.from(`${record.id}\n`));
		const result = await this.restore(root, record);
		return { ...result, unwritten: await this.end(record, 'undone') };
	}

	/** All records that can be read, the newest first. */
	async *newestFirst(): AsyncGenerator<ChangeRecord> {
		for (const id of (await this.#ids()).reverse()) {
			const record = await this.#readOrReason(id);
			// a damaged one cannot be undone; those before it still can
			if (typeof record !== 'string') yield record;
		}
	}

	/** The bytes of each file before and after a change, in the order of its files. Throws if a copy is damaged. */
	async copies(record: ChangeRecord): Promise<{ before: Buffer | null; after: Buffer | null }[]> {
		const copy = async (index: number, side: 'before' | 'after', hash: string | null) => {
			if (hash === null) return null;
			const bytes = await readOrNull(path.join(this.#folder(record.id), `${index}.${side}`));
			if (hashOf(bytes) !== hash)
				throw new TextError(msg('The saved copies of change {0} are damaged.', record.id));
			return bytes;
		};
		return Promise.all(
			record.files.map(async ({ before, after }, index) => ({
				before: await copy(index, 'before', before),
				after: await copy(index, 'after', after),
			})),
		);
	}

	/** Undoes a change that was cut short by a crash or power loss. null: there was none. */
	async recover(root: string): Promise<Recovery | LostRecord | null> {
		const id = (await readOrNull(this.#inProgress))?.toString('utf8').trim();
		if (id === undefined) return null;
		const record = await this.#readOrReason(id);
		if (typeof record === 'string') {
			// else it would stand in the way of every change to come
			await removeFile(this.#inProgress);
			return { id, reason: record };
		}
		const result = await this.restore(root, record);
		const bans = await this.bansBefore(record);
		const { provisional } = record;
		const ended = provisional
			? { ...record, provisional: { ...provisional, state: 'not-kept' as const } }
			: record;
		await this.end(ended, provisional && record.state === 'applied' ? 'undone' : 'recovered');
		return { record, bans, ...result };
	}

	/** Answers why a record cannot be used; throws for a fault of the disk, which may pass. */
	async #readOrReason(id: string): Promise<ChangeRecord | string> {
		try {
			return await this.read(id);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code !== undefined && code !== 'ENOENT') throw error;
			return reasonOf(error);
		}
	}

	async read(id: string): Promise<ChangeRecord> {
		if (!/^[0-9A-Za-z-]+$/.test(id)) throw new Error(`'${id}' is no change`);
		const text = await readFile(path.join(this.#folder(id), 'record.json'), 'utf8');
		const record = JSON.parse(text) as ChangeRecord | null;
		const names = Array.isArray(record?.files) ? record.files.map(({ file }) => file) : [];
		if (
			record === null ||
			names.length === 0 ||
			!names.every((name) => isLocalFile(name) || isFilterFile(name))
		)
			throw new TextError(msg('The record of change {0} is damaged.', id));
		return { ...record, id };
	}

	async #write(record: ChangeRecord): Promise<void> {
		const text = `${JSON.stringify(record, null, '\t')}\n`;
		await replaceFile(path.join(this.#folder(record.id), 'record.json'), Buffer.from(text));
	}

	async #prune(): Promise<void> {
		const all = await this.#ids();
		for (const id of all.slice(0, Math.max(0, all.length - maxChanges)))
			await rm(this.#folder(id), { recursive: true, force: true });
	}
}
