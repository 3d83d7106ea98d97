import type { LogSet } from './LogSet.ts';
import { readBackward } from './readLog.ts';

/** What fail2ban did with an address. `increase` follows its ban and tells how long that lasts. */
export type LogEventKind = 'found' | 'ban' | 'unban' | 'restore' | 'increase' | 'already' | 'ignore';

export interface LogEvent {
	/** Unix seconds. */
	time: number;
	jail: string;
	kind: LogEventKind;
	ip: string;
	/** What the line says behind the address, e.g. `(2 # 4s -> 2026-11-22 14:43:39)`; empty if nothing. */
	detail: string;
}

const line = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d).*?: (?:[A-Z]+\s+)?\[([^\]]+)\] (.*)$/;
const verbs: Record<string, LogEventKind> = {
	Found: 'found',
	Ban: 'ban',
	Unban: 'unban',
	'Restore Ban': 'restore',
	'Increase Ban': 'increase',
	Ignore: 'ignore',
};
const message = /^(Found|Ban|Unban|Restore Ban|Increase Ban|Ignore) (\S+?)(?:,? (.*))?$/;

/** The event that a line of fail2ban's log tells; null if it tells none. */
export function logEvent(text: string): LogEvent | null {
	const [, year, month, day, hour, minute, second, jail = '', rest = ''] = line.exec(text) ?? [];
	if (year === undefined) return null;
	const date = new Date(
		Number(year),
		Number(month) - 1,
		Number(day),
		Number(hour),
		Number(minute),
		Number(second),
	);
	const time = Math.floor(date.getTime() / 1000);
	const already = /^(\S+) already banned$/.exec(rest)?.[1];
	if (already !== undefined) return { time, jail, kind: 'already', ip: already, detail: '' };
	const [, verb = '', ip = '', detail = ''] = message.exec(rest) ?? [];
	const kind = verbs[verb];
	// the observer tells a failure of a known address a second time: "Found IP, bad - ..."
	if (kind === undefined || (kind === 'found' && detail.startsWith('bad - '))) return null;
	return { time, jail, kind, ip, detail: detail.replace(/^- /, '') };
}

export interface EventBounds {
	/** Events at most, the newest ones. */
	limit: number;
	/** Milliseconds of work at most. */
	milliseconds: number;
	jail?: string | undefined;
	/** Unix seconds; nothing from before. */
	since?: number | undefined;
}

export interface AddressEvents {
	/** Oldest first. */
	events: LogEvent[];
	/** The log was not read back to its beginning. */
	more: boolean;
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** What the log tells of one address, as fail2ban writes it. */
export async function eventsOf(
	set: LogSet,
	address: string,
	{ limit, milliseconds, jail, since = 0 }: EventBounds,
): Promise<AddressEvents> {
	const wanted = (record: string): LogEvent | null => {
		const event = logEvent(record.slice(0, 1000).split('\n', 1)[0] as string);
		if (event === null || event.ip !== address || event.time < since) return null;
		return jail === undefined || event.jail === jail ? event : null;
	};
	const found = await readBackward(set, {
		start: null,
		end: null,
		limit,
		bytes: 1024 * 1024,
		matcher: { candidates: new RegExp(escaped(address), 'g'), accepts: (record) => wanted(record) !== null },
		deadline: performance.now() + milliseconds,
	});
	const events = found.lines.map(wanted).filter((event): event is LogEvent => event !== null);
	return { events, more: found.more };
}
