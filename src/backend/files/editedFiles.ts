import path from 'node:path';
import { ApiError } from '../kit/errors.ts';
import { msg } from '../kit/message.ts';
import type { PlannedChange } from './ConfigChange.ts';
import type { ConfigSnapshot } from './ConfigFiles.ts';
import { hashOf, readOrNull } from './fileBytes.ts';
import { checkReplaceable, removeFile, replaceFile } from './replaceFile.ts';

/** One file of a change, with its bytes before and after it; null: there is no file. */
export interface EditedFile {
	file: string;
	target: string;
	before: Buffer | null;
	after: Buffer | null;
	/** See FileEdit. */
	conf: boolean;
}

/** The files whose bytes a change alters, checked to be replaceable. Throws ApiError 409 for one that is not. */
export async function editedFiles(
	{ root, source, problems }: ConfigSnapshot,
	planned: PlannedChange,
): Promise<EditedFile[]> {
	const edited: EditedFile[] = [];
	for (const { file, text, whole, conf = false } of planned.edits) {
		await checkReplaceable(root, file, conf);
		const target = path.join(root, file);
		const before = await readOrNull(target);
		// the new text does not hold what could not be read, so it would be lost
		if (!whole && before !== null && source.read(target) === undefined) {
			const reason = problems.find((problem) => problem.file === target)?.message;
			throw new ApiError(409, 'unreadable', reason ?? msg('{0} cannot be read; nothing was changed.', file));
		}
		const after = text === null ? null : Buffer.from(text, 'utf8');
		if (hashOf(before) !== hashOf(after)) edited.push({ file, target, before, after, conf });
	}
	return edited;
}

/**
 * Writes them one after the other; each still has to be as it was. Throws ApiError 409 for one that is not.
 * @param step called with each file that is written
 */
export async function writeFiles(
	root: string,
	edited: readonly EditedFile[],
	step: (name: string) => Promise<void>,
): Promise<void> {
	for (const { file, target, before, after, conf } of edited) {
		await checkReplaceable(root, file, conf);
		if (hashOf(await readOrNull(target)) !== hashOf(before))
			throw new ApiError(
				409,
				'digest-mismatch',
				msg('{0} was changed in the meantime. Reload and try again.', file),
			);
		if (after) await replaceFile(target, after);
		else await removeFile(target);
		await step(`wrote ${file}`);
	}
}
