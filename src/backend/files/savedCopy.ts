import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { ChangedFile, Restored } from './ChangeRecord.ts';
import { hashOf, readOrNull } from './fileBytes.ts';
import { isTemporaryName } from './replaceFile.ts';

/** What would become of a file, and the bytes that it had before the change; null: it is as it was. */
export async function savedState(
	target: string,
	{ before, after }: ChangedFile,
	saved: string,
): Promise<{ outcome: keyof Restored | null; bytes: Buffer | null }> {
	const now = hashOf(await readOrNull(target));
	if (now === before) return { outcome: null, bytes: null };
	if (now !== after) return { outcome: 'foreign', bytes: null };
	const bytes = await readOrNull(saved);
	return { outcome: hashOf(bytes) === before ? 'restored' : 'damaged', bytes };
}

/** A write that was cut short leaves its temporary file, which fail2ban does not read. */
export async function removeTemporaries(target: string): Promise<void> {
	const folder = path.dirname(target);
	const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	for (const name of names) {
		if (isTemporaryName(name) && name.startsWith(`.${path.basename(target)}.`))
			await unlink(path.join(folder, name));
	}
}
