import type { Static, TObject, TSchema } from '@sinclair/typebox';

/**
 * Who may call: `audit` = Sys.Audit, `modify` = Sys.Modify, `syslog` = Sys.Syslog (all on /nodes/{node}),
 * `root` = exactly root@pam, which an API token is not. With `+` the caller needs both.
 */
export type Permission = 'audit' | 'modify' | 'syslog' | 'modify+syslog' | 'root';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One call of the API, the single source of its validation, types, PVE schema and reference page. */
export interface Endpoint<Params extends TObject = TObject, Answer extends TSchema = TSchema> {
	method: Method;
	/** Below /nodes/{node}/fail2ban, and the path on the helper's socket; `{name}` is a path parameter. */
	path: string;
	description: string;
	permission: Permission;
	/** All parameters, those of the path included. Unknown ones are an error. */
	params: Params;
	answer: Answer;
	/** `yes`: always answers a task; `maybe`: a task when the work takes long, else the answer at once. */
	task: 'no' | 'maybe' | 'yes';
	/** Set: the API module answers by itself. See `directory`. */
	index?: true;
}

export function endpoint<Params extends TObject, Answer extends TSchema>(
	definition: Endpoint<Params, Answer>,
): Endpoint<Params, Answer> {
	return definition;
}

export type ParamsOf<E> = E extends Endpoint<infer P, TSchema> ? Static<P> : never;
export type AnswerOf<E> = E extends Endpoint<TObject, infer A> ? Static<A> : never;

/** What a failed call answers. */
export interface ErrorBody {
	error: {
		/** A stable word for programs, e.g. `digest-mismatch`. */
		code: string;
		/** One ASCII line for people. */
		message: string;
		/**
		 * Parameter name to message; besides `would-ban`, `tx-failed`, `tx-restored`, `tx-missing`, `tx-output`, and
		 * `messages`: what a panel can translate of these (kit/message.ts) as JSON, that of the message by the empty name.
		 */
		errors?: Record<string, string>;
	};
}

/** What a successful call that is no task answers. */
export interface DataBody<T> {
	data: T;
	/** Number of rows without paging, for lists that page. */
	total?: number;
}

/** The lines of a task's answer, one JSON object each (application/x-ndjson); `exit` is the last one. */
export type TaskLine = { line: string } | { exit: { ok: true } | { error: string } };
