import { type Message, msg } from '../kit/message.ts';
import { ConfigDocument } from './ConfigDocument.ts';
import { ConfigError } from './ConfigError.ts';
import { parseConfig } from './parseConfig.ts';

/** The text of a file without a change; null: the file is not there. */
export type Reverted = { text: string | null } | { conflict: Message };

interface Place {
	section: string;
	option: string;
}

function lines(document: ConfigDocument, { section, option }: Place): string {
	return JSON.stringify(document.valueLines(section, option) ?? null);
}

/** Options that two versions of a file set otherwise, comments behind their values included. */
export function changedPlaces(before: ConfigDocument, after: ConfigDocument): Place[] {
	const places = new Map<string, Place>();
	for (const document of [before, after]) {
		for (const section of document.sections()) {
			for (const option of document.options(section)) {
				places.set(JSON.stringify([section, option]), { section, option });
			}
		}
	}
	return [...places.values()].filter((place) => lines(before, place) !== lines(after, place));
}

function comments(text: string): string {
	const found = parseConfig(text).lines.filter(({ kind }) => kind === 'comment');
	return found.map((line) => line.text).join('\n');
}

function restore(now: ConfigDocument, before: ConfigDocument, places: readonly Place[]): ConfigDocument {
	let document = now;
	for (const { section, option } of places) {
		const old = before.valueLines(section, option);
		document = old ? document.setLines(section, option, old) : document.delete(section, option);
		// a header without options says nothing, but it would make a jail
		if (!before.hasSection(section) && document.options(section).length === 0)
			document = document.deleteSection(section);
	}
	return document;
}

/**
 * The text of a file as it would be without a change: the earlier text if nobody changed the file since, else the
 * present one with just the options of the change given back. A conflict, in words, if these were changed again since,
 * or if options do not tell all of the change.
 * @param before the text before the change, `after` behind it, `now` the present one; null: there is no file
 */
export function revertText(before: string | null, after: string | null, now: string | null): Reverted {
	return revert(before, after, now, false);
}

/** The same as far as it goes: what was changed again since, and comments of the change, stay as they are. */
export function revertPartly(before: string | null, after: string | null, now: string | null): Reverted {
	return revert(before, after, now, true);
}

function revert(before: string | null, after: string | null, now: string | null, partly: boolean): Reverted {
	if (now === after || now === before) return { text: before };
	if (now === null) return { conflict: msg('the file has been removed since') };
	if (after === null) return { conflict: msg('the file has been created again since') };
	const [old, made, present] = [before ?? '', after, now].map((text) => ConfigDocument.parse(text)) as [
		ConfigDocument,
		ConfigDocument,
		ConfigDocument,
	];
	if ([old, made, present].some(({ errors }) => errors.length > 0))
		return { conflict: msg('the file has been changed since, and fail2ban cannot read it') };
	if (!partly && comments(before ?? '') !== comments(after))
		return { conflict: msg('the file has been changed since, and this change also changed comments') };
	const all = changedPlaces(old, made);
	const again = all.filter(
		(place) => ![made, old].some((document) => lines(present, place) === lines(document, place)),
	);
	const [first] = again;
	if (!partly && first)
		return { conflict: msg('{0} in [{1}] has been changed since', first.option, first.section) };
	const places = all.filter((place) => !again.includes(place));
	if (places.length === 0) return { conflict: msg('the file has been changed since') };
	try {
		const text = restore(present, old, places).toString();
		return { text: before === null && text.trim() === '' ? null : text };
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return { conflict: msg('the file has been changed since: {0}', error.text) };
	}
}
