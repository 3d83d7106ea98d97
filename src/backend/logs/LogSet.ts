import { constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, constants as zlib } from 'node:zlib';
import { ApiError } from '../kit/errors.ts';
import { type Message, msg } from '../kit/message.ts';
import { sha1 } from '../kit/sha1.ts';

/** Bytes at the beginning of a file that tell it from any other: they hold the time of its first line. */
export const headSize = 64;

/** A rotated file by logrotate's names: `.1`, `.2.gz`, `-20261122`, `-20261122-1.gz`. */
const rotated = /^(?:\.(\d{1,4})|-(\d{8}(?:-\d{1,10})?))(\.gz)?$/;

/** One file of the log, held open, so that a rotation meanwhile changes nothing. */
export class LogPart {
	#head: Promise<Buffer> | null = null;

	constructor(
		readonly name: string,
		readonly gz: boolean,
		readonly handle: FileHandle,
		/** Device, inode, size and time of change: the same as long as nobody wrote to it. */
		readonly stat: { dev: number; ino: number; size: number; mtimeMs: number },
	) {}

	/** The first bytes of the text, at most 64. They stay the same when the file is renamed or compressed. */
	head(): Promise<Buffer> {
		this.#head ??= this.#readHead();
		return this.#head;
	}

	async #readHead(): Promise<Buffer> {
		const bytes = Buffer.alloc(this.gz ? 4096 : headSize);
		const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, 0);
		const start = bytes.subarray(0, bytesRead);
		if (!this.gz || bytesRead === 0) return start;
		try {
			return gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, headSize);
		} catch {
			// no gzip data: a file without text, which no cursor means
			return Buffer.alloc(0);
		}
	}

	/** Tells the file whose text begins so; empty for an empty one. */
	async id(): Promise<string> {
		return idOf(await this.head());
	}
}

export function idOf(head: Buffer): string {
	return head.length === 0 ? '' : sha1(head).slice(0, 16);
}

/** The log with its rotated files, oldest first. */
export class LogSet {
	constructor(readonly parts: readonly LogPart[]) {}

	async close(): Promise<void> {
		await Promise.all(this.parts.map(({ handle }) => handle.close()));
	}
}

function refusal(code: string, file: string): ApiError {
	const reasons: Record<string, Message> = {
		ENOENT: msg("fail2ban's log {0} does not exist.", file),
		ELOOP: msg("fail2ban's log {0} is a symbolic link.", file),
	};
	return new ApiError(
		404,
		'no-log',
		reasons[code] ?? msg("fail2ban's log {0} cannot be read ({1}).", file, code),
	);
}

async function openPart(folder: string, name: string, gz: boolean): Promise<LogPart> {
	const file = path.join(folder, name);
	// not blocking, since a pipe in the file's place would wait for its writer
	const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
	let handle: FileHandle;
	try {
		handle = await open(file, flags);
	} catch (error) {
		throw refusal((error as NodeJS.ErrnoException).code ?? '', file);
	}
	const stat = await handle.stat();
	if (stat.isFile()) return new LogPart(name, gz, handle, stat);
	await handle.close();
	throw new ApiError(404, 'no-log', msg("fail2ban's log {0} is not a regular file.", file));
}

async function folderOf(file: string, roots: readonly string[]): Promise<string> {
	try {
		const folder = await realpath(path.dirname(file));
		const allowed = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
		if (allowed.some((root) => folder === root || folder.startsWith(`${root}/`))) return folder;
	} catch (error) {
		throw refusal((error as NodeJS.ErrnoException).code ?? '', file);
	}
	throw new ApiError(
		404,
		'no-log',
		msg("fail2ban's log {0} is outside {1} and is not shown.", file, roots[0] ?? ''),
	);
}

interface Named {
	name: string;
	gz: boolean;
	/** Sorts from the newest to the oldest. */
	age: number;
}

/** The rotated files of a log among the names of its folder, newest first. */
export function rotatedFiles(base: string, names: readonly string[]): Named[] {
	const found = new Map<string, Named>();
	for (const name of names) {
		const match = name.startsWith(base) ? rotated.exec(name.slice(base.length)) : null;
		if (match === null) continue;
		const [, number, date, gz] = match;
		const age = number === undefined ? -Number(date?.replace('-', '.')) : Number(number);
		const stem = gz ? name.slice(0, -3) : name;
		// while logrotate compresses there are both, and only the plain one is whole
		if (gz && found.has(stem)) continue;
		found.set(stem, { name, gz: gz !== undefined, age });
	}
	return [...found.values()].sort((a, b) => a.age - b.age);
}

/**
 * Opens a log and its rotated files: regular files in a folder below one of `roots`, never through a symbolic link.
 * Throws ApiError 404 `no-log` if the log itself cannot be opened so; the caller closes the set.
 */
export async function openLogSet(file: string, roots: readonly string[]): Promise<LogSet> {
	const folder = await folderOf(file, roots);
	const base = path.basename(file);
	const parts = [await openPart(folder, base, false)];
	// newest first: a file that is renamed meanwhile is then met twice, never missed
	for (const { name, gz } of rotatedFiles(base, await readdir(folder))) {
		try {
			const part = await openPart(folder, name, gz);
			if (parts.some(({ stat }) => stat.ino === part.stat.ino && stat.dev === part.stat.dev))
				await part.handle.close();
			else parts.push(part);
		} catch (error) {
			// gone by another rotation, or not fit to be shown: the log is what was asked for
			if (!(error instanceof ApiError)) throw error;
		}
	}
	return new LogSet(parts.reverse());
}
