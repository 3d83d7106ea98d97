/** The beginning of a text, of at most so many UTF-16 code units; no character beyond the basic plane is cut in two. */
export function startOf(text: string, longest: number): string {
	return text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
}

/** Half of a character: one of a UTF-16 pair without the other one. */
const halves = /\p{Surrogate}/gu;

function wholeValue(_key: string, value: unknown): unknown {
	return typeof value === 'string' ? value.replace(halves, '\ufffd') : value;
}

/**
 * JSON that every parser takes. Half a character, as a log line or a cut may have it, is U+FFFD there: Perl's parser
 * would refuse the whole answer for it.
 */
export function jsonText(value: unknown): string {
	const text = JSON.stringify(value);
	// JSON.stringify writes only halves this way, and asking for each value would slow down long lists
	return text.includes('\\ud') ? JSON.stringify(value, wholeValue) : text;
}
