import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { client, digest, force, nullable, words } from './kit/values.ts';

export const presetIds = ['standard', 'strict', 'one-attempt'] as const;

const presetId = words([...presetIds], { description: 'How strict the jails are.' });

/** What is asked for; left out, the answer says what it would be. */
const request = {
	preset: Type.Optional(presetId),
	jails: Type.Optional(
		Type.String({
			description: 'Jails to enable, separated by commas; those left out stay as they are.',
			maxLength: 256,
			pve: { format: 'string-list' },
		}),
	),
	ignore: Type.Optional(
		Type.String({
			description:
				'Addresses and networks that shall never be banned, separated by commas. What is ignored already stays so.',
			maxLength: 16_384,
			pve: { format: 'string-list' },
		}),
	),
	client: Type.Optional(client),
};

export const protectionPreset = Type.Object({
	id: presetId,
	title: Type.String(),
	text: Type.String({ description: 'What it does, in a sentence.' }),
	maxretry: Type.Integer(),
	findtime: Type.String(),
	bantime: Type.String(),
	maxtime: nullable(Type.String({ description: 'Longest ban when bans grow.' })),
	increment: Type.Boolean({ description: 'Each ban of an address is longer than the one before.' }),
});

export const protectionJail = Type.Object({
	jail: Type.String(),
	protects: Type.String({ description: 'What it watches, in words.' }),
	ports: Type.String({ description: 'Ports that are closed to a banned address, e.g. "22"; "all".' }),
	available: Type.Boolean(),
	reason: nullable(Type.String({ description: 'Why it cannot be enabled, and what to do.' })),
	chosen: Type.Boolean({ description: 'It is one of those asked for.' }),
	running: Type.Boolean(),
	failures: nullable(
		Type.Integer({
			description:
				'Failed log-ins of the last 7 days that its filter finds; null: not counted yet, ask again, or not countable.',
		}),
	),
	atLeast: Type.Boolean({ description: 'There may be more failures than that: not all lines were read.' }),
});

export const protectionIgnore = Type.Object({
	address: Type.String({ description: 'Address or network.' }),
	kind: words(['client', 'node', 'gateway', 'loopback', 'network', 'existing', 'asked'], {
		description: 'asked: named by the call itself.',
	}),
	text: Type.String({ description: 'Whose it is, in words.' }),
	chosen: Type.Boolean({ description: 'It is ignored afterwards.' }),
	present: Type.Boolean({ description: 'It is ignored today, by each of the jails asked for; so it stays.' }),
});

export const protectionFile = Type.Object({
	file: Type.String({ description: 'Below the configuration folder.' }),
	state: words(['created', 'changed', 'unchanged']),
	diff: Type.String({
		description:
			'Unified diff. Others than root@pam see only what is added and removed, and the sections: other lines of a file may hold secrets.',
	}),
});

export const getProtection = endpoint({
	method: 'GET',
	path: '/protection',
	description: 'How the log-ins of this node can be protected, and what that would change. Changes nothing.',
	permission: 'audit',
	params: Type.Object(request),
	answer: Type.Object({
		applied: Type.Boolean({ description: 'Jails of a log-in are enabled with the values of a preset.' }),
		preset: nullable(
			words([...presetIds], {
				description: 'The preset whose values the enabled jails have; null: none, or mixed values.',
			}),
		),
		asked: words([...presetIds], { description: 'The preset that the files below are of.' }),
		presets: Type.Array(protectionPreset),
		jails: Type.Array(protectionJail),
		ignore: Type.Array(protectionIgnore),
		client: nullable(Type.String({ description: "The caller's address, as far as it is known." })),
		clientKnown: Type.Boolean({ description: 'Otherwise the caller has to see to being ignored.' }),
		files: Type.Array(protectionFile, { description: 'Every file that the change is about.' }),
		starts: Type.Array(Type.String(), { description: 'Jails that run afterwards and do not now.' }),
		restarts: Type.Array(Type.String(), {
			description: 'Running jails that restart: their bans are lifted and set again.',
		}),
		banned: Type.Array(Type.String(), {
			description:
				'Addresses that are banned at once by failures of the past, the first 100; only for callers with Sys.Syslog.',
		}),
		bannedTotal: nullable(
			Type.Integer({ description: 'How many; null: not found out yet, ask again, or not to be known.' }),
		),
		serverRunning: Type.Boolean({ description: 'Otherwise fail2ban is started as well.' }),
		digest: Type.String(),
		problem: nullable(Type.String({ description: 'Why it would be refused; null: nothing is in the way.' })),
	}),
	task: 'no',
});

export const applyProtection = endpoint({
	method: 'POST',
	path: '/protection',
	description:
		'Protect the log-ins of this node: one change of the configuration, then a test of each jail over its log. A second time it changes nothing.',
	permission: 'modify',
	params: Type.Object({ ...request, digest: Type.Optional(digest), force: Type.Optional(force) }),
	answer: Type.String({ description: 'UPID of the task.' }),
	task: 'yes',
});
