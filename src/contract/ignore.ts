import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import {
	addressList,
	anyJailName,
	client,
	digest,
	flag,
	force,
	nullable,
	provisional,
	text,
	whole,
	words,
} from './kit/values.ts';

export const ignoreRow = Type.Object({
	id: Type.String({ description: 'Unique ID of the row: jail and entry.' }),
	ip: Type.String({ description: 'The IP address, network or other entry, as written in ignoreip.' }),
	jail: nullable(Type.String({ description: 'The name of the jail. Not set if it holds for all jails.' })),
	comment: text('The comment.'),
	added: nullable(whole('When it was added here (UNIX epoch).')),
	user: nullable(text('The user who added it here.')),
	file: nullable(text('The file that has it.')),
	line: nullable(whole('The line in that file.')),
	covers: flag('Whether it covers the IP address of the caller.'),
	except: Type.Array(Type.String(), {
		description: 'Enabled jails that do not ignore it, because they have a list of their own without it.',
	}),
	banned: nullable(
		Type.Array(Type.String(), {
			description:
				'Jails that ignore it but still ban addresses of it from before. Not set if fail2ban did not respond in time.',
		}),
	),
	fixed: nullable(
		words(['package', 'form', 'interpolated', 'overridden'], {
			description:
				'Why it cannot be changed here: it is in a .conf file (package), not an address (form), taken from another option (interpolated), or overridden by a later file (overridden).',
		}),
	),
});

export const listIgnore = endpoint({
	method: 'GET',
	path: '/ignore',
	description: 'List the addresses that are never banned.',
	permission: 'audit',
	params: Type.Object({ client: Type.Optional(client) }),
	answer: Type.Array(ignoreRow),
	task: 'no',
});

const ignoreChange = Type.Object({
	added: whole('Number of entries added.'),
	removed: whole('Number of entries removed.'),
	unbanned: whole('Number of bans lifted.'),
	pending: flag('Whether it waits for fail2ban to be started.'),
	provisional,
});

export const addIgnore = endpoint({
	method: 'POST',
	path: '/ignore',
	description: 'Add addresses to the ignore list. Of an existing entry, replace the comment.',
	permission: 'modify',
	params: Type.Object({
		ip: addressList,
		jail: Type.Optional(anyJailName),
		comment: Type.Optional(
			Type.String({
				description: 'A comment.',
				maxLength: 200,
				pattern: '^[^\\u0000-\\u001f\\u007f]*$',
				pve: { typetext: '<text>' },
			}),
		),
		unban: Type.Optional(Type.Boolean({ description: 'Also unban the addresses.' })),
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
	description: 'Remove addresses from the ignore list.',
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
