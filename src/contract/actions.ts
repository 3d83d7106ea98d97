import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { nullable, words } from './kit/values.ts';

const actionName = Type.String({
	description: 'Name of the action, as a jail names it.',
	pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$',
	rule: 'An action’s name has letters, digits, ., _ and -.',
});

const described = {
	name: Type.String({ description: 'As a jail names it; a Python action with its ending.' }),
	file: Type.String({ description: 'Relative to the configuration folder; the one that counts most.' }),
	origin: words(['package', 'changed', 'local'], {
		description: 'package: a .conf file; changed: a .local file beside it; local: a .local file alone.',
	}),
	bans: Type.Boolean({ description: 'It bans; false for a file that others only include.' }),
	banaction: Type.Boolean({ description: 'The caller may choose it as banaction.' }),
	problem: nullable(Type.String({ description: 'Why fail2ban cannot read it.' })),
};

export const actionRow = Type.Object({
	...described,
	parameters: Type.Array(Type.String(), { description: 'Names of the parameters that a jail may set.' }),
});

export const actionDetail = Type.Object({
	...described,
	digest: Type.String({ description: 'SHA-1 over its files.' }),
	parameters: Type.Array(
		Type.Object({
			name: Type.String(),
			value: Type.String({ description: 'As written; only root@pam sees what may be a secret.' }),
			file: Type.String(),
			line: Type.Integer(),
		}),
	),
});

export const listActions = endpoint({
	method: 'GET',
	path: '/actions',
	description: 'Installed actions.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(actionRow),
	task: 'no',
});

export const getAction = endpoint({
	method: 'GET',
	path: '/actions/{name}',
	description: 'One action with its parameters.',
	permission: 'audit',
	params: Type.Object({ name: actionName }),
	answer: actionDetail,
	task: 'no',
});
