import { ConfigDocument } from '../../config/ConfigDocument.ts';
import { ConfigError } from '../../config/ConfigError.ts';
import { decodeConfig } from '../../config/decode.ts';
import { rootOnlyPlaces } from '../../config/revertRights.ts';
import { revertText } from '../../config/revertText.ts';
import type { FileEdit, PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError } from '../../kit/errors.ts';
import { enumerate, type Message, msg, sentences } from '../../kit/message.ts';
import { entryWords } from '../edit/ignoreLines.ts';
import { refuseTooWide, wideEntries } from '../edit/refuseTooWide.ts';
import { changedOptions, stoppedJails } from '../files/rawEdit.ts';

/** One file of a change: its bytes before and behind it, and the present ones; null: there is no file. */
export interface RevertedFile {
	file: string;
	before: Buffer | null;
	after: Buffer | null;
	now: Buffer | null;
}

/** null stays null; throws ApiError 409 for bytes that are no text, which this does not write. */
function textOf(bytes: Buffer | null, file: string): string | null {
	if (bytes === null) return null;
	try {
		return decodeConfig(bytes, file);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		throw refused(msg('{0} is not UTF-8', file));
	}
}

function refused(reason: Message, ...remedy: Message[]): ApiError {
	const text = msg('The change cannot be reverted: {0}.', reason);
	return new ApiError(409, 'not-revertible', sentences([text, ...remedy]));
}

/** The files with a change taken back. Throws ApiError 409 when the result would not be the earlier state. */
function revertedFiles(files: readonly RevertedFile[]): {
	edits: FileEdit[];
	before: (string | null)[];
} {
	const edits: FileEdit[] = [];
	const before: (string | null)[] = [];
	for (const { file, before: old, after, now } of files) {
		const present = textOf(now, file);
		const result = revertText(textOf(old, file), textOf(after, file), present);
		if ('conflict' in result)
			throw refused(msg('{0}: {1}', file, result.conflict), msg('Revert the later changes first.'));
		if (result.text === present) continue;
		edits.push({ file, text: result.text, whole: true, ...(file.endsWith('.conf') && { conf: true }) });
		before.push(present);
	}
	if (edits.length === 0) throw refused(msg('its files are already as they were before it'));
	return { edits, before };
}

/** Networks of an ignore list that nobody should be able to bring back in passing. */
function newWideEntries(before: string | null, after: string | null): string[] {
	const entries = (text: string | null) => {
		const document = ConfigDocument.parse(text ?? '');
		return document.sections().flatMap((section) => entryWords(document.get(section, 'ignoreip') ?? ''));
	};
	return wideEntries(entries(after), entries(before));
}

/**
 * The change that takes files back. Throws ApiError: 409 where that is not possible or a network that holds half the
 * Internet would be ignored again, 403 for what only root@pam may set.
 */
export function planRevert(
	snapshot: ConfigSnapshot,
	files: readonly RevertedFile[],
	{ root, force }: { root: boolean; force: boolean },
): PlannedChange & { stops: string[] } {
	const { edits, before } = revertedFiles(files);
	const present = (index: number) => before[index] ?? null;
	const barred = root
		? []
		: edits.flatMap(({ file, text }, index) => rootOnlyPlaces(file, present(index), text));
	if (barred.length > 0) {
		const list = enumerate(barred, 3);
		const message = msg('Only root@pam may revert this change, because it sets {0}.', list);
		throw new ApiError(403, 'root-only', message);
	}
	const wide = edits.flatMap(({ text }, index) => newWideEntries(present(index), text));
	refuseTooWide(wide, null, { force });
	return {
		edits,
		expected: [],
		changed: edits.flatMap(({ text }, index) => changedOptions(present(index) ?? '', text ?? '')),
		stops: stoppedJails(snapshot, edits),
		restoreFaulty: force ? 'do' : 'ask',
	};
}
