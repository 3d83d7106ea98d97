import { msg } from '../kit/message.ts';
import { PythonValueError, toText } from './pythonValues.ts';

export type TagValue = string | number | boolean;

/** How often one tag may stand in for another before fail2ban calls it a circle. */
const MAX_REPLACEMENTS = 25;

/** A circle through two tags at once doubles the value each time, long before that count is reached. */
const MAX_LENGTH = 1_000_000;

function findTag(text: string, from: number): { name: string; start: number; end: number } | undefined {
	const tag = /<([^ <>]+)>/g;
	tag.lastIndex = from;
	const match = tag.exec(text);
	return match ? { name: match[1] ?? '', start: match.index, end: tag.lastIndex } : undefined;
}

/**
 * Replaces `<tag>` in each value by the value of that name, again and again until nothing changes, as
 * fail2ban does for filters and actions. Unknown tags stay. `ignore` are names not to touch, `look` finds
 * values that are not in the map. Answers a new map. @throws PythonValueError if tags run in a circle
 */
export function substituteTags(
	tags: ReadonlyMap<string, TagValue>,
	ignore: ReadonlySet<string>,
	look: (name: string) => string | undefined,
): Map<string, TagValue> {
	const result = new Map(tags);
	const done = new Set<string>();
	const counts = new Map<string, Map<string, number>>();
	for (let again = true; again; ) {
		again = false;
		for (const name of tags.keys()) {
			if (ignore.has(name) || done.has(name)) continue;
			const before = toText(result.get(name) ?? '');
			const used = counts.get(name) ?? new Map<string, number>();
			const value = replaceIn(name, before, used, result, ignore, look);
			if (value !== before) {
				if (findTag(value, 0)) {
					counts.set(name, used);
					again = true;
				}
				result.set(name, value);
			}
			if (!value.includes('<')) done.add(name);
		}
	}
	return result;
}

function replaceIn(
	name: string,
	text: string,
	used: Map<string, number>,
	tags: ReadonlyMap<string, TagValue>,
	ignore: ReadonlySet<string>,
	look: (name: string) => string | undefined,
): string {
	let value = text;
	for (let tag = findTag(value, 0); tag; ) {
		if (ignore.has(tag.name)) {
			tag = findTag(value, tag.end);
			continue;
		}
		if (tag.name === name || (used.get(tag.name) ?? 1) > MAX_REPLACEMENTS) {
			throw new PythonValueError(msg('<{0}> in {1} refers to itself.', tag.name, name));
		}
		const replacement = tags.get(tag.name) ?? look(tag.name);
		if (replacement === undefined) {
			tag = findTag(value, tag.end);
			continue;
		}
		value = value.replaceAll(`<${tag.name}>`, () => toText(replacement));
		if (value.length > MAX_LENGTH)
			throw new PythonValueError(msg('<{0}> makes {1} grow without end.', tag.name, name));
		used.set(tag.name, (used.get(tag.name) ?? 0) + 1);
		tag = findTag(value, tag.start);
	}
	return value;
}
