import type { ChangeRow } from '../../../contract/types.ts';
import { awaitsConfirmation, type ChangeRecord } from '../../files/ChangeRecord.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { hashOf } from '../../files/fileBytes.ts';
import { type Message, msg, told } from '../../kit/message.ts';
import { sha1 } from '../../kit/sha1.ts';
import { type FileSources, fileRows } from '../files/list.ts';

/** A file that is not as our last change left it, or that no change of ours knows. */
export interface OutsideEdit {
	row: ChangeRow;
	file: string;
	/** The change that touched it last, and which side of it held since; null: none. */
	last: { record: ChangeRecord; side: 'before' | 'after' } | null;
	/** SHA-1 of the present bytes; null: the file is gone. */
	hash: string | null;
	/** A package ships it. */
	shipped: boolean;
}

const states: Record<ChangeRecord['state'], ChangeRow['state']> = {
	started: 'running',
	applied: 'applied',
	restored: 'failed',
	recovered: 'failed',
	undone: 'undone',
};

/** Changes that another one took back and that was not taken back itself. @param records the newest first */
export function revertedIds(records: readonly ChangeRecord[]): Set<string> {
	const reverted = new Set<string>();
	for (const { id, state, reverts } of records) {
		if (state === 'applied' && reverts !== undefined && !reverted.has(id)) reverted.add(reverts);
	}
	return reverted;
}

function shownState(record: ChangeRecord, reverted: ReadonlySet<string>): ChangeRow['state'] {
	const { id, state, provisional } = record;
	if (awaitsConfirmation(record)) return 'provisional';
	if (provisional?.state === 'not-kept') return 'not-kept';
	return state === 'applied' && reverted.has(id) ? 'undone' : states[state];
}

export function changeRow(record: ChangeRecord, reverted: ReadonlySet<string>): ChangeRow {
	const { id, time, user, what, files, messages } = record;
	return {
		id,
		time,
		user,
		what,
		files: files.map(({ file }) => file),
		state: shownState(record, reverted),
		...(messages && { messages }),
	};
}

/** What each file should be after our changes. @param records the newest first */
function lastChanges(records: readonly ChangeRecord[]): Map<string, NonNullable<OutsideEdit['last']>> {
	const last = new Map<string, NonNullable<OutsideEdit['last']>>();
	for (const record of records) {
		const side = record.state === 'applied' ? 'after' : 'before';
		for (const { file } of record.files) if (!last.has(file)) last.set(file, { record, side });
	}
	return last;
}

function outsideId(file: string): string {
	return `outside-${sha1(file).slice(0, 16)}`;
}

/** Edits that were not made by us, as far as the bytes tell. @param records the newest first */
export function outsideEdits(
	sources: FileSources,
	snapshot: ConfigSnapshot,
	records: readonly ChangeRecord[],
): OutsideEdit[] {
	const last = lastChanges(records);
	const found: OutsideEdit[] = [];
	const add = (edit: Pick<OutsideEdit, 'file' | 'hash' | 'shipped'>, time: number | null, what: Message) => {
		const row = told({ id: outsideId(edit.file), time, user: null, what, files: [edit.file] });
		found.push({ ...edit, last: last.get(edit.file) ?? null, row: { ...row, state: 'outside' } });
	};
	const rows = fileRows(sources, snapshot);
	for (const { name, mtime, origin, package: from, used } of rows) {
		if (!used || origin === 'package') continue;
		const known = last.get(name);
		// it is being written just now
		if (known?.record.state === 'started') continue;
		const hash = hashOf(sources.folder.read(name));
		if (known === undefined) {
			const what =
				origin === 'changed' ? msg('{0}: edited by hand', name) : msg('{0}: created by hand', name);
			add({ file: name, hash, shipped: from !== null }, mtime, what);
		} else if (expected(known, name) !== hash) {
			add({ file: name, hash, shipped: from !== null }, mtime, msg('{0}: edited by hand', name));
		}
	}
	const present = new Set(rows.map(({ name }) => name));
	for (const [file, known] of last) {
		if (present.has(file) || known.record.state === 'started' || expected(known, file) === null) continue;
		const time = sources.folder.folderTime(file);
		add({ file, hash: null, shipped: false }, time, msg('{0}: removed by hand', file));
	}
	return found;
}

function expected({ record, side }: NonNullable<OutsideEdit['last']>, name: string): string | null {
	return record.files.find(({ file }) => file === name)?.[side] ?? null;
}
