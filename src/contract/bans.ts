import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import {
	addressList,
	anyJailName,
	client,
	flag,
	force,
	limit,
	nullable,
	start,
	text,
	whole,
	words,
} from './kit/values.ts';
import { testSpan } from './workbench.ts';

export const banRow = Type.Object({
	id: text('Unique ID of the row: jail and address.'),
	ip: text('The banned IP address or network.'),
	jail: text('The name of the jail.'),
	since: whole('Start of the ban (UNIX epoch).'),
	until: nullable(whole('End of the ban (UNIX epoch). Not set for a permanent ban.')),
	bantime: whole('Length of the ban in seconds, -1 for a permanent ban.'),
	remaining: nullable(whole('Seconds left. Not set for a permanent ban.')),
	count: whole('How often the jail has banned the address.'),
});

export const listBans = endpoint({
	method: 'GET',
	path: '/bans',
	description: 'List banned addresses.',
	permission: 'audit',
	params: Type.Object({
		jail: Type.Optional(anyJailName),
		search: Type.Optional(
			Type.String({
				description: 'Only list addresses that contain this text, or that are in this network.',
				maxLength: 64,
			}),
		),
		start: Type.Optional(start),
		limit: Type.Optional(limit),
		sort: Type.Optional(
			words(['ip', 'jail', 'since', 'until', 'bantime', 'count'], { description: 'Sort by this property.' }),
		),
		dir: Type.Optional(words(['ASC', 'DESC'], { description: 'Sort order.' })),
	}),
	answer: Type.Array(banRow),
	task: 'no',
});

/** A line of a log; the only group in `spans` is `ip`. */
const matchedLine = Type.Object({
	text: text('The log line.'),
	spans: Type.Array(testSpan, { description: 'Where the address is in the line.' }),
});

export const banOfJail = Type.Object({
	jail: text('The name of the jail.'),
	since: whole('Start of the ban (UNIX epoch).'),
	until: nullable(whole('End of the ban (UNIX epoch). Not set for a permanent ban.')),
	bantime: whole('Length of the ban in seconds, -1 for a permanent ban.'),
	remaining: nullable(whole('Seconds left. Not set for a permanent ban.')),
	count: whole('How often the jail has banned the address.'),
	enforced: nullable(
		Type.Boolean({
			description:
				'Whether the firewall enforces the ban for each action of the jail. Not set if that is unknown.',
		}),
	),
	failures: nullable(
		Type.Integer({
			description:
				'Number of failures that led to the ban, 0 if it was banned by hand. Not set if not recorded.',
		}),
	),
	'last-failure': nullable(
		Type.Integer({
			description:
				'Time of the last failure within findtime (UNIX epoch). Further failures ban the address again after an unban.',
		}),
	),
	lines: nullable(
		Type.Array(matchedLine, {
			description: 'The last 100 log lines that led to the ban. Only set with Sys.Syslog.',
		}),
	),
});

export const banEvent = Type.Object({
	time: whole('Time of the event (UNIX epoch).'),
	jail: text('The name of the jail.'),
	event: words(['found', 'ban', 'restore', 'unban', 'ignore'], {
		description: 'What happened; restore is a ban set again when fail2ban started.',
	}),
	count: nullable(
		Type.Integer({ description: 'Of a ban, how many bans of the address there were by then.' }),
	),
	bantime: nullable(
		Type.Integer({ description: 'Of a ban, its length in seconds, -1 for a permanent ban.' }),
	),
});

export const getBan = endpoint({
	method: 'GET',
	path: '/bans/{ip}',
	description: 'Get why an address is banned, whether the firewall enforces the ban, and its history.',
	permission: 'audit',
	params: Type.Object({
		ip: Type.String({
			description: 'The banned IP address. A network has _ instead of the slash, e.g. 203.0.113.0_24.',
			pve: { typetext: '<ip>' },
			minLength: 1,
			maxLength: 128,
			pattern: '^[^\\u0000-\\u001f\\u007f/]+$',
			rule: 'An address, or a network with _ in place of the slash.',
		}),
	}),
	answer: Type.Object({
		ip: text('The IP address or network.'),
		jails: Type.Array(banOfJail, { description: 'The bans of the address, one for each jail.' }),
		history: Type.Array(banEvent, { description: 'The last 200 events, from the database and the log.' }),
		complete: flag('Whether the log was read to its beginning.'),
	}),
	task: 'no',
});

export const createBans = endpoint({
	method: 'POST',
	path: '/bans',
	description: 'Ban addresses in a jail, for the bantime of that jail.',
	permission: 'modify',
	params: Type.Object({
		ip: addressList,
		jail: anyJailName,
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: Type.Object({
		banned: Type.Integer({ description: 'Number of new bans.' }),
		already: Type.Integer({ description: 'Number of addresses that were banned already.' }),
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
		cidr: Type.Optional(Type.String({ description: 'Unban every address in this network.', maxLength: 64 })),
		jail: Type.Optional(anyJailName),
		all: Type.Optional(Type.Boolean({ description: 'Unban everything.' })),
		ignore: Type.Optional(Type.Boolean({ description: 'Also add the addresses to the ignore list.' })),
	}),
	answer: Type.Object({
		unbanned: Type.Integer({ description: 'Number of bans lifted, counted once for each jail.' }),
		ignored: Type.Integer({ description: 'Number of entries added to the ignore list.' }),
	}),
	task: 'maybe',
});
