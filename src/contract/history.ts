import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { anyJailName, flag, nullable, text, whole, words } from './kit/values.ts';

const counts = {
	found: whole('Number of failures found.'),
	bans: whole('Number of new bans. Bans set again when fail2ban starts do not count.'),
};

const historyBucket = Type.Object({
	time: whole('Start of the time span (UNIX epoch).'),
	...counts,
	unbans: whole('Number of unbans.'),
});

const historyAddress = Type.Object({
	ip: text('The IP address.'),
	...counts,
	banned: nullable(Type.Boolean({ description: 'Whether any jail bans it now. Not set if unknown.' })),
});

const historyNetwork = Type.Object({
	network: Type.String({ description: 'The network, a /24 or a /48.' }),
	addresses: Type.Integer({ description: 'Number of different addresses in it.' }),
	...counts,
});

export const getHistory = endpoint({
	method: 'GET',
	path: '/history',
	description:
		'Get failures and bans over time, from the log of fail2ban with its rotated files, or from its database.',
	permission: 'audit',
	params: Type.Object({
		since: Type.Optional(
			Type.Integer({
				description: 'Only count events from this time on (UNIX epoch), by default a day before until.',
				minimum: 0,
				maximum: 1e11,
			}),
		),
		until: Type.Optional(
			Type.Integer({
				description: 'Only count events before this time (UNIX epoch), by default now.',
				minimum: 0,
				maximum: 1e11,
			}),
		),
		jail: Type.Optional(anyJailName),
		bucket: Type.Optional(
			words(['hour', '6h', 'day'], {
				description: 'Length of the time spans, by default hour. Days start at midnight local time.',
			}),
		),
	}),
	answer: Type.Object({
		source: words(['log', 'journal', 'database', 'none'], { description: 'Where the figures come from.' }),
		note: nullable(Type.String({ description: 'What is missing in the figures.' })),
		complete: flag('Whether the log was read completely. If not, try again.'),
		series: Type.Array(historyBucket, { description: 'The counts for each time span.' }),
		addresses: Type.Array(historyAddress, { description: 'The 20 addresses with the most failures.' }),
		networks: Type.Array(historyNetwork, { description: 'The 20 networks with the most failures.' }),
		jails: Type.Array(
			Type.Object({ jail: text('The name of the jail.'), ...counts, unbans: whole('Number of unbans.') }),
			{ description: 'The counts for each jail.' },
		),
		messages,
	}),
	task: 'no',
});
