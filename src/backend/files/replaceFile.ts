import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { ApiError } from '../kit/errors.ts';
import { type Message, msg } from '../kit/message.ts';

/** fail2ban reads *.conf and *.local only, so a name with this ending is never configuration. */
const temporaryEnding = '.pve-fail2ban-tmp';

export function isTemporaryName(name: string): boolean {
	return name.startsWith('.') && name.endsWith(temporaryEnding);
}

function refused(message: Message): ApiError {
	return new ApiError(409, 'file-refused', message);
}

function refusedLink(file: string): ApiError {
	return refused(msg('{0} is a symbolic link; the change was not made.', file));
}

/** Whether a relative path is a .local in a place of fail2ban's. */
export function isLocalFile(file: unknown): boolean {
	return (
		typeof file === 'string' &&
		/^(?:(?:jail|fail2ban|filter|action)\.d\/)?[A-Za-z0-9][A-Za-z0-9._-]*\.local$/.test(file) &&
		!file.includes('..')
	);
}

/** Whether it is a filter that may be removed or restored when root@pam asks for just that, see FileEdit.conf. */
export function isFilterFile(file: unknown): boolean {
	return (
		typeof file === 'string' &&
		/^filter\.d\/[A-Za-z0-9][A-Za-z0-9._-]*\.conf$/.test(file) &&
		!file.includes('..')
	);
}

/**
 * Absolute path of a file below the folder. Throws ApiError 400 unless it is a .local in a place of fail2ban's.
 * @param conf a filter's `.conf` file may be meant, too
 */
export function localFile(root: string, file: string, conf = false): string {
	if (!isLocalFile(file) && !(conf && isFilterFile(file)))
		throw new ApiError(400, 'not-a-local-file', msg('{0}: only .local files can be changed.', file));
	return path.join(root, file);
}

/**
 * Checks that a file may be replaced: neither it nor its folder is a symbolic link, which would lead the
 * write elsewhere, and the admin did not make it read-only.
 */
export async function checkReplaceable(root: string, file: string, conf = false): Promise<void> {
	const target = localFile(root, file, conf);
	const folder = path.dirname(target);
	if ((await realpath(folder)) !== path.join(await realpath(root), path.dirname(file)))
		throw refused(msg('The folder {0} is a symbolic link; the change was not made.', path.dirname(file)));
	const stat = await lstatOrNull(target);
	if (!stat) return;
	if (stat.isSymbolicLink()) throw refusedLink(file);
	if (!stat.isFile()) throw refused(msg('{0} is not a regular file.', file));
	if ((stat.mode & 0o200) === 0)
		throw refused(msg('{0} is read-only. Use chmod u+w to allow changes.', file));
}

async function lstatOrNull(file: string) {
	try {
		return await lstat(file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function writeTemporary(handle: FileHandle, bytes: Uint8Array, mode: number, owner: [number, number]) {
	await handle.writeFile(bytes);
	await handle.chown(owner[0], owner[1]);
	// after chown, which clears set-id bits
	await handle.chmod(mode);
	await handle.sync();
}

/**
 * Replaces a file as a whole: written beside it under a name that fail2ban does not read, synced, renamed,
 * folder synced. Mode and owner are kept; a new file gets 0644. Nothing is left behind on failure.
 */
export async function replaceFile(target: string, bytes: Uint8Array): Promise<void> {
	const folder = path.dirname(target);
	const stat = await lstatOrNull(target);
	if (stat?.isSymbolicLink()) throw refusedLink(path.basename(target));
	const name = `.${path.basename(target)}.${randomBytes(6).toString('hex')}${temporaryEnding}`;
	const temporary = path.join(folder, name);
	const handle = await open(temporary, 'wx', 0o600);
	try {
		try {
			await writeTemporary(handle, bytes, stat ? stat.mode & 0o7777 : 0o644, [
				stat?.uid ?? process.getuid?.() ?? 0,
				stat?.gid ?? process.getgid?.() ?? 0,
			]);
		} finally {
			await handle.close();
		}
		await rename(temporary, target);
	} catch (error) {
		await unlink(temporary).catch((left: NodeJS.ErrnoException) => {
			if (left.code !== 'ENOENT') throw left;
		});
		throw error;
	}
	await syncFolder(folder);
}

/** Removes a file and syncs its folder; no error if it is gone already. */
export async function removeFile(target: string): Promise<void> {
	try {
		await unlink(target);
	} catch (error) {
		// its folder may be gone as well
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	await syncFolder(path.dirname(target));
}
