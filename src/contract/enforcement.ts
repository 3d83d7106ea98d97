import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { anyJailName, client, force, nullable } from './kit/values.ts';

export const enforcementRow = Type.Object({
	jail: Type.String(),
	target: nullable(
		Type.String({
			description:
				'Where the firewall keeps the bans, e.g. "nftables set inet f2b-table addr-set-sshd"; null: no firewall that can be looked into.',
		}),
	),
	banned: Type.Integer({ description: 'Bans of the jail, as fail2ban counts them.' }),
	enforced: nullable(
		Type.Integer({ description: 'Bans that the firewall really holds; null: not known, see reason.' }),
	),
	missing: Type.Array(Type.String(), { description: 'Banned addresses that it lets in, the first 100.' }),
	missingTotal: Type.Integer(),
	reason: nullable(
		Type.String({ description: 'Why bans are missing, or why it is not known; null: nothing to tell.' }),
	),
});

export const getEnforcement = endpoint({
	method: 'GET',
	path: '/enforcement',
	description: 'Whether the firewall holds what fail2ban bans, for all bans of each running jail.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(enforcementRow),
	task: 'no',
});

export const postEnforcement = endpoint({
	method: 'POST',
	path: '/enforcement',
	description:
		'Puts missing bans back into the firewall; their times and counts stay as they are, and other bans stay enforced.',
	permission: 'modify',
	params: Type.Object({
		jail: Type.Optional(anyJailName),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: Type.String({ description: 'UPID of the task.' }),
	task: 'yes',
});
