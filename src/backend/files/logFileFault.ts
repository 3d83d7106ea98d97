import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type Message, msg } from '../kit/message.ts';

/**
 * Why fail2ban, which appends as root, may not log into a file; null: it may. The file need not exist, but its
 * folder must, and neither may be a symbolic link that leads elsewhere.
 */
export async function logFileFault(file: string): Promise<Message | null> {
	const folder = path.dirname(file);
	try {
		if ((await realpath(folder)) !== folder) return msg('{0} is a symbolic link.', folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return msg('Folder {0} does not exist.', folder);
		throw error;
	}
	try {
		const found = await lstat(file);
		if (found.isSymbolicLink()) return msg('{0} is a symbolic link.', file);
		return found.isFile() ? null : msg('{0} is not a regular file.', file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}
