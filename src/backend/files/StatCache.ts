import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { msg, TextError } from '../kit/message.ts';

/** Larger than any real configuration file; a log put here by mistake must not fill the memory. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Reads files and folders and remembers what it saw of them, so that a later look tells by stat alone
 * whether anything changed.
 */
export class StatCache {
	#seen = new Map<string, string>();

	/** undefined: absent, no regular file, or not readable. Throws when it is larger than 4 MiB. */
	readFile(path: string): Buffer | undefined {
		const seen = signature(path);
		this.#seen.set(path, seen);
		if (!seen.startsWith('file')) return undefined;
		const bytes = this.#bytes(path);
		if (bytes === undefined) return undefined;
		if (bytes.length > maxBytes) throw new TextError(msg('{0} is larger than 4 MiB.', path));
		return bytes;
	}

	/** An editor may replace a file between the look at it and its reading. */
	#bytes(path: string): Buffer | undefined {
		try {
			return readFileSync(path);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
			this.#seen.set(path, 'vanished');
			return undefined;
		}
	}

	/** Names in a folder, sorted; empty if it is absent. */
	readFolder(path: string): string[] {
		const seen = signature(path);
		this.#seen.set(path, seen);
		return seen.startsWith('folder') ? readdirSync(path).sort() : [];
	}

	unchanged(): boolean {
		for (const [path, seen] of this.#seen) if (signature(path) !== seen) return false;
		return true;
	}
}

function signature(path: string): string {
	let stat: BigIntStats | undefined;
	try {
		stat = statSync(path, { bigint: true, throwIfNoEntry: false });
	} catch (error) {
		// a link to itself or a name that cannot be: fail2ban passes over these too
		return `no file: ${(error as NodeJS.ErrnoException).code}`;
	}
	if (!stat) return 'absent';
	// only regular files are opened: a FIFO would block for ever
	const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
	return `${kind} ${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.mode}`;
}
