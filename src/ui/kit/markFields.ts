import { encode } from './text.ts';

/** Marks the fields that the server refused. A field shows its errors as HTML, and they may quote what others wrote. */
export function markFields(form: Ext.form.Basic, errors: Record<string, string>): void {
	form.markInvalid(Object.fromEntries(Object.entries(errors).map(([name, text]) => [name, encode(text)])));
}
