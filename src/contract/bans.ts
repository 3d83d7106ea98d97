import { Type } from '@sinclair/typebox';
import { endpoint } from './endpoint.ts';
import { addressList, anyJailName, client, force, limit, nullable, start, words } from './values.ts';

export const banRow = Type.Object({
	id: Type.String({ description: 'Jail and address, unique.' }),
	ip: Type.String(),
	jail: Type.String(),
	since: Type.Integer(),
	until: nullable(Type.Integer({ description: 'null: permanent.' })),
	bantime: Type.Integer({ description: 'Seconds; -1 is permanent.' }),
	remaining: nullable(Type.Integer({ description: 'Seconds left; null: permanent.' })),
	count: Type.Integer({ description: 'How often the jail banned the address.' }),
	country: nullable(Type.String()),
});

export const listBans = endpoint({
	method: 'GET',
	path: '/bans',
	description: 'Banned addresses, a page at a time.',
	permission: 'audit',
	params: Type.Object({
		jail: Type.Optional(anyJailName),
		search: Type.Optional(
			Type.String({ description: 'Part of an address, or a whole CIDR.', maxLength: 64 }),
		),
		start: Type.Optional(start),
		limit: Type.Optional(limit),
		sort: Type.Optional(
			words(['ip', 'jail', 'since', 'until', 'bantime', 'count'], { description: 'Column to sort by.' }),
		),
		dir: Type.Optional(words(['ASC', 'DESC'], { description: 'Sort direction.' })),
	}),
	answer: Type.Array(banRow),
	task: 'no',
});

export const createBans = endpoint({
	method: 'POST',
	path: '/bans',
	description: 'Ban addresses in a jail, for the jail’s bantime.',
	permission: 'modify',
	params: Type.Object({
		ip: addressList,
		jail: anyJailName,
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: Type.Object({
		banned: Type.Integer({ description: 'New bans.' }),
		already: Type.Integer({ description: 'Addresses that were banned before.' }),
	}),
	task: 'no',
});

export const deleteBans = endpoint({
	method: 'DELETE',
	path: '/bans',
	description: 'Unban addresses, a network, a jail, or everything.',
	permission: 'modify',
	params: Type.Object({
		ip: Type.Optional(addressList),
		cidr: Type.Optional(Type.String({ description: 'A network.', maxLength: 64 })),
		jail: Type.Optional(anyJailName),
		all: Type.Optional(Type.Boolean({ description: 'Unban everything.' })),
		ignore: Type.Optional(Type.Boolean({ description: 'Also add the addresses to the ignore list.' })),
	}),
	answer: Type.Object({
		unbanned: Type.Integer({ description: 'Lifted bans, counted once for each jail.' }),
		ignored: Type.Integer({ description: 'Entries added to the ignore list.' }),
	}),
	task: 'maybe',
});
