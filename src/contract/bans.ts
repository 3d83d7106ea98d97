import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { addressList, anyJailName, client, force, limit, nullable, start, words } from './kit/values.ts';
import { testSpan } from './workbench.ts';

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

/** A line of a log; the one group that is told is `ip`. */
export const matchedLine = Type.Object({ text: Type.String(), spans: Type.Array(testSpan) });

export const banOfJail = Type.Object({
	jail: Type.String(),
	since: Type.Integer(),
	until: nullable(Type.Integer({ description: 'null: permanent.' })),
	bantime: Type.Integer({ description: 'Seconds; -1 is permanent.' }),
	remaining: nullable(Type.Integer({ description: 'Seconds left; null: permanent.' })),
	count: Type.Integer({ description: 'How often the jail banned the address.' }),
	enforced: nullable(
		Type.Boolean({
			description:
				'The firewall holds the ban of each of the jail’s actions; null: not known, as with actions for no firewall.',
		}),
	),
	failures: nullable(
		Type.Integer({ description: 'Failures that led to the ban, 0: banned by hand; null: not recorded.' }),
	),
	lastFailure: nullable(
		Type.Integer({
			description:
				'Time of the newest failure that fail2ban’s log tells within the jail’s findtime; null: none. More of them ban again after an unban.',
		}),
	),
	lines: nullable(
		Type.Array(matchedLine, {
			description: 'Log lines that led to the ban, the newest 100; null: the caller lacks Sys.Syslog.',
		}),
	),
});

export const banEvent = Type.Object({
	time: Type.Integer(),
	jail: Type.String(),
	event: words(['found', 'ban', 'restore', 'unban', 'ignore'], {
		description: 'What happened; restore: banned again at a start of fail2ban.',
	}),
	count: nullable(Type.Integer({ description: 'Of a ban: the how manieth.' })),
	bantime: nullable(Type.Integer({ description: 'Of a ban: seconds, -1 is permanent.' })),
});

export const getBan = endpoint({
	method: 'GET',
	path: '/bans/{ip}',
	description: 'Why an address is banned, whether the firewall enforces it, and what happened before.',
	permission: 'audit',
	params: Type.Object({
		ip: Type.String({
			description: 'A banned address; a network with _ for the slash, e.g. 203.0.113.0_24.',
			minLength: 1,
			maxLength: 128,
			pattern: '^[^\\u0000-\\u001f\\u007f/]+$',
			rule: 'An address, or a network with _ for the slash.',
		}),
	}),
	answer: Type.Object({
		ip: Type.String(),
		jails: Type.Array(banOfJail),
		history: Type.Array(banEvent, { description: 'The newest 200 events, from database and log.' }),
		complete: Type.Boolean({ description: 'The log was read to its beginning.' }),
	}),
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
