import type { Messages } from '../../contract/kit/message.ts';
import { Message, msg } from './message.ts';

/** Texts by parameter. */
type Texts = Record<string, string | Message>;

/** An error that the caller is told: code for programs, one line for people, messages by parameter. */
export class ApiError extends Error {
	/** English, by parameter. */
	readonly errors?: Record<string, string>;
	/** What a panel can translate of `errors`, and of the message under the empty name. */
	readonly messages: Messages;

	constructor(
		/** HTTP status; never 401, which the web interface takes for a log-out. */
		readonly status: 400 | 403 | 404 | 409 | 500 | 501 | 503 | 504 | 507,
		readonly code: string,
		message: string | Message,
		errors?: Texts,
	) {
		super(String(message));
		this.name = 'ApiError';
		const texts = Object.entries({ '': message, ...errors });
		this.messages = Object.fromEntries(
			texts.flatMap(([name, text]) => (text instanceof Message ? [[name, text.data]] : [])),
		);
		if (errors !== undefined)
			this.errors = Object.fromEntries(Object.entries(errors).map(([name, text]) => [name, String(text)]));
	}
}

/** Options that the caller may not set or delete; `param` is the one parameter to blame, else each its own. */
export function rootOnly(verb: 'set' | 'delete', names: readonly string[], param?: string): ApiError {
	const message = (list: readonly string[]) =>
		`Only root@pam may ${verb} ${list.map((name) => `'${name}'`).join(', ')}.`;
	const errors =
		param === undefined ? names.map((name) => [name, message([name])]) : [[param, message(names)]];
	return new ApiError(403, 'root-only', message(names), Object.fromEntries(errors));
}

/** Bad values by parameter name; the message names the first one. */
export function invalidParams(errors: Texts): ApiError {
	const [first] = Object.entries(errors);
	const message = first ? msg('{0}: {1}', first[0], first[1]) : msg('Invalid parameters.');
	return new ApiError(400, 'invalid', message, errors);
}

/** What somebody reads of an error, whatever was thrown. */
export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
