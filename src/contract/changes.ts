import { Type } from '@sinclair/typebox';
import { directory } from './kit/directory.ts';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import {
	client,
	flag,
	force,
	limit,
	nullable,
	provisional,
	start,
	text,
	whole,
	words,
} from './kit/values.ts';

const changeId = Type.String({
	description: 'The ID of the change.',
	pve: { typetext: '<id>' },
	maxLength: 64,
	pattern: '^[0-9A-Za-z-]+$',
	rule: 'Letters, digits and -.',
});

const state = words(['applied', 'undone', 'failed', 'running', 'outside', 'provisional', 'not-kept'], {
	description:
		'Whether it was applied, undone, failed and was undone, is running, was made outside of this interface, is provisional and waits for confirmation, or was not kept and is undone.',
});

const summary = {
	id: text('The ID of the change.'),
	time: nullable(
		whole('Time of the change (UNIX epoch). Of an edit made outside, when the file last changed.'),
	),
	user: nullable(text('The user who made it. Not set for an edit made outside.')),
	what: text('What was changed, in words.'),
	files: Type.Array(Type.String(), { description: 'The changed files, below the configuration folder.' }),
	state,
	messages,
};

export const changeRow = Type.Object(summary);

export const listChanges = endpoint({
	method: 'GET',
	path: '/changes',
	description: 'List configuration changes, newest first, with edits made outside of this interface.',
	permission: 'audit',
	params: Type.Object({ start: Type.Optional(start), limit: Type.Optional(limit) }),
	answer: Type.Array(changeRow),
	task: 'no',
});

export const getChangeIndex = directory('/changes/{id}', Type.Object({ id: changeId }));

export const getChangeStatus = endpoint({
	method: 'GET',
	path: '/changes/{id}/status',
	description: 'Get a configuration change. Only root@pam gets its diff.',
	permission: 'audit',
	params: Type.Object({ id: changeId }),
	answer: Type.Object({
		...summary,
		forced: flag('Whether the user forced it despite a warning.'),
		diff: nullable(Type.String({ description: 'Unified diff of all files. Only set for root@pam.' })),
		refused: nullable(Type.String({ description: 'Why it cannot be reverted now. Not set if it can.' })),
		removes: Type.Array(Type.String(), { description: 'Files that are removed when it is reverted.' }),
		stops: Type.Array(Type.String(), { description: 'Jails that stop running when it is reverted.' }),
	}),
	task: 'no',
});

export const revertChange = endpoint({
	method: 'POST',
	path: '/changes/{id}/revert',
	description: 'Restore the files as they were before a change, and apply them.',
	permission: 'modify',
	params: Type.Object({ id: changeId, client: Type.Optional(client), force: Type.Optional(force) }),
	answer: Type.Object({
		id: Type.String({ description: 'The ID of the new change.' }),
		files: Type.Array(Type.String(), { description: 'The restored files.' }),
		pending: flag('Whether it waits for fail2ban to be started.'),
		provisional,
	}),
	task: 'maybe',
});

export const confirmChange = endpoint({
	method: 'POST',
	path: '/changes/{id}/confirm',
	description: 'Confirm a provisional change. Only for the user who made it, or root@pam.',
	permission: 'modify',
	params: Type.Object({ id: changeId }),
	answer: Type.Object({ id: text('The ID of the change.') }),
	task: 'no',
});
