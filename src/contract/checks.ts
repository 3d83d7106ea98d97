import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { client, nullable, text, words } from './kit/values.ts';

export const checkRow = Type.Object({
	id: text('The ID of the check, e.g. ssh-root-password.'),
	state: words(['good', 'warning', 'critical', 'unknown'], {
		description: 'The result. If it is unknown, the text says why.',
	}),
	text: text('The finding in one sentence.'),
	hint: nullable(Type.String({ description: 'What to do about it.' })),
	link: nullable(
		Type.String({
			description:
				"Where to fix it: an entry of the node's menu, e.g. fail2ban-jails or firewall, or protection (Set Up Protection), reapply (POST /enforcement), repair (Repair Configuration).",
		}),
	),
	messages,
});

export const getChecks = endpoint({
	method: 'GET',
	path: '/checks',
	description: 'Check what protects the logins of this node, and what is missing.',
	permission: 'audit',
	params: Type.Object({
		client: Type.Optional(client),
		id: Type.Optional(
			Type.String({
				description: 'Only run this check, e.g. client-ignored.',
				pattern: '^[a-z-]{1,40}$',
				pve: { typetext: '<check>' },
			}),
		),
	}),
	answer: Type.Array(checkRow),
	task: 'no',
});
