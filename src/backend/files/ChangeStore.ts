import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { isTemporaryName, localFile, removeFile, replaceFile } from './replaceFile.ts';

/** What is known of one file of a change; a hash is null where the file does not exist. */
export interface ChangedFile {
	file: string;
	before: string | null;
	after: string | null;
}

export interface ChangeRecord {
	id: string;
	user: string;
	/** Unix seconds. */
	time: number;
	what: string;
	forced: boolean;
	/** started: in the middle; restored: it failed and was undone; recovered: cut short and undone later. */
	state: 'started' | 'applied' | 'restored' | 'recovered';
	files: ChangedFile[];
	changed: { option: string; from: string | null; to: string | null }[];
}

export interface Recovery {
	record: ChangeRecord;
	/** Files brought back to what they were. */
	restored: string[];
	/** Files that somebody else changed meanwhile: left as they are. */
	foreign: string[];
}

/** Old changes are forgotten above this number. */
const keep = 1000;

export function hashOf(bytes: Uint8Array | null): string | null {
	return bytes === null ? null : createHash('sha1').update(bytes).digest('hex');
}

export async function readOrNull(file: string): Promise<Buffer | null> {
	try {
		return await readFile(file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}

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
		about: Pick<ChangeRecord, 'user' | 'time' | 'what' | 'forced' | 'changed'>,
		files: { file: string; before: Buffer | null; after: Buffer | null }[],
	): Promise<ChangeRecord> {
		const stamp = new Date(about.time * 1000).toISOString().replace(/[-:]|\.\d+Z/g, '');
		const id = `${stamp}-${randomBytes(3).toString('hex')}`;
		await mkdir(this.#folder(id), { recursive: true, mode: 0o700 });
		for (const [index, { before, after }] of files.entries()) {
			if (before) await replaceFile(path.join(this.#folder(id), `${index}.before`), before);
			if (after) await replaceFile(path.join(this.#folder(id), `${index}.after`), after);
		}
		const record: ChangeRecord = {
			id,
			...about,
			state: 'started',
			files: files.map(({ file, before, after }) => ({ file, before: hashOf(before), after: hashOf(after) })),
		};
		await this.#write(record);
		await replaceFile(this.#inProgress, Buffer.from(`${id}\n`));
		return record;
	}

	/** The change is over, one way or the other. */
	async end(record: ChangeRecord, state: ChangeRecord['state']): Promise<void> {
		await this.#write({ ...record, state });
		await removeFile(this.#inProgress);
		await this.#prune();
	}

	/**
	 * Brings back the old bytes of every file that still has the new ones. Safe to repeat.
	 * @param root the configuration folder
	 */
	async restore(root: string, record: ChangeRecord): Promise<Pick<Recovery, 'restored' | 'foreign'>> {
		const result = { restored: [] as string[], foreign: [] as string[] };
		for (const [index, { file, before, after }] of record.files.entries()) {
			const target = localFile(root, file);
			await removeTemporaries(target);
			const now = hashOf(await readOrNull(target));
			if (now === before) continue;
			if (now !== after) {
				result.foreign.push(file);
				continue;
			}
			const bytes = await readOrNull(path.join(this.#folder(record.id), `${index}.before`));
			if (hashOf(bytes) !== before)
				throw new Error(`the saved copy of ${file} in change ${record.id} is damaged`);
			if (bytes) await replaceFile(target, bytes);
			else await removeFile(target);
			result.restored.push(file);
		}
		return result;
	}

	/** Undoes a change that was cut short by a crash or power loss. null: there was none. */
	async recover(root: string): Promise<Recovery | null> {
		const id = (await readOrNull(this.#inProgress))?.toString('utf8').trim();
		if (id === undefined) return null;
		const record = await this.read(id);
		const result = await this.restore(root, record);
		await this.end(record, 'recovered');
		return { record, ...result };
	}

	async read(id: string): Promise<ChangeRecord> {
		if (!/^[0-9A-Za-z-]+$/.test(id)) throw new Error(`'${id}' is no change`);
		const text = await readFile(path.join(this.#folder(id), 'record.json'), 'utf8');
		return JSON.parse(text) as ChangeRecord;
	}

	async #write(record: ChangeRecord): Promise<void> {
		const text = `${JSON.stringify(record, null, '\t')}\n`;
		await replaceFile(path.join(this.#folder(record.id), 'record.json'), Buffer.from(text));
	}

	async #prune(): Promise<void> {
		const all = (await readdir(path.join(this.#state, 'changes'))).sort();
		for (const id of all.slice(0, Math.max(0, all.length - keep)))
			await rm(this.#folder(id), { recursive: true, force: true });
	}
}

/** A write that was cut short leaves its temporary file, which fail2ban does not read. */
async function removeTemporaries(target: string): Promise<void> {
	const folder = path.dirname(target);
	for (const name of await readdir(folder)) {
		if (isTemporaryName(name) && name.startsWith(`.${path.basename(target)}.`))
			await unlink(path.join(folder, name));
	}
}
