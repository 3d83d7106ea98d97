import type { Position } from './Cursor.ts';
import type { LogPart, LogSet } from './LogSet.ts';
import { timeAt } from './logTime.ts';
import { linesOf, type Matcher, matchingRecords, type Range } from './matchRecords.ts';
import { type Block, backward, forward, isHeader, wholeSize } from './records.ts';

/** Bytes of a line that are shown; an expression that fails may be logged with all of a long line. */
const maxLineBytes = 4096;

export interface LogQuery {
	/** Only what stands at or behind it; null: from the beginning. */
	start: Position | null;
	/** Only what stands before it; null: to the end. */
	end: Position | null;
	/** Lines at most. */
	limit: number;
	/** Bytes at most, so that an answer stays small whatever the lines are. */
	bytes: number;
	/** null: every line. */
	matcher: Matcher | null;
	/** Milliseconds of `performance.now()` after which no further block is begun. */
	deadline: number;
}

export interface LogLines {
	lines: string[];
	/** What was looked at lies between these. */
	from: Position;
	to: Position;
	/** Unix seconds of the first and the last line that has a time; 0 if none has. */
	fromTime: number;
	toTime: number;
	/** There is more in the direction of reading. */
	more: boolean;
	/** Why the reading ended early: the time was up, or a file is damaged. */
	ended: 'time' | { damaged: string } | null;
}

function isBefore(one: Position, other: Position): boolean {
	return one.part < other.part || (one.part === other.part && one.offset < other.offset);
}

function textOf(data: Buffer, [from, to]: Range): string {
	const cut = to - from > maxLineBytes;
	return data.toString('utf8', from, cut ? from + maxLineBytes : to) + (cut ? '…' : '');
}

/** Lines of a block that are wanted, in their order; lines of one record come together or not at all. */
function wanted(data: Buffer, matcher: Matcher | null): Range[][] {
	if (matcher === null) return linesOf(data, [0, data.length]).map((line) => [line]);
	return matchingRecords(data, matcher).map((record) => linesOf(data, record));
}

/** A block without what lies outside of offsets `from` to `to`; null if nothing is left. */
function within({ data, offset }: Block, from: number, to: number): Block | null {
	const cut = Math.max(0, from - offset);
	const rest = data.subarray(cut, Math.max(cut, Math.min(data.length, to - offset)));
	return rest.length > 0 ? { data: rest, offset: offset + cut } : null;
}

class Lines {
	readonly #lines: string[] = [];
	#bytes = 0;
	fromTime = 0;
	toTime = 0;

	constructor(private readonly query: LogQuery) {}

	/** Whether so many lines more fit; the first always do, or a long record would never be shown. */
	fits(count: number): boolean {
		const { length } = this.#lines;
		return length === 0 || (length + count <= this.query.limit && this.#bytes < this.query.bytes);
	}

	add(data: Buffer, group: readonly Range[]): void {
		for (const range of group) {
			if (this.#bytes >= this.query.bytes) return;
			const text = textOf(data, range);
			this.#lines.push(text);
			// as JSON it may double
			this.#bytes += Buffer.byteLength(text) + 3;
			this.seen(data, range[0]);
		}
	}

	seen(data: Buffer, at: number): void {
		if (!isHeader(data, at)) return;
		const time = timeAt(data, at);
		this.fromTime = this.fromTime === 0 ? time : Math.min(this.fromTime, time);
		this.toTime = Math.max(this.toTime, time);
	}

	get(reversed: boolean): string[] {
		return reversed ? this.#lines.reverse() : this.#lines;
	}
}

function damage(part: LogPart, error: unknown): { damaged: string } {
	const { code, message } = error as NodeJS.ErrnoException;
	// zlib's own codes; anything else is no matter of the file's content
	if (!code?.startsWith('Z_')) throw error;
	return { damaged: `${part.name} is damaged: ${message}` };
}

async function endOf(set: LogSet): Promise<Position> {
	const part = set.parts.length - 1;
	const last = set.parts[part] as LogPart;
	return { part, offset: last.gz ? Number.MAX_SAFE_INTEGER : await wholeSize(last) };
}

/** The first lines that are wanted, in the order of the log. */
export async function readForward(set: LogSet, query: LogQuery): Promise<LogLines> {
	const end = query.end ?? (await endOf(set));
	const from = query.start ?? { part: 0, offset: 0 };
	const lines = new Lines(query);
	let to = from;
	let ended: LogLines['ended'] = null;
	const answer = (more: boolean): LogLines => ({
		lines: lines.get(false),
		from,
		to,
		fromTime: lines.fromTime,
		toTime: lines.toTime,
		more,
		ended,
	});
	for (let part = from.part; part <= end.part; part++) {
		const file = set.parts[part] as LogPart;
		const first = part === from.part ? from.offset : 0;
		const last = part === end.part ? end.offset : Number.MAX_SAFE_INTEGER;
		try {
			for await (const whole of forward(file, first, last)) {
				const block = within(whole, first, last);
				if (block === null) break;
				const { data, offset } = block;
				for (const group of wanted(data, query.matcher)) {
					if (!lines.fits(group.length)) return answer(true);
					lines.add(data, group);
					to = { part, offset: offset + (group.at(-1)?.[1] ?? 0) + 1 };
				}
				lines.seen(data, 0);
				to = { part, offset: offset + data.length };
				if (performance.now() > query.deadline) {
					ended = 'time';
					return answer(true);
				}
			}
		} catch (error) {
			ended = damage(file, error);
		}
		if (part < end.part) to = { part: part + 1, offset: 0 };
	}
	return answer(false);
}

/** What of a record is kept while a compressed file is read, in bytes. */
const maxKeptBytes = 16 * 1024;

/** The last lines of a compressed file before `end`, from the back: it can be read from its start only. */
async function* rearward(file: LogPart, end: number, query: LogQuery): AsyncGenerator<Block> {
	let kept: Block[] = [];
	for await (const whole of forward(file, 0)) {
		const block = within(whole, 0, end);
		if (block === null) break;
		for (const group of wanted(block.data, query.matcher).slice(-query.limit)) {
			const from = group[0]?.[0] ?? 0;
			const to = (group.at(-1)?.[1] ?? from) + 1;
			// a copy, for the block's buffer is used again
			const data = Buffer.from(block.data.subarray(from, Math.min(to, from + maxKeptBytes)));
			kept.push({ data, offset: block.offset + from });
		}
		if (kept.length > 2 * query.limit) kept = kept.slice(-query.limit);
		if (performance.now() > query.deadline) return;
	}
	yield* kept.reverse();
}

/** The last lines that are wanted, in the order of the log. */
export async function readBackward(set: LogSet, query: LogQuery): Promise<LogLines> {
	const to = query.end ?? (await endOf(set));
	const start = query.start ?? { part: 0, offset: 0 };
	const lines = new Lines(query);
	let from = to;
	let ended: LogLines['ended'] = null;
	const answer = (more: boolean): LogLines => ({
		lines: lines.get(true),
		from,
		to,
		fromTime: lines.fromTime,
		toTime: lines.toTime,
		more,
		ended,
	});
	for (let part = to.part; part >= start.part; part--) {
		const file = set.parts[part] as LogPart;
		const first = part === start.part ? start.offset : 0;
		const last = part === to.part ? to.offset : file.gz ? Number.MAX_SAFE_INTEGER : await wholeSize(file);
		const blocks = file.gz ? rearward(file, last, query) : backward(file, last);
		try {
			for await (const whole of blocks) {
				const block = within(whole, first, last);
				if (block === null) break;
				const { data, offset } = block;
				// the records of a compressed file come one by one, and only those that are wanted
				const groups = file.gz ? [linesOf(data, [0, data.length])] : wanted(data, query.matcher);
				for (const group of groups.reverse()) {
					if (!lines.fits(group.length)) return answer(true);
					lines.add(data, group.reverse());
					from = { part, offset: offset + (group.at(-1)?.[0] ?? 0) };
				}
				if (!lines.fits(1)) return answer(true);
				lines.seen(data, 0);
				from = { part, offset };
				if (performance.now() > query.deadline) break;
			}
		} catch (error) {
			ended = damage(file, error);
		}
		if (performance.now() > query.deadline && isBefore(start, from)) {
			ended = 'time';
			return answer(true);
		}
		from = { part, offset: first };
	}
	return answer(false);
}
