import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { client, force, nullable, provisional, words } from './kit/values.ts';

/** The service looks the name up among the files that are there, so this only keeps odd characters out. */
const anyFileName = Type.String({
	description: 'Name of the file below the configuration folder, e.g. jail.d/sshd.local.',
	minLength: 1,
	maxLength: 255,
	pattern: '^[^\\u0000-\\u001f\\u007f]+$',
	rule: 'A file name has no control characters.',
});

const localFileName = Type.String({
	description: 'Name of a .local file below the configuration folder, e.g. jail.d/sshd.local.',
	maxLength: 255,
	pattern: '^(?:(?:jail|fail2ban|filter|action)\\.d/)?[A-Za-z0-9][A-Za-z0-9._-]*\\.local$',
	rule: 'Only .local files, at the top or in jail.d, fail2ban.d, filter.d or action.d; letters, digits, . - and _.',
});

const content = Type.String({
	description: 'The whole text of the file.',
	maxLength: 200_000,
	pattern: '^[^\\u0000]*$',
	rule: 'The text may not hold a NUL character.',
});

const fileDigest = Type.String({
	description: 'SHA-1 over the bytes that the change is based on; refused if the file changed since.',
	pattern: '^[0-9a-f]{40}$',
	rule: '40 hexadecimal digits.',
});

const check = Type.Boolean({ description: 'Only tell what is wrong with the text; nothing is saved.' });

const origin = words(['package', 'changed', 'local'], {
	description: 'As a package ships it, changed since, or made on this node.',
});

export const fileProblem = Type.Object({
	line: nullable(Type.Integer({ description: 'Counted from 1; null: the file as a whole.' })),
	message: Type.String(),
});

export const fileRow = Type.Object({
	name: Type.String({ description: 'Below the configuration folder.' }),
	size: Type.Integer({ description: 'Bytes.' }),
	mtime: Type.Integer(),
	origin,
	package: nullable(Type.String({ description: 'The package that ships it.' })),
	used: Type.Boolean({ description: 'fail2ban reads it, so that it can be shown.' }),
	edit: nullable(words(['root'], { description: 'Who may edit it here; null: nobody.' })),
});

export const listFiles = endpoint({
	method: 'GET',
	path: '/files',
	description: 'Every file below the configuration folder.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(fileRow),
	task: 'no',
});

export const getFile = endpoint({
	method: 'GET',
	path: '/file',
	description: 'Text of a configuration file.',
	permission: 'root',
	params: Type.Object({ name: anyFileName }),
	answer: Type.Object({
		name: Type.String(),
		content: Type.String(),
		digest: Type.String(),
		origin,
		package: nullable(Type.String()),
		editable: Type.Boolean(),
		problems: Type.Array(fileProblem),
	}),
	task: 'no',
});

const fileChange = Type.Object({
	problems: Type.Array(fileProblem, { description: 'Why the text would not be saved.' }),
	stops: Type.Array(Type.String(), { description: 'Jails that no longer run with it.' }),
	digest: nullable(Type.String({ description: 'Of the file as it is now; null: there is none.' })),
	pending: Type.Boolean({ description: 'Written, but fail2ban does not run.' }),
	provisional,
});

export const createFile = endpoint({
	method: 'POST',
	path: '/file',
	description: 'Create a .local file.',
	permission: 'root',
	params: Type.Object({
		name: localFileName,
		content,
		check: Type.Optional(check),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: fileChange,
	task: 'maybe',
});

export const updateFile = endpoint({
	method: 'PUT',
	path: '/file',
	description: 'Replace the text of a .local file, and apply it.',
	permission: 'root',
	params: Type.Object({
		name: localFileName,
		content,
		digest: Type.Optional(fileDigest),
		check: Type.Optional(check),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: fileChange,
	task: 'maybe',
});

export const deleteFile = endpoint({
	method: 'DELETE',
	path: '/file',
	description: 'Remove a .local file, and apply that.',
	permission: 'root',
	params: Type.Object({
		name: localFileName,
		digest: Type.Optional(fileDigest),
		check: Type.Optional(check),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: fileChange,
	task: 'maybe',
});
