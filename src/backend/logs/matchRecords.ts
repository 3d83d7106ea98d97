import { escapeRegExp } from '../kit/patterns.ts';
import { lastRecord, nextRecord } from './records.ts';

/** fail2ban's log levels, worst first. */
export const logLevels = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;
type LogLevel = (typeof logLevels)[number];

export interface LogFilter {
	/** Part of a record, any case. */
	search?: string | undefined;
	jail?: string | undefined;
	/** This level and worse ones. */
	level?: LogLevel | undefined;
}

/** Finds records in bytes fast, then looks at each whole. */
export interface Matcher {
	/** Matches in a record that may be meant; never misses one that is. Global. */
	candidates: RegExp;
	accepts(record: string): boolean;
}

/** UTF-8 as a string with one character for each byte, as blocks are searched. */
function bytesOf(text: string): string {
	return Buffer.from(text, 'utf8').toString('latin1');
}

const anyLevel = /\b(CRITICAL|ERROR|WARNING|NOTICE|INFO|DEBUG|MSG|TRACE|HEAVY)\w*\s/;

/** The level of a record; null where the line has none. */
export function levelOf(record: string): string | null {
	return anyLevel.exec(record.slice(0, 160))?.[1] ?? null;
}

function ofJail(jail: string): RegExp {
	// messages of a jail begin with its name in brackets, those about it have it in quotes
	return new RegExp(`\\[${escapeRegExp(jail)}\\]|'${escapeRegExp(jail)}'`);
}

/** null: every record is wanted. */
export function matcherOf({ search = '', jail, level }: LogFilter): Matcher | null {
	const wanted = level === undefined ? [] : logLevels.slice(0, logLevels.indexOf(level) + 1);
	const tests: ((record: string) => boolean)[] = [];
	if (search !== '') {
		const lower = search.toLowerCase();
		tests.push((record) => record.toLowerCase().includes(lower));
	}
	if (jail !== undefined) {
		const pattern = ofJail(jail);
		tests.push((record) => pattern.test(record));
	}
	if (level !== undefined) tests.push((record) => wanted.some((name) => name === levelOf(record)));
	if (tests.length === 0) return null;
	let candidates = new RegExp(wanted.join('|'), 'g');
	if (jail !== undefined) candidates = new RegExp(ofJail(bytesOf(jail)).source, 'g');
	if (search !== '')
		candidates = new RegExp(
			escapeRegExp(bytesOf(search)),
			/[a-z\u0080-\u00ff]/i.test(bytesOf(search)) ? 'gi' : 'g',
		);
	return { candidates, accepts: (record) => tests.every((test) => test(record)) };
}

/** Bytes from–to of a block. */
export type Range = [from: number, to: number];

/** Bytes that are made a string at once: small ones are collected soon, large ones pile up. */
const stringSize = 96 * 1024;

/** The records of a block that match, in their order. */
export function matchingRecords(data: Buffer, matcher: Matcher): Range[] {
	const found: Range[] = [];
	for (let from = 0; from < data.length; ) {
		const next = from + stringSize < data.length ? nextRecord(data, from + stringSize) : -1;
		const to = next < 0 ? data.length : next;
		for (const [first, last] of matchingWithin(data.subarray(from, to), matcher))
			found.push([from + first, from + last]);
		from = to;
	}
	return found;
}

function matchingWithin(data: Buffer, { candidates, accepts }: Matcher): Range[] {
	const found: Range[] = [];
	const text = data.toString('latin1');
	candidates.lastIndex = 0;
	for (let hit = candidates.exec(text); hit !== null; hit = candidates.exec(text)) {
		const from = Math.max(0, lastRecord(data, hit.index + 1));
		const next = nextRecord(data, hit.index);
		const to = next < 0 ? data.length : next;
		if (accepts(data.toString('utf8', from, Math.min(to, from + maxRecordBytes)))) found.push([from, to]);
		if (to >= data.length) break;
		candidates.lastIndex = to;
	}
	return found;
}

/** What of a record is looked at, in bytes. */
const maxRecordBytes = 64 * 1024;

/** The lines of a range of bytes, as ranges without their line breaks. */
export function linesOf(data: Buffer, [from, to]: Range): Range[] {
	const lines: Range[] = [];
	for (let at = from; at < to; ) {
		const end = data.indexOf(10, at);
		const stop = end < 0 || end >= to ? to : end;
		lines.push([at, stop]);
		at = stop + 1;
	}
	return lines;
}
