import { formatNetwork, parseNetwork } from '../../addresses/addresses.ts';

/** One line of an `ignoreip` value with its inline comment, '' without one. */
export interface IgnoreLine {
	value: string;
	comment: string;
}

export interface IgnoreEntry {
	/** As written. */
	text: string;
	comment: string;
	/** Unix seconds; null: not told. */
	added: number | null;
	user: string | null;
}

export interface IgnoreStamp {
	/** Unix seconds. */
	added: number;
	user: string;
}

/** Two entries with one key mean the same addresses. */
export function entryKey(text: string): string {
	const network = parseNetwork(text);
	return network === null ? text : formatNetwork(network);
}

/** fail2ban splits ignoreip at white space and commas. */
export function entryWords(value: string): string[] {
	return value.split(/[\s,]+/).filter(Boolean);
}

const stampPattern = /^(.*?)\s*\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) ([^\s()]+)\)$/s;

/** Splits the comment of an entry into its text and who wrote it when: `office (2026-11-23T10:00:00Z root@pam)`. */
export function parseComment(comment: string): Omit<IgnoreEntry, 'text'> {
	const [, text, time, user] = stampPattern.exec(comment) ?? [];
	const added = time === undefined ? Number.NaN : Date.parse(time) / 1000;
	if (text === undefined || user === undefined || Number.isNaN(added)) {
		return { comment, added: null, user: null };
	}
	return { comment: text, added, user };
}

export function writeComment(comment: string, stamp: IgnoreStamp | null): string {
	if (stamp === null) return comment.trim();
	const time = new Date(stamp.added * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	return `${comment.trim()} (${time} ${stamp.user})`.trim();
}

/** Every entry once, in order; entries that share a line share its comment. */
export function readEntries(lines: readonly IgnoreLine[]): IgnoreEntry[] {
	const found = new Map<string, IgnoreEntry>();
	for (const { value, comment } of lines) {
		for (const text of entryWords(value)) {
			const key = entryKey(text);
			if (!found.has(key)) found.set(key, { text, ...parseComment(comment) });
		}
	}
	return [...found.values()];
}

/** The lines without these entries; others of the same line stay. */
export function withoutEntries(lines: readonly IgnoreLine[], keys: ReadonlySet<string>): IgnoreLine[] {
	const rest = lines.flatMap((line, at) => {
		const words = entryWords(line.value);
		const kept = words.filter((word) => !keys.has(entryKey(word)));
		if (kept.length === words.length) return [line];
		// the first line is the option's own and stays, if need be empty
		if (kept.length === 0) return at === 0 ? [{ value: '', comment: '' }] : [];
		return [{ value: kept.join(' '), comment: line.comment }];
	});
	return rest.length === 0 ? [{ value: '', comment: '' }] : rest;
}

/**
 * The lines with these entries: a new one gets a line of its own at the end, on one that is there only the
 * comment is replaced, and it keeps the time when it was added.
 * @param comment undefined: comments that are there stay
 */
export function withEntries(
	lines: readonly IgnoreLine[],
	texts: readonly string[],
	comment: string | undefined,
	stamp: IgnoreStamp,
): IgnoreLine[] {
	const known = new Set(lines.flatMap(({ value }) => entryWords(value).map(entryKey)));
	let result = lines.length === 0 ? [{ value: '', comment: '' }] : [...lines];
	for (const text of texts) {
		const key = entryKey(text);
		if (known.has(key)) {
			if (comment !== undefined) result = withComment(result, key, text, comment, stamp);
		} else {
			known.add(key);
			result.push({ value: text, comment: writeComment(comment ?? '', stamp) });
		}
	}
	return result;
}

function withComment(
	lines: readonly IgnoreLine[],
	key: string,
	text: string,
	comment: string,
	stamp: IgnoreStamp,
): IgnoreLine[] {
	const line = lines.find(({ value }) => entryWords(value).some((word) => entryKey(word) === key));
	const known = parseComment(line?.comment ?? '');
	if (line === undefined || comment.trim() === known.comment) return [...lines];
	const { added, user } = known;
	const written = writeComment(comment, added === null || user === null ? stamp : { added, user });
	if (entryWords(line.value).length === 1) {
		return lines.map((other) => (other === line ? { value: line.value, comment: written } : other));
	}
	// a comment of its own needs a line of its own
	return [...withoutEntries(lines, new Set([key])), { value: text, comment: written }];
}
