import { type TSchema, Type } from '@sinclair/typebox';
import { messages } from './message.ts';

/** Parameters and answers that several endpoints share. Times are Unix seconds, durations seconds. */

/** Fields of an answer with nothing to say about them but what they mean. */
export const text = (description: string) => Type.String({ description });
export const whole = (description: string) => Type.Integer({ description });
export const flag = (description: string) => Type.Boolean({ description });

export const jailName = Type.String({
	description: 'The name of the jail.',
	pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,23}$',
	pve: { typetext: '<jail>' },
	rule: 'Letters, digits, - and _, at most 24 characters.',
});

/** Jails made by hand may have any name; only new ones are held to `jailName`. */
export const anyJailName = Type.String({
	description: 'The name of the jail.',
	pve: { typetext: '<jail>' },
	minLength: 1,
	maxLength: 128,
	pattern: '^[^\\u0000-\\u001f\\u007f/\\]\\[]+$',
	rule: 'No slashes, brackets or control characters.',
});

export const digest = Type.String({
	description: 'Prevent changes if the configuration has a different digest by now.',
	maxLength: 64,
});

export const client = Type.String({
	description: 'The IP address of the browser, which the lockout guard then protects too.',
	maxLength: 64,
	pve: { format: 'ip' },
});

export const upid = text('The UPID of the task.');

export const force = Type.Boolean({
	description: 'Make the change even if it bans the caller, a cluster node or a gateway.',
});

export const addressList = Type.String({
	description: 'List of IP addresses, separated by commas or white space.',
	maxLength: 65_536,
	pve: { format: 'string-list' },
});

export const start = Type.Integer({
	description: 'The first row to return, counted from 0.',
	minimum: 0,
	maximum: 100_000_000,
});
export const limit = Type.Integer({
	description: 'The maximum number of rows to return.',
	minimum: 0,
	maximum: 1000,
});

export function nullable<T extends TSchema>(schema: T) {
	return Type.Union([schema, Type.Null()]);
}

/** In the answer of a change: it is undone again unless it is confirmed in time. */
export const provisional = nullable(
	Type.Object(
		{
			id: Type.String({ description: 'The ID of the change, for POST /changes/{id}/confirm.' }),
			seconds: Type.Integer({ description: 'Seconds left to confirm it.' }),
			reason: Type.String({ description: 'Why it must be confirmed.' }),
			messages,
		},
		{ description: 'Set if the change is undone unless it is confirmed in time.' },
	),
);

export function words<T extends string[]>(values: [...T], options: Record<string, unknown> = {}) {
	return Type.Unsafe<T[number]>(Type.String({ enum: values, ...options }));
}
