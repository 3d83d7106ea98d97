import { rename, writeFile } from 'node:fs/promises';

/** Writes a file so that who reads it meanwhile sees the old or the new one, never a part. */
export async function replaceOutput(file: string, content: string | Uint8Array): Promise<void> {
	const temporary = `${file}.${process.pid}`;
	await writeFile(temporary, content);
	await rename(temporary, file);
}
