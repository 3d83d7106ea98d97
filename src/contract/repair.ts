import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { client, digest, flag, force, nullable, text, upid, whole, words } from './kit/values.ts';

export const repairFinding = Type.Object({
	id: text('The ID of the finding, e.g. refuses-start. Several may share one.'),
	state: words(['critical', 'warning', 'info'], { description: 'How severe it is.' }),
	jail: nullable(text('The name of the jail.')),
	text: text('What is wrong and why.'),
	hint: nullable(Type.String({ description: 'What the repair does about it, or what is left to do.' })),
	file: nullable(text('The file, below the configuration folder.')),
	line: nullable(whole('The line in that file.')),
	messages,
});

const repairFile = Type.Object({
	file: text('The file, below the configuration folder.'),
	state: words(['created', 'changed', 'removed'], { description: 'What happens to the file.' }),
	diff: nullable(text('Unified diff. Only set for root@pam.')),
});

const filterCopy = Type.Object({
	file: text('The file, below the configuration folder.'),
	kind: words(['changed-conffile', 'own-file'], {
		description: 'Whether it is a changed file of a package or belongs to no package.',
	}),
	replaces: Type.String({ description: 'What is used instead: a filter, or the file of the package.' }),
});

const copies = Type.Boolean({
	description: 'Also delete copied filters, and restore what the package ships.',
});

export const getRepair = endpoint({
	method: 'GET',
	path: '/repair',
	description: 'Get what is wrong with a configuration made by hand, and what a repair would change.',
	permission: 'audit',
	params: Type.Object({ copies: Type.Optional(copies), client: Type.Optional(client) }),
	answer: Type.Object({
		findings: Type.Array(repairFinding, { description: 'What is wrong.' }),
		files: Type.Array(repairFile, { description: 'The files that the repair changes.' }),
		copies: Type.Array(filterCopy, { description: 'Filters that the repair deletes on request.' }),
		starts: Type.Array(Type.String(), { description: 'Jails that start.' }),
		needed: flag('Whether there is something to repair.'),
		root: flag('Whether only root@pam may run the repair.'),
		digest: text('SHA-1 digest of the configuration.'),
		problem: nullable(text('Why the repair is not possible or not enough.')),
		messages,
	}),
	task: 'no',
});

export const postRepair = endpoint({
	method: 'POST',
	path: '/repair',
	description:
		'Repair a configuration made by hand. Values set by the admin stay, copies that are in the way are removed.',
	permission: 'modify',
	params: Type.Object({
		copies: Type.Optional(copies),
		digest: Type.Optional(digest),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: upid,
	task: 'yes',
});
