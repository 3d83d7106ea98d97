import { type ApiError, invalidParams } from '../kit/errors.ts';
import { msg } from '../kit/message.ts';
import { headSize, idOf, type LogPart, type LogSet } from './LogSet.ts';
import { seekTime } from './logTime.ts';

/** A place between two lines of a log. */
export interface Position {
	/** Index of the file in its set. */
	part: number;
	/** In the uncompressed text. */
	offset: number;
}

const form = /^([0-9a-f]{1,2})-([0-9a-f]{16})-([0-9a-f]{1,13})-([0-9a-f]{1,9})$/;

function malformed(name: string): ApiError {
	return invalidParams({ [name]: msg('Not a cursor of this log.') });
}

/** The time in a cursor, Unix seconds; 0 for what is none. */
export function cursorTime(cursor: string): number {
	return Number.parseInt(form.exec(cursor)?.[4] ?? '0', 16);
}

/** Behind whatever a compressed file holds, which is not known before it is read; a cursor has 13 digits for it. */
const behindAll = 0xfffffffffffff;

/** The same place in a file with text: an empty one would not be found again. */
async function filled(set: LogSet, position: Position): Promise<Position> {
	const { parts } = set;
	const hasText = async (part: number) => (await (parts[part] as LogPart).head()).length > 0;
	if (await hasText(position.part)) return position;
	for (let part = position.part + 1; part < parts.length; part++)
		if (await hasText(part)) return { part, offset: 0 };
	for (let part = position.part - 1; part >= 0; part--) {
		const { gz, stat } = parts[part] as LogPart;
		if (await hasText(part)) return { part, offset: gz ? behindAll : stat.size };
	}
	return position;
}

/**
 * A word that finds the position again after the file was renamed or compressed: how the file begins, how far into
 * it, and a time for when the file is gone. Empty for an empty log.
 * @param time Unix seconds of what stands before the position
 */
export async function cursorOf(set: LogSet, position: Position, time: number): Promise<string> {
	const { part, offset } = await filled(set, position);
	const head = (await set.parts[part]?.head()) ?? Buffer.alloc(0);
	if (head.length === 0) return `0-${'0'.repeat(16)}-0-${time.toString(16)}`;
	return [head.length, idOf(head), offset, time].map((field) => field.toString(16)).join('-');
}

/**
 * The position that a cursor means; where its file is gone, the first one of a later time. null: behind the end.
 * Throws ApiError 400 for what is no cursor; it names no file, so it opens none.
 */
export async function resolveCursor(set: LogSet, cursor: string, name: string): Promise<Position | null> {
	const [, size = '', id, offset = '', time = ''] = form.exec(cursor) ?? [];
	const length = Number.parseInt(size, 16);
	if (id === undefined || length > headSize) throw malformed(name);
	if (length === 0) return { part: 0, offset: 0 };
	const at = Number.parseInt(offset, 16);
	for (let part = set.parts.length - 1; part >= 0; part--) {
		const found = set.parts[part] as LogPart;
		const head = await found.head();
		if (head.length < length || idOf(head.subarray(0, length)) !== id) continue;
		if (found.gz || at <= found.stat.size) return { part, offset: at };
	}
	return positionOf(set, Number.parseInt(time, 16) + 1);
}

/** Where the records of a time (Unix seconds) or later begin; null if there are none. */
export async function positionOf(set: LogSet, time: number): Promise<Position | null> {
	for (const [part, found] of set.parts.entries()) {
		// nothing was written to it after that
		if (found.stat.mtimeMs / 1000 < time && part < set.parts.length - 1) continue;
		const offset = await seekTime(found, time, found.stat.size);
		if (offset !== null) return { part, offset };
	}
	return null;
}
