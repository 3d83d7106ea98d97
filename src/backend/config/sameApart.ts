import type { ParsedConfig } from './parseConfig.ts';

/**
 * Whether two versions of a file hold the same sections and values, apart from one option, or apart from a
 * whole section. Comments and layout do not count.
 */
export function sameApart(
	before: ParsedConfig,
	after: ParsedConfig,
	section: string,
	option?: string,
): boolean {
	return content(before, section, option) === content(after, section, option);
}

function content(parsed: ParsedConfig, section: string, option: string | undefined): string {
	const sections = new Set(parsed.headers.map((header) => header.section));
	sections.delete(section);
	const entries = parsed.entries.filter(
		(entry) => entry.section !== section || (option !== undefined && entry.option !== option),
	);
	return JSON.stringify([[...sections], entries.map((entry) => [entry.section, entry.option, entry.values])]);
}
