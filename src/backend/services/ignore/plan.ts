import { placeDefault, placeOption } from '../../config/placement.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import { invalidParams, refusal } from '../../kit/errors.ts';
import { enumerate, msg } from '../../kit/message.ts';
import { blockedWords } from '../edit/blockedWords.ts';
import type { EditedConfig } from '../edit/EditedConfig.ts';
import {
	entryKey,
	entryWords,
	type IgnoreLine,
	type IgnoreStamp,
	withEntries,
	withoutEntries,
} from '../edit/ignoreLines.ts';
import { relative } from '../kit/relativePath.ts';

/** [DEFAULT], or a jail. */
export type IgnoreScope = string | null;

/** Where the effective `ignoreip` of a scope stands. */
export interface IgnorePlace {
	/** Relative to the folder. */
	file: string;
	/** The jail's own section, or DEFAULT. */
	section: string;
	lines: IgnoreLine[];
	/** Entries that count, also those that an interpolation brings. */
	effective: string[];
	/** Line of the option. */
	line: number;
}

/** null: the scope ignores nothing. */
export function ignorePlace(config: EditedConfig, scope: IgnoreScope): IgnorePlace | null {
	const { jails, snapshot } = config;
	const found = scope === null ? jails.defaultOption('ignoreip') : jails.option(scope, 'ignoreip');
	if (found === undefined) return null;
	const file = relative(snapshot.root, found.file);
	const lines = config.document(file).valueLines(found.section, 'ignoreip') ?? [];
	return {
		file,
		section: found.section,
		lines,
		effective: entryWords(found.value ?? ''),
		line: found.line,
	};
}

/** Whether the jail has an `ignoreip` of its own, which beats the one of [DEFAULT]. */
export function hasOwnIgnoreip(config: EditedConfig, jail: string): boolean {
	const place = ignorePlace(config, jail);
	return place !== null && place.section !== 'DEFAULT';
}

function write(config: EditedConfig, scope: IgnoreScope, lines: readonly IgnoreLine[]): void {
	const { jails, snapshot } = config;
	const place =
		scope === null
			? placeDefault(jails, snapshot.root, 'ignoreip')
			: placeOption(jails, snapshot.root, scope, 'ignoreip');
	if ('blockedBy' in place) {
		throw invalidParams({ ip: blockedWords(jails, snapshot.root, place.blockedBy) });
	}
	config.setLines(relative(snapshot.root, place.file), scope ?? 'DEFAULT', 'ignoreip', lines, 'ip');
}

/**
 * Adds entries to a scope, or replaces their comments. Without a jail they count in every jail: those with an
 * ignoreip of their own get them too. Answers how many entries are new.
 * @param jails which jails of that kind
 */
export function addEntries(
	config: EditedConfig,
	scope: IgnoreScope,
	entries: readonly string[],
	comment: string | undefined,
	stamp: IgnoreStamp,
	jails: readonly string[] = config.jails.jails(),
): number {
	const place = ignorePlace(config, scope);
	const known = keysOf(place);
	const added = entries.filter((entry) => !known.has(entryKey(entry))).length;
	addTo(config, scope, place, entries, comment, stamp);
	if (scope !== null) return added;
	for (const jail of jails) {
		const own = ignorePlace(config, jail);
		if (own !== null && own.section !== 'DEFAULT') addTo(config, jail, own, entries, comment, stamp);
	}
	return added;
}

function keysOf(place: IgnorePlace | null): Set<string> {
	return new Set(place?.effective.map(entryKey));
}

function addTo(
	config: EditedConfig,
	scope: IgnoreScope,
	place: IgnorePlace | null,
	entries: readonly string[],
	comment: string | undefined,
	stamp: IgnoreStamp,
): void {
	const before = place?.lines ?? [];
	const effective = keysOf(place);
	const written = new Set(before.flatMap(({ value }) => entryWords(value).map(entryKey)));
	// what an interpolation brings is there already, and has no line that could carry a comment
	const missing = entries.filter((entry) => written.has(entryKey(entry)) || !effective.has(entryKey(entry)));
	const lines = withEntries(before, missing, comment, stamp);
	// else the jail would get a list of its own for nothing
	if (missing.length > 0 && JSON.stringify(lines) !== JSON.stringify(before)) write(config, scope, lines);
}

/**
 * Removes entries from a scope; without a jail from [DEFAULT] and every jail with an ignoreip of its own.
 * Answers how many entries went. Throws ApiError 404 for an entry that is nowhere.
 */
export function removeEntries(config: EditedConfig, scope: IgnoreScope, entries: readonly string[]): number {
	const keys = new Map(entries.map((entry) => [entryKey(entry), entry]));
	const found = new Set<string>();
	for (const one of scope === null ? [null, ...config.jails.jails()] : [scope]) {
		for (const key of removeFrom(config, one, keys)) found.add(key);
	}
	const missing = [...keys].filter(([key]) => !found.has(key)).map(([, entry]) => entry);
	if (missing.length > 0) {
		const message =
			scope === null
				? msg('Not on any ignore list: {0}.', enumerate(missing))
				: msg("Not on the ignore list of jail '{1}': {0}.", enumerate(missing), scope);
		throw refusal(404, 'not-ignored', 'ip', message);
	}
	return keys.size;
}

/** Answers the keys of the entries that were there. */
function removeFrom(config: EditedConfig, scope: IgnoreScope, keys: ReadonlyMap<string, string>): string[] {
	const place = ignorePlace(config, scope);
	if (place === null || (scope !== null && place.section === 'DEFAULT')) return [];
	const effective = keysOf(place);
	const found = [...keys.keys()].filter((key) => effective.has(key));
	if (found.length === 0) return [];
	const written = new Set(place.lines.flatMap(({ value }) => entryWords(value).map(entryKey)));
	const brought = found.filter((key) => !written.has(key)).map((key) => keys.get(key) ?? key);
	if (brought.length > 0) {
		const where = `${place.file}:${place.line}`;
		// TRANSLATORS: {0}: entries of an ignore list, {1}: file and line
		throw invalidParams({ ip: msg('Taken from another option, see {1}: {0}.', enumerate(brought), where) });
	}
	write(config, scope, withoutEntries(place.lines, new Set(found)));
	return found;
}

/** What the change comes to, for the transaction. */
export function ignoreChange(config: EditedConfig): PlannedChange {
	const { snapshot, jails } = config;
	const edits = config.edits();
	const before = snapshot.jails.defaultOption('ignoreip')?.value ?? null;
	const after = jails.defaultOption('ignoreip')?.value ?? null;
	const expected: PlannedChange['expected'] = [];
	const changed: PlannedChange['changed'] = [];
	if (before !== after) {
		expected.push({ jail: null, option: 'ignoreip', value: after });
		changed.push({ option: 'ignoreip', from: flat(before), to: flat(after) });
	}
	for (const jail of jails.jails()) {
		const from = snapshot.jails.option(jail, 'ignoreip')?.value ?? null;
		const to = jails.option(jail, 'ignoreip')?.value ?? null;
		if (from === to) continue;
		expected.push({ jail, option: 'ignoreip', value: to });
		if (hasOwnIgnoreip(config, jail)) {
			changed.push({ option: `${jail}/ignoreip`, from: flat(from), to: flat(to) });
		}
	}
	return { edits, expected, changed };
}

function flat(value: string | null): string | null {
	return value === null ? null : entryWords(value).join(' ');
}
