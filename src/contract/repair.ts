import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { client, digest, force, nullable, words } from './kit/values.ts';

export const repairFinding = Type.Object({
	id: Type.String({ description: 'Stable word, e.g. refuses-start; several findings may share one.' }),
	state: words(['critical', 'warning', 'info']),
	jail: nullable(Type.String()),
	text: Type.String({ description: 'What is so and why, with the file and line of winner and loser.' }),
	hint: nullable(Type.String({ description: 'What the repair does about it, or what is left to do.' })),
	file: nullable(Type.String({ description: 'Below the configuration folder.' })),
	line: nullable(Type.Integer()),
});

export const repairFile = Type.Object({
	file: Type.String(),
	state: words(['created', 'changed', 'removed']),
	diff: nullable(Type.String({ description: 'Unified diff; null: only root@pam may see it.' })),
});

export const filterCopy = Type.Object({
	file: Type.String(),
	kind: words(['changed-conffile', 'own-file'], {
		description: 'A file of a package that was changed, or one that belongs to none.',
	}),
	replaces: Type.String({ description: 'What is used in its place: a filter, or the package itself.' }),
});

const copies = Type.Boolean({
	description: 'Also remove the copied filters, and bring back what the package ships.',
});

export const getRepair = endpoint({
	method: 'GET',
	path: '/repair',
	description: 'What is wrong with a configuration made by hand, and what a repair would change.',
	permission: 'audit',
	params: Type.Object({ copies: Type.Optional(copies), client: Type.Optional(client) }),
	answer: Type.Object({
		findings: Type.Array(repairFinding),
		files: Type.Array(repairFile, { description: 'What the repair changes.' }),
		copies: Type.Array(filterCopy, { description: 'Filters that the repair removes if it is asked to.' }),
		starts: Type.Array(Type.String(), { description: 'Jails that run after the repair and do not now.' }),
		needed: Type.Boolean({ description: 'There is something to repair.' }),
		root: Type.Boolean({ description: 'Only root@pam may make the repair.' }),
		digest: Type.String(),
		problem: nullable(Type.String({ description: 'Why the repair cannot be made, or would not be enough.' })),
	}),
	task: 'no',
});

export const postRepair = endpoint({
	method: 'POST',
	path: '/repair',
	description:
		'Repair a configuration made by hand: the values of its admin stay, copies that only stand in the way go.',
	permission: 'modify',
	params: Type.Object({
		copies: Type.Optional(copies),
		digest: Type.Optional(digest),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: Type.String({ description: 'UPID of the task.' }),
	task: 'yes',
});
