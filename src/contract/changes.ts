import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { client, force, limit, nullable, provisional, start, words } from './kit/values.ts';

const changeId = Type.String({
	description: 'Identifier of the change.',
	maxLength: 64,
	pattern: '^[0-9A-Za-z-]+$',
	rule: 'Letters, digits and -.',
});

const state = words(['applied', 'undone', 'failed', 'running', 'outside', 'provisional', 'not-kept'], {
	description:
		'It holds or held; it was taken back; it failed and was undone; it is being made; it was made outside of this interface; it waits to be kept; or it was not kept and is undone.',
});

const summary = {
	id: Type.String(),
	time: nullable(Type.Integer({ description: 'Of an edit made outside: when the file last changed.' })),
	user: nullable(Type.String({ description: 'null: not known, since it was made outside.' })),
	what: Type.String(),
	files: Type.Array(Type.String()),
	state,
};

export const changeRow = Type.Object(summary);

export const listChanges = endpoint({
	method: 'GET',
	path: '/changes',
	description: 'Changes of the configuration, the newest first, with edits made outside.',
	permission: 'audit',
	params: Type.Object({ start: Type.Optional(start), limit: Type.Optional(limit) }),
	answer: Type.Array(changeRow),
	task: 'no',
});

export const getChange = endpoint({
	method: 'GET',
	path: '/changes/{id}',
	description: 'One change of the configuration; only root@pam sees its diff.',
	permission: 'audit',
	params: Type.Object({ id: changeId }),
	answer: Type.Object({
		...summary,
		forced: Type.Boolean({ description: 'The user insisted although a warning was given.' }),
		diff: nullable(Type.String({ description: 'Unified diff of all files.' })),
		refused: nullable(Type.String({ description: 'Why it cannot be reverted now; null: it can.' })),
		stops: Type.Array(Type.String(), { description: 'Jails that no longer run once it is reverted.' }),
	}),
	task: 'no',
});

export const revertChange = endpoint({
	method: 'POST',
	path: '/changes/{id}/revert',
	description: 'Bring the files back to what they were before a change, and apply that.',
	permission: 'modify',
	params: Type.Object({ id: changeId, client: Type.Optional(client), force: Type.Optional(force) }),
	answer: Type.Object({
		id: Type.String({ description: 'Of the new change.' }),
		files: Type.Array(Type.String()),
		pending: Type.Boolean({ description: 'Written, but fail2ban does not run.' }),
		provisional,
	}),
	task: 'maybe',
});

export const confirmChange = endpoint({
	method: 'POST',
	path: '/changes/{id}/confirm',
	description: 'Keep a provisional change; only for the user who made it, or root@pam.',
	permission: 'modify',
	params: Type.Object({ id: changeId }),
	answer: Type.Object({ id: Type.String() }),
	task: 'no',
});
