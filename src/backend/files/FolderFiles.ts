import { createHash } from 'node:crypto';
import {
	closeSync,
	constants,
	fstatSync,
	lstatSync,
	openSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
} from 'node:fs';
import path from 'node:path';
import { msg, TextError } from '../kit/message.ts';
import { isTemporaryName } from './replaceFile.ts';

/** One file below the configuration folder. */
export interface FolderFile {
	/** Below the folder, with slashes. */
	name: string;
	/** Bytes. */
	size: number;
	/** Unix seconds, whole. */
	mtime: number;
	/** A regular file that no symbolic link leads to, and small enough to be read. */
	plain: boolean;
}

/** No real configuration is larger; a log put here by mistake must not fill the memory. */
const maxBytes = 4 * 1024 * 1024;

/** A folder put here by mistake may hold anything. */
const limits = { depth: 4, files: 5000 };

/** The bytes of the configuration folder, file by file; it follows no symbolic link. */
export class FolderFiles {
	readonly #md5 = new Map<string, { seen: string; md5: string }>();

	constructor(readonly root: string) {}

	/** Every file below the folder, by name; hidden folders are left out. */
	list(): FolderFile[] {
		const found: FolderFile[] = [];
		this.#walk('', 0, found);
		return found.sort((one, other) => (one.name < other.name ? -1 : 1));
	}

	#walk(below: string, depth: number, found: FolderFile[]): void {
		for (const entry of entriesOf(path.join(this.root, below))) {
			const name = below === '' ? entry.name : `${below}/${entry.name}`;
			if (entry.isDirectory()) {
				if (depth < limits.depth && !entry.name.startsWith('.')) this.#walk(name, depth + 1, found);
				continue;
			}
			if (isTemporaryName(entry.name) || found.length >= limits.files) continue;
			const stat = lstatSync(path.join(this.root, name), { throwIfNoEntry: false });
			if (stat === undefined) continue;
			const plain = stat.isFile() && stat.size <= maxBytes;
			found.push({ name, size: stat.size, mtime: Math.floor(stat.mtimeMs / 1000), plain });
		}
	}

	/** A word that changes with each file that fail2ban may read, by stat alone. */
	stamp(): string {
		const hash = createHash('sha1');
		for (const folder of ['', 'filter.d', 'action.d', 'jail.d', 'fail2ban.d']) {
			for (const { name } of entriesOf(path.join(this.root, folder))) {
				if (!/\.(?:conf|local|py)$/.test(name)) continue;
				const stat = statSync(path.join(this.root, folder, name), { bigint: true, throwIfNoEntry: false });
				hash.update(`${folder}/${name} ${stat?.ino} ${stat?.size} ${stat?.mtimeNs} ${stat?.ctimeNs}\n`);
			}
		}
		return hash.digest('hex');
	}

	/**
	 * The bytes of a file; null if there is none. Throws an Error for a symbolic link on the way to it, for anything but a
	 * regular file, and for more than 4 MiB.
	 */
	read(name: string): Buffer | null {
		const folder = path.join(this.root, path.dirname(name));
		try {
			if (
				path.relative(realpathSync(this.root), realpathSync(folder)) !==
				path.relative('.', path.dirname(name))
			)
				throw new TextError(msg('{0} is a symbolic link.', path.dirname(name)));
			return readPlain(path.join(folder, path.basename(name)), name);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === 'ENOENT' || code === 'ENOTDIR') return null;
			if (code === 'ELOOP') throw new TextError(msg('{0} is a symbolic link.', name));
			throw error;
		}
	}

	/** Unix seconds of the last change in the folder of a file that is gone; null: that is gone as well. */
	folderTime(name: string): number | null {
		const stat = statSync(path.join(this.root, path.dirname(name)), { throwIfNoEntry: false });
		return stat === undefined ? null : Math.floor(stat.mtimeMs / 1000);
	}

	/** MD5 of a listed file, as Debian's packages know them; computed once for each state of it. */
	md5({ name, plain }: FolderFile): string | null {
		if (!plain) return null;
		const stat = lstatSync(path.join(this.root, name), { bigint: true, throwIfNoEntry: false });
		if (stat === undefined) return null;
		const seen = `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
		const known = this.#md5.get(name);
		if (known?.seen === seen) return known.md5;
		const bytes = this.read(name);
		if (bytes === null) return null;
		const md5 = createHash('md5').update(bytes).digest('hex');
		this.#md5.set(name, { seen, md5 });
		return md5;
	}
}

function entriesOf(folder: string) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch (error) {
		// removed between the look at its parent and this one
		if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
		throw error;
	}
}

/** O_NONBLOCK, because opening a FIFO would wait for its other end. */
function readPlain(file: string, name: string): Buffer {
	const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const stat = fstatSync(descriptor);
		if (!stat.isFile()) throw new TextError(msg('{0} is not a regular file.', name));
		if (stat.size > maxBytes) throw new TextError(msg('{0} is larger than 4 MiB.', name));
		return readFileSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
