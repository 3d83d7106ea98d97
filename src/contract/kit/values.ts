import { type TSchema, Type } from '@sinclair/typebox';

/** Parameters and answers that several endpoints share. Times are Unix seconds, durations seconds. */

export const jailName = Type.String({
	description: 'Name of the jail.',
	pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,23}$',
	rule: 'Letters, digits, - and _, at most 24 characters.',
});

/** Jails made by hand may have any name; only new ones are held to `jailName`. */
export const anyJailName = Type.String({
	description: 'Name of the jail.',
	minLength: 1,
	maxLength: 128,
	pattern: '^[^\\u0000-\\u001f\\u007f/\\]\\[]+$',
	rule: 'A jail name has no slash, bracket or control character.',
});

export const digest = Type.String({
	description: 'SHA-1 over the configuration that the change is based on; refused if it changed since.',
	pattern: '^[0-9a-f]{40}$',
	rule: '40 hexadecimal digits.',
});

export const client = Type.String({
	description: 'The address of the browser, a hint for the lockout guard.',
	maxLength: 64,
	pve: { format: 'ip' },
});

export const force = Type.Boolean({
	description: 'Make the change though it bans the caller, a cluster node or a gateway.',
});

export const addressList = Type.String({
	description: 'Addresses, separated by commas or white space.',
	maxLength: 65_536,
	pve: { format: 'string-list' },
});

export const start = Type.Integer({
	description: 'First row, counted from 0.',
	minimum: 0,
	maximum: 100_000_000,
});
export const limit = Type.Integer({ description: 'Number of rows at most.', minimum: 0, maximum: 1000 });

export function nullable<T extends TSchema>(schema: T) {
	return Type.Union([schema, Type.Null()]);
}

/** In the answer of a change: it is undone again unless it is confirmed in time. */
export const provisional = nullable(
	Type.Object(
		{
			id: Type.String({ description: 'The change, for POST /changes/{id}/confirm.' }),
			seconds: Type.Integer({ description: 'Time left for it.' }),
			reason: Type.String({ description: 'Why it must be confirmed, one sentence.' }),
		},
		{ description: 'The change is undone unless it is confirmed in time; null: it stands.' },
	),
);

export function words<T extends string[]>(values: [...T], options: Record<string, unknown> = {}) {
	return Type.Unsafe<T[number]>(Type.String({ enum: values, ...options }));
}
