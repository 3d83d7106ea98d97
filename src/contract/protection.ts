import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { client, digest, flag, force, nullable, text, upid, whole, words } from './kit/values.ts';

export const presetIds = ['standard', 'strict', 'one-attempt'] as const;

const presetId = words([...presetIds], { description: 'The ID of the preset.' });

/** What is asked for; left out, the answer says what it would be. */
const request = {
	preset: Type.Optional(presetId),
	jails: Type.Optional(
		Type.String({
			description: 'List of jails to enable. Other jails stay as they are.',
			maxLength: 256,
			pve: { format: 'string-list' },
		}),
	),
	ignore: Type.Optional(
		Type.String({
			description: 'List of IP addresses and networks to add to the ignore list.',
			maxLength: 16_384,
			pve: { format: 'string-list' },
		}),
	),
	client: Type.Optional(client),
};

export const protectionPreset = Type.Object({
	id: presetId,
	title: text('The title of the preset.'),
	text: text('What it does, in a few sentences.'),
	maxretry: whole('The number of failures that ban an address.'),
	findtime: text('The time in which failures are counted, e.g. 10m.'),
	bantime: text('How long an address is banned, e.g. 10m.'),
	maxtime: nullable(Type.String({ description: 'The longest ban, if bans grow.' })),
	increment: flag('Whether each ban of an address is longer than the one before.'),
	messages,
});

export const protectionJail = Type.Object({
	jail: text('The name of the jail.'),
	protects: text('What it protects, in words.'),
	ports: text('The ports that a banned address cannot reach, e.g. "22" or "all".'),
	available: flag('Whether it can be enabled on this node.'),
	reason: nullable(text('Why it cannot be enabled, and what to do about it.')),
	chosen: flag('Whether the request enables it.'),
	running: flag('Whether the jail is running.'),
	failures: nullable(
		Type.Integer({
			description: 'Number of failed logins of the last 7 days. Not set if not counted yet.',
		}),
	),
	'at-least': flag('Whether there may be more failures, as not all lines were read.'),
	messages,
});

export const protectionIgnore = Type.Object({
	address: Type.String({ description: 'The IP address or network.' }),
	kind: words(['client', 'node', 'gateway', 'loopback', 'network', 'existing', 'asked'], {
		description: 'What it is; asked is one from the request.',
	}),
	text: Type.String({ description: 'What it is, in words.' }),
	chosen: flag('Whether it is ignored afterwards.'),
	present: flag('Whether each of the requested jails ignores it already.'),
	messages,
});

export const protectionFile = Type.Object({
	file: Type.String({ description: 'The file, below the configuration folder.' }),
	state: words(['created', 'changed', 'unchanged'], { description: 'What happens to the file.' }),
	diff: Type.String({
		description:
			'Unified diff. Without the context lines for others than root@pam, as those may hold secrets.',
	}),
});

export const getProtection = endpoint({
	method: 'GET',
	path: '/protection',
	description: 'Get how the logins of this node can be protected, and what that would change.',
	permission: 'audit',
	params: Type.Object(request),
	answer: Type.Object({
		applied: flag('Whether login jails are enabled with the values of a preset.'),
		preset: nullable(
			words([...presetIds], {
				description: 'The preset whose values the enabled jails have. Not set for none or mixed values.',
			}),
		),
		asked: words([...presetIds], { description: 'The preset of the request.' }),
		presets: Type.Array(protectionPreset, { description: 'The presets.' }),
		jails: Type.Array(protectionJail, { description: 'The jails that protect logins.' }),
		ignore: Type.Array(protectionIgnore, { description: 'The addresses that are or could be ignored.' }),
		client: nullable(text('The IP address of the caller, if known.')),
		'client-known': flag('Whether the IP address of the caller is known.'),
		files: Type.Array(protectionFile, { description: 'The files that the change is about.' }),
		starts: Type.Array(Type.String(), { description: 'Jails that start.' }),
		restarts: Type.Array(Type.String(), {
			description: 'Running jails that restart: their bans are lifted and set again.',
		}),
		banned: Type.Array(Type.String(), {
			description: 'The first 100 addresses that past failures ban at once. Only filled with Sys.Syslog.',
		}),
		'banned-total': nullable(
			Type.Integer({ description: 'Number of addresses that are banned at once. Not set if not known yet.' }),
		),
		'server-running': flag('Whether fail2ban is running. If not, it is started as well.'),
		digest: text('SHA-1 digest of the configuration.'),
		problem: nullable(text('Why it would be refused.')),
		messages,
	}),
	task: 'no',
});

export const applyProtection = endpoint({
	method: 'POST',
	path: '/protection',
	description:
		'Protect the logins of this node with one configuration change, then test each jail on its log.',
	permission: 'modify',
	params: Type.Object({ ...request, digest: Type.Optional(digest), force: Type.Optional(force) }),
	answer: upid,
	task: 'yes',
});
