import path from 'node:path';
import { revertPartly } from '../config/revertText.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import type { ChangeStore } from './ChangeStore.ts';
import { readOrNull } from './fileBytes.ts';
import { checkReplaceable, removeFile, replaceFile } from './replaceFile.ts';

/**
 * Takes the options of a change out of files that somebody else edited since, but those that were changed again, and keeps
 * the other edits. Files where that is not possible are left. Answers the files written.
 */
export async function undoBesideOthersEdits(
	root: string,
	store: ChangeStore,
	record: ChangeRecord,
): Promise<string[]> {
	const { foreign } = await store.restorable(root, record);
	if (foreign.length === 0) return [];
	const copies = await store.copies(record);
	const merged: string[] = [];
	for (const [index, { file }] of record.files.entries()) {
		if (!foreign.includes(file) || !file.endsWith('.local')) continue;
		const target = path.join(root, file);
		const [before, after, now] = [
			copies[index]?.before ?? null,
			copies[index]?.after ?? null,
			await readOrNull(target),
		].map((bytes) => bytes?.toString('utf8') ?? null) as [string | null, string | null, string | null];
		// what is no UTF-8 would not survive
		if ([before, after, now].some((text) => text?.includes('\ufffd'))) continue;
		const reverted = revertPartly(before, after, now);
		if ('conflict' in reverted || reverted.text === now) continue;
		await checkReplaceable(root, file);
		if (reverted.text === null) await removeFile(target);
		else await replaceFile(target, Buffer.from(reverted.text, 'utf8'));
		merged.push(file);
	}
	return merged;
}
