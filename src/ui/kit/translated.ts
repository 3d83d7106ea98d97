import type { MessageData, Messages } from '../../contract/kit/message.ts';
import { format, plural } from './text.ts';

/** The text in the language of the page; English where no catalogue has it. */
function textOf({ id, args = [], plural: many, n }: MessageData): string {
	const template = many === undefined ? gettext(id) : plural(Number(n), id, many);
	return format(template, ...args.map((arg) => (typeof arg === 'object' ? textOf(arg) : arg)));
}

/** Puts the translations in place of the English texts of one object. */
function translate(fields: Record<string, unknown>, messages: Messages): void {
	for (const [name, message] of Object.entries(messages)) {
		if (name in fields) {
			fields[name] = Array.isArray(message) ? message.map(textOf) : textOf(message);
		}
	}
}

/**
 * An answer of the helper with its texts in the language of the page. A helper of an older release, on another node,
 * sends English texts only, and they stay.
 */
export function translated<T>(answer: T): T {
	if (Array.isArray(answer)) {
		answer.forEach(translated);
	} else if (typeof answer === 'object' && answer !== null) {
		const fields = answer as Record<string, unknown>;
		const { messages, ...others } = fields;
		Object.values(others).forEach(translated);
		if (typeof messages === 'object' && messages !== null) {
			translate(fields, messages as Messages);
		}
	}
	return answer;
}

/** The texts of a failed call: `errors` has no room but for strings, so what can be translated is JSON in one of them. */
export function translatedErrors(
	message: string,
	{ messages, ...errors }: Record<string, string>,
): { message: string; errors: Record<string, string> } {
	const texts: Record<string, string> = { '': message, ...errors };
	try {
		translate(texts, JSON.parse(messages ?? '{}') as Messages);
	} catch {
		// cut off on its way: the English texts stay
	}
	const { '': told = message, ...fields } = texts;
	return { message: told, errors: fields };
}
