import type { OptionValue } from '../../contract/types.ts';

/** `jail.conf:107`, or empty where no file says it. */
export function place(at: { file: string | null; line: number | null } | null | undefined): string {
	if (!at?.file) {
		return '';
	}
	return at.line === null ? at.file : `${at.file}:${at.line}`;
}

/** What the option becomes when it is given back: the value that it beats now. */
export function inherited(option: OptionValue): { value: string; place: string } {
	const source = option.own ? option.overrides[0] : option;
	return { value: source?.value ?? source?.raw ?? '', place: place(source) };
}

/**
 * The text in the field: only what is set for this very jail. Kept as written, `10m` stays `10m`; but of a filter
 * that follows the option mode, which has a field of its own, only the name is shown.
 */
export function ownText({ own, raw, value }: OptionValue): string {
	const written = raw ?? value ?? '';
	return own ? written.replace(/\[mode=%\(mode\)s\]$/, '') : '';
}
