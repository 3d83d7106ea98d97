import type { FilterDetail } from '../../contract/types.ts';

/** Options of a filter that the workbench edits, in the order of its fields. */
export const editedOptions = [
	'failregex',
	'ignoreregex',
	'prefregex',
	'datepattern',
	'maxlines',
	'journalmatch',
] as const;

export type EditedOption = (typeof editedOptions)[number];
export type FilterTexts = { [option in EditedOption]: string };
export type TestSource = 'jail' | 'journalmatch' | 'file' | 'text';

/** What stands in the source bar. */
export interface SourceChoice {
	source: TestSource;
	jail: string;
	journalmatch: string;
	file: string;
	text: string;
	since: string;
}

/** The texts of a filter as its files write them; of none: empty. */
export function textsOf(filter: FilterDetail | undefined): FilterTexts {
	const text = (option: EditedOption) => {
		const found = filter?.options[option];
		return (found?.raw ?? found?.value ?? '').trim();
	};
	return Object.fromEntries(editedOptions.map((option) => [option, text(option)])) as FilterTexts;
}

/** The texts that are not those of the filter. */
export function changedTexts(filter: FilterDetail | undefined, typed: FilterTexts): Partial<FilterTexts> {
	const saved = textsOf(filter);
	return Object.fromEntries(
		editedOptions
			.map((option) => [option, typed[option].trim()] as const)
			.filter(([option, text]) => text !== saved[option]),
	);
}

/**
 * Parameters of POST /test and POST /scan. A filter is named only where the jail does not use it anyway, since the
 * jail's own knows its arguments; a mode that was chosen goes over them.
 */
export function testParams(
	filter: FilterDetail | undefined,
	typed: FilterTexts,
	choice: SourceChoice,
	mode: string,
): Record<string, string> {
	const { source, jail, journalmatch, file, text, since } = choice;
	const ofJail = source === 'jail' && filter?.['used-by'].some((use) => use.jail === jail);
	const { journalmatch: _ofFilter, maxlines, ...changed } = changedTexts(filter, typed);
	const from = { jail: { jail }, journalmatch: { journalmatch }, file: { file }, text: { text } }[source];
	return {
		...(filter && !ofJail && { filter: filter.name }),
		...(mode !== '' && { mode }),
		...changed,
		...(maxlines && { maxlines }),
		source,
		...from,
		...(source !== 'text' && since !== '' && { since }),
	};
}

/**
 * Parameters of PUT /filters/{name}: what was changed, and in `delete` what falls back to what the package says,
 * because it was emptied or made the same.
 */
export function saveParams(filter: FilterDetail, typed: FilterTexts): Record<string, string> {
	const reset: string[] = [];
	const values: Record<string, string> = {};
	for (const [name, text] of Object.entries(changedTexts(filter, typed))) {
		const option = filter.options[name];
		const before = (option?.overrides[0]?.raw ?? '').trim();
		if (option?.own && text === before) {
			reset.push(name);
		} else if (name !== 'maxlines' || text !== '') {
			values[name] = text;
		}
	}
	return reset.length > 0 ? { ...values, delete: reset.join(',') } : values;
}
