import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { client, flag, force, nullable, provisional, text, whole, words } from './kit/values.ts';

/** The service looks the name up among the files that are there, so this only keeps odd characters out. */
const anyFileName = Type.String({
	description: 'The name of the file below the configuration folder, e.g. jail.d/sshd.local.',
	pve: { typetext: '<file>' },
	minLength: 1,
	maxLength: 255,
	pattern: '^[^\\u0000-\\u001f\\u007f]+$',
	rule: 'No control characters.',
});

const localFileName = Type.String({
	description: 'The name of a .local file below the configuration folder, e.g. jail.d/sshd.local.',
	pve: { typetext: '<file>' },
	maxLength: 255,
	pattern: '^(?:(?:jail|fail2ban|filter|action)\\.d/)?[A-Za-z0-9][A-Za-z0-9._-]*\\.local$',
	rule: 'A .local file at the top or in jail.d, fail2ban.d, filter.d or action.d, of letters, digits, dots, - and _.',
});

const content = Type.String({
	description: 'The content of the file.',
	pve: { typetext: '<text>' },
	maxLength: 200_000,
	pattern: '^[^\\u0000]*$',
	rule: 'No NUL characters.',
});

const fileDigest = Type.String({
	description: 'Prevent changes if the file has a different digest by now.',
	maxLength: 64,
});

const check = Type.Boolean({ description: 'Only check the text, and save nothing.' });

const origin = words(['package', 'changed', 'local'], {
	description:
		'Whether a package ships it unchanged (package), it was changed since (changed), or it was made on this node (local).',
});

const fileProblem = Type.Object({
	line: nullable(
		Type.Integer({ description: 'The line, counted from 1. Not set if it is about the whole file.' }),
	),
	message: text('What is wrong.'),
	messages,
});

export const fileRow = Type.Object({
	name: Type.String({ description: 'The name of the file below the configuration folder.' }),
	size: whole('Size in bytes.'),
	mtime: whole('Time of the last modification (UNIX epoch).'),
	origin,
	package: nullable(Type.String({ description: 'The package that ships it.' })),
	used: Type.Boolean({ description: 'Whether fail2ban reads it, so that its content can be shown.' }),
	edit: nullable(words(['root'], { description: 'Who may edit it here. Not set if nobody may.' })),
});

export const listFiles = endpoint({
	method: 'GET',
	path: '/files',
	description: 'List the files below the configuration folder.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(fileRow),
	task: 'no',
});

export const getFile = endpoint({
	method: 'GET',
	path: '/file',
	description: 'Get the content of a configuration file.',
	permission: 'root',
	params: Type.Object({ name: anyFileName }),
	answer: Type.Object({
		name: text('The name of the file below the configuration folder.'),
		content: text('The content of the file.'),
		digest: text('SHA-1 digest of the file.'),
		origin,
		package: nullable(text('The package that ships it.')),
		editable: flag('Whether the caller may edit it here.'),
		problems: Type.Array(fileProblem, { description: 'What is wrong with it.' }),
	}),
	task: 'no',
});

const fileChange = Type.Object({
	problems: Type.Array(fileProblem, { description: 'What is wrong with the text.' }),
	stops: Type.Array(Type.String(), { description: 'Jails that stop running with it.' }),
	digest: nullable(
		Type.String({ description: 'SHA-1 digest of the file as it is now. Not set if there is no file.' }),
	),
	pending: flag('Whether it waits for fail2ban to be started.'),
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
	description: 'Replace the content of a .local file, and apply it.',
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
	description: 'Delete a .local file, and apply that.',
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
