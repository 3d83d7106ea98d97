import type { ChangeDetail, ChangeRow } from '../../../contract/types.ts';
import { unifiedDiff } from '../../config/unifiedDiff.ts';
import type { ChangeRecord } from '../../files/ChangeRecord.ts';
import type { ChangeStore } from '../../files/ChangeStore.ts';
import type { ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import type { Provisional } from '../../files/Provisional.ts';
import type { Caller } from '../../kit/caller.ts';
import { ApiError } from '../../kit/errors.ts';
import { type Message, msg, told, toldText } from '../../kit/message.ts';
import type { FileSources } from '../files/list.ts';
import type { Services } from '../kit/call.ts';
import { forgetting, makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { changeRow, type OutsideEdit, outsideEdits, revertedIds } from './list.ts';
import { planRevert, type RevertedFile } from './revertPlan.ts';

export interface ChangesDeps extends FileSources {
	files: ConfigFiles;
	changes: ConfigChanges;
	store: Pick<ChangeStore, 'newestFirst' | 'copies'>;
	provisional: Pick<Provisional, 'current' | 'confirm' | 'revert'>;
	figures: Pick<ServerFigures, 'changed'>;
}

/** Rows of one answer if the caller does not say. */
const defaultLimit = 500;

/** A change or an edit made outside, with the bytes of its files. */
interface Found {
	row: ChangeRow;
	forced: boolean;
	files: RevertedFile[];
	/** Why it cannot be reverted, whoever asks; null: it may be. */
	refused: Message | null;
	/** The change that a revert takes back; undefined for an edit made outside. */
	reverts?: string;
	/** What a revert says that it reverts. */
	named: string | Message;
}

const stateRefusals: Partial<Record<ChangeRow['state'], Message>> = {
	undone: msg('This change was already reverted.'),
	'not-kept': msg('This change was not confirmed and was undone.'),
	failed: msg('This change failed and was undone.'),
	running: msg('This change is still being made.'),
};

export function changesServices({
	files,
	folder,
	packages,
	changes,
	store,
	provisional,
	figures,
}: ChangesDeps): Pick<Services, 'listChanges' | 'getChangeStatus' | 'revertChange' | 'confirmChange'> {
	async function everything() {
		const records: ChangeRecord[] = [];
		for await (const record of store.newestFirst()) records.push(record);
		const outside = outsideEdits({ folder, packages }, files.snapshot(), records);
		return { records, outside, reverted: revertedIds(records) };
	}

	async function find(id: string): Promise<Found> {
		const { records, outside, reverted } = await everything();
		const edit = outside.find(({ row }) => row.id === id);
		if (edit) return foundOutside(edit);
		const record = records.find((one) => one.id === id);
		if (record === undefined) throw new ApiError(404, 'no-change', msg('There is no change {0}.', id));
		const row = changeRow(record, reverted);
		const copies = await store.copies(record);
		const changed = record.files.map(({ file }, index) => ({
			file,
			before: copies[index]?.before ?? null,
			after: copies[index]?.after ?? null,
			now: folder.read(file),
		}));
		return {
			row,
			forced: record.forced,
			files: changed,
			refused: stateRefusals[row.state] ?? null,
			reverts: record.id,
			// reverts of reverts would nest without end, until nothing can read the list
			named: record.reverts === undefined ? toldText(row, 'what') : row.what,
		};
	}

	async function foundOutside({ row, file, last, shipped }: OutsideEdit): Promise<Found> {
		const now = folder.read(file);
		const at = last?.record.files.findIndex((one) => one.file === file) ?? -1;
		const copy = last === null ? undefined : (await store.copies(last.record))[at];
		const before = last === null ? null : (copy?.[last.side] ?? null);
		const unknown = shipped
			? msg('This file belongs to a package and is never written here.')
			: msg('The earlier content of this file is not known.');
		return {
			row,
			forced: false,
			files: [{ file, before, after: now, now }],
			refused: last ? null : unknown,
			named: file,
		};
	}

	/** What a revert would do now, or why it would be refused. */
	function undoResult(
		found: Found,
		caller: Caller,
	): Pick<ChangeDetail, 'removes' | 'stops'> & { refused: Message | null } {
		if (found.refused !== null) return { refused: found.refused, removes: [], stops: [] };
		try {
			const { edits, stops } = planRevert(files.snapshot(), found.files, { root: caller.root, force: true });
			const removes = edits.flatMap(({ file, text }) => (text === null ? [file] : []));
			return { refused: null, removes, stops };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return { refused: error.text, removes: [], stops: [] };
		}
	}

	return {
		async listChanges({ params: { start = 0, limit = defaultLimit } }) {
			const { records, outside, reverted } = await everything();
			const rows = [
				...outside.map(({ row }) => row),
				...records.map((record) => changeRow(record, reverted)),
			];
			// records are in order already, and a stable sort keeps those of one second so
			rows.sort((one, other) => (other.time ?? 0) - (one.time ?? 0));
			return { data: rows.slice(start, start + limit), total: rows.length };
		},

		async getChangeStatus({ params: { id }, caller }): Promise<{ data: ChangeDetail }> {
			const found = await find(id);
			const diffs = found.files.map(({ file, before, after }) =>
				unifiedDiff(file, shown(before), shown(after)),
			);
			return {
				data: told({
					...found.row,
					what: toldText(found.row, 'what'),
					forced: found.forced,
					diff: caller.root ? diffs.join('') : null,
					...undoResult(found, caller),
				}),
			};
		},

		async confirmChange({ params: { id }, caller }) {
			await provisional.confirm(id, caller.user);
			return { data: { id } };
		},

		async revertChange({ params: { id, client, force = false }, caller }) {
			if (provisional.current()?.id === id)
				return { task: forgetting(figures, provisional.revert(id, caller.user)) };
			const first = await find(id);
			const { named, reverts } = first;
			if (first.refused !== null) throw refusal(first.refused);
			const result = await makeChange(changes, figures, {
				caller,
				what:
					reverts === undefined
						? msg('revert edit of {0}', named)
						: // TRANSLATORS: {0}: a change, such as "jail sshd: bantime"
							msg('revert: {0}', named),
				forced: force,
				client,
				...(reverts === undefined ? {} : { reverts }),
				plan(snapshot) {
					// somebody may have written meanwhile
					const present = first.files.map((file) => ({ ...file, now: folder.read(file.file) }));
					return planRevert(snapshot, present, { root: caller.root, force });
				},
			});
			if ('task' in result) return result;
			const { id: made, files: written, pending, provisional: waits } = result.data;
			return { data: { id: made, files: written, pending, provisional: waits } };
		},
	};
}

function refusal(message: Message): ApiError {
	return new ApiError(409, 'not-revertible', message);
}

/** Bytes that are no UTF-8 are shown by their values. */
function shown(bytes: Buffer | null): string | null {
	if (bytes === null) return null;
	const text = bytes.toString('utf8');
	return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}
