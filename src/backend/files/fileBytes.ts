import { readFile } from 'node:fs/promises';
import { sha1 } from '../kit/sha1.ts';

/** SHA-1 in hexadecimal; null for a file that is not there. */
export function hashOf(bytes: Uint8Array | null): string | null {
	return bytes === null ? null : sha1(bytes);
}

/** null: there is no such file. */
export async function readOrNull(file: string): Promise<Buffer | null> {
	try {
		return await readFile(file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}
