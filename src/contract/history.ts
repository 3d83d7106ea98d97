import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { anyJailName, nullable, words } from './kit/values.ts';

const counts = {
	found: Type.Integer({ description: 'Failures that a jail found.' }),
	bans: Type.Integer({ description: 'New bans; those set again at a start are not counted.' }),
};

export const historyBucket = Type.Object({
	time: Type.Integer({ description: 'Start, Unix seconds; 6h and day begin by local time.' }),
	...counts,
	unbans: Type.Integer(),
});

export const historyAddress = Type.Object({
	ip: Type.String(),
	...counts,
	banned: nullable(Type.Boolean({ description: 'Banned now, in any jail; null: not known.' })),
});

export const historyNetwork = Type.Object({
	network: Type.String({ description: 'A /24 or /48.' }),
	addresses: Type.Integer({ description: 'Different addresses of it.' }),
	...counts,
});

export const getHistory = endpoint({
	method: 'GET',
	path: '/history',
	description:
		'What fail2ban found and banned over time, from its log with the rotated files, or as far as its database ' +
		'knows. Times count by whole hours.',
	permission: 'audit',
	params: Type.Object({
		since: Type.Optional(
			Type.Integer({
				description: 'Unix seconds. Default: a day before `until`.',
				minimum: 0,
				maximum: 1e11,
			}),
		),
		until: Type.Optional(
			Type.Integer({ description: 'Unix seconds. Default: now.', minimum: 0, maximum: 1e11 }),
		),
		jail: Type.Optional(anyJailName),
		bucket: Type.Optional(words(['hour', '6h', 'day'], { description: 'Width of a bar. Default: hour.' })),
	}),
	answer: Type.Object({
		source: words(['log', 'journal', 'database', 'none'], { description: 'Where the figures come from.' }),
		note: nullable(Type.String({ description: 'What the figures lack, in words.' })),
		complete: Type.Boolean({ description: 'false: the log is still being read; ask again.' }),
		series: Type.Array(historyBucket),
		addresses: Type.Array(historyAddress, { description: 'The 20 with the most failures.' }),
		networks: Type.Array(historyNetwork, { description: 'The 20 with the most failures.' }),
		jails: Type.Array(Type.Object({ jail: Type.String(), ...counts, unbans: Type.Integer() })),
	}),
	task: 'no',
});
