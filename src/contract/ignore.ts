import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import {
	addressList,
	anyJailName,
	client,
	digest,
	force,
	nullable,
	provisional,
	words,
} from './kit/values.ts';

export const ignoreRow = Type.Object({
	id: Type.String({ description: 'Scope and entry, unique.' }),
	ip: Type.String({ description: 'Address, network, or whatever stands in ignoreip.' }),
	jail: nullable(Type.String({ description: 'null: all jails.' })),
	comment: Type.String(),
	added: nullable(Type.Integer()),
	user: nullable(Type.String()),
	file: nullable(Type.String()),
	line: nullable(Type.Integer()),
	covers: Type.Boolean({ description: 'The caller’s address is in it.' }),
	except: Type.Array(Type.String(), {
		description: 'Enabled jails that do not ignore it, because they have a list of their own without it.',
	}),
	banned: nullable(
		Type.Array(Type.String(), {
			description:
				'Jails that ignore it, yet still ban addresses of it from before; null: fail2ban did not tell in time.',
		}),
	),
	fixed: nullable(
		words(['package', 'form', 'interpolated', 'overridden'], {
			description:
				'Why it cannot be changed here: a file that is no .local, no literal address, from another option, or a file read later wins. null: it can.',
		}),
	),
});

export const listIgnore = endpoint({
	method: 'GET',
	path: '/ignore',
	description: 'Addresses that are never banned.',
	permission: 'audit',
	params: Type.Object({ client: Type.Optional(client) }),
	answer: Type.Array(ignoreRow),
	task: 'no',
});

const ignoreChange = Type.Object({
	added: Type.Integer(),
	removed: Type.Integer(),
	unbanned: Type.Integer(),
	pending: Type.Boolean({ description: 'Written, but fail2ban does not run.' }),
	provisional,
});

export const addIgnore = endpoint({
	method: 'POST',
	path: '/ignore',
	description: 'Never ban these addresses; on an entry that exists, replace its comment.',
	permission: 'modify',
	params: Type.Object({
		ip: addressList,
		jail: Type.Optional(anyJailName),
		comment: Type.Optional(
			Type.String({ description: 'Why.', maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
		),
		unban: Type.Optional(Type.Boolean({ description: 'Also lift their bans.' })),
		digest: Type.Optional(digest),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: ignoreChange,
	task: 'no',
});

export const removeIgnore = endpoint({
	method: 'DELETE',
	path: '/ignore',
	description: 'Addresses can be banned again.',
	permission: 'modify',
	params: Type.Object({
		ip: addressList,
		jail: Type.Optional(anyJailName),
		digest: Type.Optional(digest),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: ignoreChange,
	task: 'no',
});
