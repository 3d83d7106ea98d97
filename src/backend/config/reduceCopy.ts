import { ConfigDocument } from './ConfigDocument.ts';
import { parseConfig } from './parseConfig.ts';
import { strip } from './pythonText.ts';

export interface OptionPlace {
	section: string;
	option: string;
}

/** Options that a file sets just as its model does, value for value. */
export function copiedOptions(copy: ConfigDocument, model: ConfigDocument): OptionPlace[] {
	return copy.sections().flatMap((section) =>
		copy
			.options(section)
			.filter((option) => copy.get(section, option) === model.get(section, option))
			.map((option) => ({ section, option })),
	);
}

/**
 * The text of a copied file without the options that are named and without the comments that its model has too. A
 * section of the model that is left empty goes, one of the copy's own stays. null: nothing is left.
 */
export function withoutCopied(text: string, model: string, gone: readonly OptionPlace[]): string | null {
	const key = (place: OptionPlace) => JSON.stringify([place.section, place.option]);
	const away = new Set(gone.map(key));
	const parsed = parseConfig(text);
	const original = parseConfig(model);
	const shared = new Set(
		original.lines.filter(({ kind }) => kind === 'comment').map((line) => strip(line.text)),
	);
	const known = new Set(original.headers.map(({ section }) => section));
	const dropped = new Set<number>();
	const inValue = new Set<number>();
	for (const entry of parsed.entries) {
		const [first = 0] = entry.lines;
		const last = entry.lines.at(-1) ?? first;
		for (let at = first; at <= last; at++) {
			if (!away.has(key(entry))) inValue.add(at);
			else if (entry.lines.includes(at)) dropped.add(at);
		}
	}
	parsed.lines.forEach(({ kind, text: line }, at) => {
		if (inValue.has(at)) return;
		if (kind === 'blank' || (kind === 'comment' && shared.has(strip(line)))) dropped.add(at);
	});
	parsed.headers.forEach(({ section, line }, nth) => {
		const end = parsed.headers[nth + 1]?.line ?? parsed.lines.length;
		const empty = parsed.lines.slice(line + 1, end).every((_, at) => dropped.has(line + 1 + at));
		if (empty && known.has(section)) dropped.add(line);
	});
	const kept = parsed.lines.flatMap((line, at) => {
		if (dropped.has(at)) return [];
		const apart = line.kind === 'section' && parsed.lines.slice(0, at).some((_, n) => !dropped.has(n));
		return `${apart ? line.eol || '\n' : ''}${line.text}${line.eol}`;
	});
	if (kept.length === 0) return null;
	const result = kept.join('');
	return sameOptions(text, result, away, key) ? result : deleted(text, gone);
}

/** Indentation can make a line part of another value, so the result counts only as it reads back. */
function sameOptions(
	before: string,
	after: string,
	away: ReadonlySet<string>,
	key: (place: OptionPlace) => string,
): boolean {
	const values = (text: string) => {
		const document = ConfigDocument.parse(text);
		const places = document
			.sections()
			.flatMap((section) => document.options(section).map((option) => ({ section, option })));
		return JSON.stringify(
			places
				.filter((place) => !away.has(key(place)))
				.map(({ section, option }) => [section, option, document.get(section, option)])
				.sort(),
		);
	};
	return values(before) === values(after);
}

/** The careful way, which leaves all comments. */
function deleted(text: string, gone: readonly OptionPlace[]): string {
	return gone
		.reduce((document, { section, option }) => document.delete(section, option), ConfigDocument.parse(text))
		.toString();
}
