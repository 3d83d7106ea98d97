import type { Messages } from '../../contract/kit/message.ts';
import { enumerate, Message, msg, TextError, verbatim } from './message.ts';

/** Texts by parameter. */
type Texts = Record<string, string | Message>;

/** An error for the caller: code for programs, one line for people, messages by parameter. */
export class ApiError extends TextError {
	/** English, by parameter. */
	readonly errors?: Record<string, string>;
	/** The same for another text to hold. */
	readonly texts: Texts;
	/** What a panel can translate of `errors`, and of the message under the empty name. */
	readonly messages: Messages;

	constructor(
		/** HTTP status; never 401, which the web interface takes for a log-out. */
		readonly status: 400 | 403 | 404 | 409 | 500 | 501 | 503 | 504 | 507,
		readonly code: string,
		message: string | Message,
		errors?: Texts,
	) {
		super(message);
		this.name = 'ApiError';
		this.texts = errors ?? {};
		const texts = Object.entries({ '': message, ...errors });
		this.messages = Object.fromEntries(
			texts.flatMap(([name, text]) => (text instanceof Message ? [[name, text.data]] : [])),
		);
		if (errors !== undefined)
			this.errors = Object.fromEntries(Object.entries(errors).map(([name, text]) => [name, String(text)]));
	}
}

/** Options that only root@pam may set or delete; `param` is the one parameter to name, else each its own. */
export function rootOnly(verb: 'set' | 'delete', names: readonly string[], param?: string): ApiError {
	const message = (list: readonly string[]) => {
		const quoted = enumerate(
			list.map((name) => `'${name}'`),
			20,
		);
		return verb === 'set'
			? msg('Only root@pam may set {0}.', quoted)
			: msg('Only root@pam may delete {0}.', quoted);
	};
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

/** One text that is both the message and the reason at a parameter. */
export function refusal(status: ApiError['status'], code: string, param: string, message: Message): ApiError {
	return new ApiError(status, code, message, { [param]: message });
}

/** What a person reads of an error, whatever was thrown. */
export function reasonText(error: unknown): Message {
	return error instanceof TextError ? error.text : verbatim(reasonOf(error));
}

/** The same in English, for the journal and for tasks. */
export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
