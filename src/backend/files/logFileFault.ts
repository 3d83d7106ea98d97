import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * Why fail2ban, which appends as root, shall not log into a file; null: it may. The file need not be there, but its
 * folder must be, and neither may be a symbolic link that leads elsewhere.
 */
export async function logFileFault(file: string): Promise<string | null> {
	const folder = path.dirname(file);
	try {
		if ((await realpath(folder)) !== folder) return `${folder} is a symbolic link.`;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `There is no folder ${folder}.`;
		throw error;
	}
	try {
		const found = await lstat(file);
		if (found.isSymbolicLink()) return `${file} is a symbolic link.`;
		return found.isFile() ? null : `${file} is no regular file.`;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}
