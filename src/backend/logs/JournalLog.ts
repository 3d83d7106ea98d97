import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';
import { CommandError } from '../fail2ban/runCommand.ts';
import { escapeRegExp } from '../kit/patterns.ts';
import type { LogFilter } from './matchRecords.ts';
import { levelOf, logLevels } from './matchRecords.ts';

export interface JournalQuery {
	/** From the newest entry back. */
	backward: boolean;
	/** Begins behind (backward: before) the entry of this cursor. */
	cursor?: string | undefined;
	/** Unix seconds. */
	since?: number | undefined;
	until?: number | undefined;
	filter: LogFilter;
	/** A regular expression (PCRE) that the text has to match. */
	pattern?: string | undefined;
	/** Entries at most. */
	limit: number;
	/** Milliseconds. */
	timeout: number;
}

interface JournalEntry {
	cursor: string;
	/** Unix seconds. */
	time: number;
	/** As fail2ban writes it into a file, with its time. */
	text: string;
}

export interface JournalEntries {
	/** In the order in which they were read. */
	entries: JournalEntry[];
	more: boolean;
	/** The time was up before all was looked at. */
	late: boolean;
}

/** Cursors of systemd, e.g. `s=…;i=4f8;b=…;m=…;t=…;x=…`. */
export const journalCursor = /^[A-Za-z0-9=;]{1,256}$/;

const fields = 'MESSAGE,PRIORITY,LOGGER,SYSLOG_IDENTIFIER,_PID';

/** By syslog's priority, for entries whose text has no level. */
const priorities = ['CRITICAL', 'CRITICAL', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

const two = (value: number, digits = 2) => String(value).padStart(digits, '0');

/** Local time as fail2ban writes it: `2026-11-22 14:43:39,844`. */
export function logStamp(milliseconds: number): string {
	const date = new Date(milliseconds);
	const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
	const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => two(part)).join(':');
	return `${day} ${clock},${two(date.getMilliseconds(), 3)}`;
}

/** A field's text; systemd gives bytes for what is no UTF-8. */
function text(value: unknown): string {
	if (Array.isArray(value)) return Buffer.from(value as number[]).toString('utf8');
	return typeof value === 'string' ? value : '';
}

/** An entry of `journalctl -o json`; null for what is none. */
function journalEntry(line: string): JournalEntry | null {
	let entry: Record<string, unknown>;
	try {
		entry = JSON.parse(line);
	} catch {
		// the line that was being written when the program was ended
		return null;
	}
	const micros = Number(entry.__REALTIME_TIMESTAMP);
	const cursor = text(entry.__CURSOR);
	if (!Number.isFinite(micros) || cursor === '') return null;
	const message = text(entry.MESSAGE).replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /, '');
	const logger = text(entry.LOGGER);
	const pid = text(entry._PID);
	const level = priorities[Number(text(entry.PRIORITY) || 6)] ?? 'INFO';
	const who = text(entry.SYSLOG_IDENTIFIER);
	const body =
		logger !== ''
			? `${logger.padEnd(24)}[${pid}]: ${level.padEnd(7)} ${message}`
			: /^fail2ban\b.*\]: /.test(message)
				? message
				: `${who}[${pid}]: ${message}`;
	return { cursor, time: Math.floor(micros / 1e6), text: `${logStamp(micros / 1000)} ${body}` };
}

/** What of a filter journalctl itself can look for. */
function grep({ search = '', jail }: LogFilter, pattern: string | undefined): string[] {
	const parts: string[] = pattern === undefined ? [] : [`(?=.*${pattern})`];
	if (search !== '') parts.push(`(?=.*${escapeRegExp(search)})`);
	if (jail !== undefined) parts.push(`(?=.*(?:\\[${escapeRegExp(jail)}\\]|'${escapeRegExp(jail)}'))`);
	return parts.length === 0 ? [] : [`--grep=(?s)^${parts.join('')}`, '--case-sensitive=no'];
}

/** fail2ban's log where it goes to the journal. */
export class JournalLog {
	/** @param match which entries are fail2ban's, as journalctl's arguments */
	constructor(
		private readonly run: RunCommand,
		private readonly match: readonly string[] = ['--unit=fail2ban.service'],
	) {}

	/** Throws CommandError if journalctl cannot be started, Error with its words if it fails. */
	async read({
		backward,
		cursor,
		since,
		until,
		filter,
		pattern,
		limit,
		timeout,
	}: JournalQuery): Promise<JournalEntries> {
		const entries: JournalEntry[] = [];
		const enough = new AbortController();
		let more = false;
		const wanted =
			filter.level === undefined ? null : logLevels.slice(0, logLevels.indexOf(filter.level) + 1);
		const onLine = (line: string) => {
			const entry = journalEntry(line);
			if (entry === null || entry.cursor === cursor) return;
			if (wanted?.every((name) => name !== levelOf(entry.text))) return;
			if (entries.length < limit) entries.push(entry);
			else {
				more = true;
				enough.abort();
			}
		};
		const args = [
			'--output=json',
			`--output-fields=${fields}`,
			'--quiet',
			'--no-pager',
			...(backward ? ['--reverse'] : []),
			...(cursor === undefined ? [] : [`--cursor=${cursor}`]),
			...(since === undefined ? [] : [`--since=@${since}`]),
			...(until === undefined ? [] : [`--until=@${until}`]),
			...grep(filter, pattern),
			...this.match,
		];
		try {
			const result = await this.run('journalctl', args, { timeout, onLine, signal: enough.signal });
			// nothing found by --grep is exit 1 with nothing said
			if (!result.timedOut && result.exit !== 0 && result.stderr.trim() !== '')
				throw new Error(`journalctl: ${result.stderr.trim().split('\n').pop()}`);
			return { entries, more: more || result.timedOut, late: result.timedOut };
		} catch (error) {
			if (!(error instanceof CommandError) || error.code === 'not-started') throw error;
			return { entries, more: true, late: error.code === 'too-much-output' };
		}
	}
}
