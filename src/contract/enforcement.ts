import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { anyJailName, client, force, nullable, text, upid, whole } from './kit/values.ts';

export const enforcementRow = Type.Object({
	jail: text('The name of the jail.'),
	target: nullable(
		Type.String({
			description:
				'Where the firewall keeps the bans, e.g. "nftables set inet f2b-table addr-set-sshd". Not set if its actions use no known firewall.',
		}),
	),
	banned: Type.Integer({ description: 'Number of addresses that fail2ban bans.' }),
	enforced: nullable(
		Type.Integer({ description: 'Number of bans found in the firewall. Not set if unknown, see reason.' }),
	),
	missing: Type.Array(Type.String(), {
		description: 'The first 100 banned addresses that the firewall lets in.',
	}),
	'missing-total': whole('Number of banned addresses that the firewall lets in.'),
	reason: nullable(Type.String({ description: 'Why bans are missing, or why that is unknown.' })),
	messages,
});

export const getEnforcement = endpoint({
	method: 'GET',
	path: '/enforcement',
	description: 'Check for each running jail that the firewall enforces its bans.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(enforcementRow),
	task: 'no',
});

export const postEnforcement = endpoint({
	method: 'POST',
	path: '/enforcement',
	description:
		'Restore missing bans in the firewall. Their times and counts do not change, and other bans stay enforced.',
	permission: 'modify',
	params: Type.Object({
		jail: Type.Optional(anyJailName),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: upid,
	task: 'yes',
});
