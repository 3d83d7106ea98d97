/** HTML of a plain text, for whatever ExtJS puts into the page as it is. */
export function encode(value: unknown): Encoded {
	return value === null || value === undefined ? '' : Ext.htmlEncode(String(value));
}

/** Fills {0}, {1} … of a translated sentence with plain text. */
export function format(template: string, ...args: unknown[]): string {
	return Ext.String.format(template, ...args);
}

/** The same for HTML: every argument is encoded. */
export function formatHtml(template: string, ...args: unknown[]): Encoded {
	return Ext.String.format(template, ...args.map(encode));
}

/** A whole number with separators: 50,000. */
export function count(value: number): string {
	return Ext.util.Format.number(value, '0,000');
}

/** Whole sentences one after the other; empty ones are left out. */
export function sentences(...all: string[]): string {
	return all.filter((sentence) => sentence !== '').join(' ');
}

/** The beginning of a text, of at most so many UTF-16 code units; no character beyond the basic plane is cut in two. */
export function startOf(text: string, longest: number): string {
	return text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
}

/** The translated form of a text for this count. */
export function plural(n: number, one: string, many: string): string {
	return ngettext(one, many, n);
}

/** `data-qtip` of a cell: the tip is HTML inside an attribute, hence encoded twice. */
export function tip(text: string): string {
	return `data-qtip="${encode(encode(text))}"`;
}
