import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { client, nullable, words } from './kit/values.ts';

export const checkRow = Type.Object({
	id: Type.String({ description: 'Stable word, e.g. ssh-root-password.' }),
	state: words(['good', 'warning', 'critical', 'unknown'], {
		description: 'unknown: it could not be found out; the text says why.',
	}),
	text: Type.String({ description: 'What is so, in a sentence.' }),
	hint: nullable(Type.String({ description: 'What to do about it; null: nothing.' })),
	link: nullable(
		Type.String({
			description:
				"Where it is mended: an entry of the node's menu such as fail2ban-jails or firewall; protection: in Set Up Protection; reapply: by POST /enforcement; repair: in Repair Configuration.",
		}),
	),
});

export const getChecks = endpoint({
	method: 'GET',
	path: '/checks',
	description: 'The hardening check list: what protects the log-ins of this node, and what is missing.',
	permission: 'audit',
	params: Type.Object({
		client: Type.Optional(client),
		id: Type.Optional(
			Type.String({ description: 'Only this check, e.g. client-ignored.', pattern: '^[a-z-]{1,40}$' }),
		),
	}),
	answer: Type.Array(checkRow),
	task: 'no',
});
