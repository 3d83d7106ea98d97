import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { nullable, text, whole, words } from './kit/values.ts';

const actionName = Type.String({
	description: 'The name of the action, as a jail names it.',
	pve: { typetext: '<action>' },
	pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$',
	rule: 'Letters, digits, dots, - and _, at most 128 characters.',
});

const described = {
	name: Type.String({
		description: 'The name of the action, as a jail names it; a Python action keeps its .py.',
	}),
	file: Type.String({ description: 'The file that defines it, below the configuration folder.' }),
	origin: words(['package', 'changed', 'local'], {
		description:
			'Whether the package ships it (package), a .local file changes it (changed), or it exists only as a .local file (local).',
	}),
	bans: Type.Boolean({ description: 'Whether it bans addresses. Files that other actions include do not.' }),
	banaction: Type.Boolean({ description: 'Whether the caller may set it as banaction.' }),
	problem: nullable(Type.String({ description: 'Why fail2ban cannot read it.' })),
	messages,
};

export const actionRow = Type.Object({
	...described,
	parameters: Type.Array(Type.String(), { description: 'The names of the parameters that a jail may set.' }),
});

export const actionDetail = Type.Object({
	...described,
	digest: Type.String({ description: 'SHA-1 digest of its files.' }),
	parameters: Type.Array(
		Type.Object({
			name: text('The name of the parameter.'),
			value: text('The value as written. Values that may be secret are shown to root@pam only.'),
			file: text('The file that sets it.'),
			line: whole('The line in that file.'),
		}),
		{ description: 'The parameters that a jail may set.' },
	),
});

export const listActions = endpoint({
	method: 'GET',
	path: '/actions',
	description: 'List installed actions.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(actionRow),
	task: 'no',
});

export const getAction = endpoint({
	method: 'GET',
	path: '/actions/{name}',
	description: 'Get an action with its parameters.',
	permission: 'audit',
	params: Type.Object({ name: actionName }),
	answer: actionDetail,
	task: 'no',
});
