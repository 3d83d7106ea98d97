import type { ParamsOf } from '../../../contract/index.ts';
import type { getLog } from '../../../contract/log.ts';
import { invalidParams } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import { cursorOf, cursorTime, type Position, positionOf, resolveCursor } from '../../logs/Cursor.ts';
import { type JournalLog, journalCursor, logStamp } from '../../logs/JournalLog.ts';
import type { LogSet } from '../../logs/LogSet.ts';
import { matcherOf } from '../../logs/matchRecords.ts';
import { type LogLines, readBackward, readForward } from '../../logs/readLog.ts';
import type { Services } from '../kit/call.ts';
import type { LogSource } from './LogSource.ts';

type Params = ParamsOf<typeof getLog>;

/** Milliseconds of reading: the API module waits 4.5 s. */
const readWithinMs = 3000;

/** Bytes of an answer: pveproxy keeps the memory of a large one for good. */
const answerSize = 800_000;

const defaults = { lines: 500, span: 5000 };

/** A time span is read from its beginning, all else from the newest line back. */
function isForward({ startcursor, since, lastentries }: Params): boolean {
	return lastentries === undefined && (startcursor !== undefined || since !== undefined);
}

function limitOf({ lastentries, limit, startcursor, since }: Params): number {
	const most = startcursor === undefined && since !== undefined ? defaults.span : defaults.lines;
	return Math.min(lastentries ?? most, limit ?? most);
}

/** A line of ours among those of the log, in the manner of `-- Reboot --`. */
function remark(text: string): string {
	return `-- ${text} --`;
}

/** What a reader has to know of how far the lines reach. */
function remarksOf(params: Params, { more, ended, fromTime, toTime }: LogLines): string[] {
	const moment = (time: number) => logStamp(time * 1000).slice(0, 19);
	const remarks: string[] = [];
	if (ended !== null && ended !== 'time') remarks.push(remark(ended.damaged));
	const forward = isForward(params);
	if (ended === 'time') {
		const until = forward ? toTime : fromTime;
		const side = forward ? 'after' : 'before';
		remarks.push(remark(until === 0 ? 'Not searched to the end' : `Not searched ${side} ${moment(until)}`));
	} else if (forward && more && params.startcursor === undefined) {
		remarks.push(remark(`More lines follow after ${moment(toTime)}; choose a shorter time span or search`));
	}
	return remarks;
}

function latest(one: Position | null, other: Position | null): Position | null {
	if (one === null || other === null) return one ?? other;
	return one.part > other.part || (one.part === other.part && one.offset > other.offset) ? one : other;
}

function earliest(one: Position | null, other: Position | null): Position | null {
	return one !== null && other !== null && latest(one, other) === one ? other : (one ?? other);
}

async function fromFiles(set: LogSet, params: Params): Promise<string[]> {
	const { startcursor, endcursor, since, until } = params;
	const deadline = performance.now() + readWithinMs;
	const place = (cursor: string | undefined, name: string) =>
		cursor === undefined ? null : resolveCursor(set, cursor, name);
	const timed = (time: number | undefined) => (time === undefined ? null : positionOf(set, time));
	const behind = { part: set.parts.length - 1, offset: Number.MAX_SAFE_INTEGER };
	const start = latest(
		startcursor === undefined ? null : ((await place(startcursor, 'startcursor')) ?? behind),
		since === undefined ? null : ((await timed(since)) ?? behind),
	);
	const end = earliest(await place(endcursor, 'endcursor'), await timed(until));
	if (start === behind) return nothing(set, params);
	const query = {
		start,
		end,
		limit: limitOf(params),
		bytes: answerSize,
		matcher: matcherOf(params),
		deadline,
	};
	const found = await (isForward(params) ? readForward(set, query) : readBackward(set, query));
	const remarks = remarksOf(params, found);
	// where nothing new was read, what stands before is what stood before
	const fromTime = found.fromTime || cursorTime(endcursor ?? startcursor ?? '');
	const toTime = found.toTime || cursorTime(startcursor ?? endcursor ?? '');
	return [
		await cursorOf(set, found.from, fromTime),
		...(isForward(params) ? [...found.lines, ...remarks] : [...remarks, ...found.lines]),
		await cursorOf(set, found.to, toTime),
	];
}

async function nothing(set: LogSet, { startcursor }: Params): Promise<string[]> {
	const last = set.parts.length - 1;
	const end = await cursorOf(set, { part: last, offset: set.parts[last]?.stat.size ?? 0 }, 0);
	return [startcursor ?? end, startcursor ?? end];
}

async function fromJournal(journal: JournalLog, params: Params): Promise<string[]> {
	const { startcursor, endcursor, since, until, search, jail, level } = params;
	const forward = isForward(params);
	const cursor = forward ? startcursor : endcursor;
	for (const [name, value] of Object.entries({ startcursor, endcursor })) {
		if (value !== undefined && !journalCursor.test(value))
			throw invalidParams({ [name]: msg('Not a cursor of this log.') });
	}
	const { entries, more, late } = await journal.read({
		backward: !forward,
		cursor,
		// an entry of the very second belongs to the next span
		...(since === undefined ? {} : { since }),
		...(until === undefined ? {} : { until }),
		filter: { search, jail, level },
		limit: limitOf(params),
		timeout: readWithinMs,
	});
	const ordered = forward ? entries : entries.reverse();
	const first = ordered[0];
	const last = ordered.at(-1);
	const remarks = remarksOf(params, {
		lines: [],
		from: { part: 0, offset: 0 },
		to: { part: 0, offset: 0 },
		fromTime: first?.time ?? 0,
		toTime: last?.time ?? 0,
		more,
		ended: late ? 'time' : null,
	});
	const lines = ordered.flatMap(({ text }) => text.split('\n'));
	return [
		first?.cursor ?? cursor ?? '',
		...(forward ? [...lines, ...remarks] : [...remarks, ...lines]),
		last?.cursor ?? cursor ?? '',
	];
}

export function getLogService(source: LogSource): Services['getLog'] {
	return async ({ params }) => {
		const target = await source.target();
		if (target.kind === 'file')
			return { data: await source.withFiles(target.path, (set) => fromFiles(set, params)) };
		return { data: await fromJournal(source.journalOf(target), params) };
	};
}
