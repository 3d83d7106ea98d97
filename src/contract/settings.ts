import { Type } from '@sinclair/typebox';
import { optionValue, updateJail } from './jails.ts';
import { endpoint } from './kit/endpoint.ts';
import { client, digest, flag, nullable, text, words } from './kit/values.ts';

export const logLevels = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;

/** An option of the fail2ban server itself, not of a jail. */
export interface ServerSetting {
	name: string;
	/** The lowest right that may set it; never: it is only shown. */
	permission: 'modify' | 'root' | 'never';
}

export const serverSettings: readonly ServerSetting[] = [
	{ name: 'loglevel', permission: 'modify' },
	{ name: 'logtarget', permission: 'root' },
	{ name: 'dbpurgeage', permission: 'modify' },
	{ name: 'dbmaxmatches', permission: 'modify' },
	{ name: 'dbfile', permission: 'never' },
	{ name: 'syslogsocket', permission: 'never' },
];

export const settingValue = Type.Object({
	...optionValue.properties,
	running: nullable(
		Type.String({
			description: 'The running value. Not set if the server is not running or does not respond.',
		}),
	),
	differs: flag('Whether the running value differs from the configuration.'),
});

export const getSettings = endpoint({
	method: 'GET',
	path: '/settings',
	description: 'Get the options of the fail2ban server, and where each is set.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Object({
		digest: text('SHA-1 digest of the configuration.'),
		options: Type.Record(Type.String(), settingValue, { description: 'The options by name.' }),
	}),
	task: 'no',
});

export const updateSettings = endpoint({
	method: 'PUT',
	path: '/settings',
	description: 'Change the options of the fail2ban server.',
	permission: 'modify',
	params: Type.Object({
		loglevel: Type.Optional(words([...logLevels], { description: 'The log level.' })),
		logtarget: Type.Optional(
			Type.String({
				description: 'SYSLOG, SYSOUT, or a file /var/log/*.log. Only root@pam may set it.',
				maxLength: 255,
			}),
		),
		dbpurgeage: Type.Optional(
			Type.String({ description: 'How long past bans are kept in the database.', maxLength: 64 }),
		),
		dbmaxmatches: Type.Optional(
			Type.Integer({ description: 'The number of log lines kept for each ban.', minimum: 0, maximum: 1000 }),
		),
		delete: Type.Optional(
			Type.String({
				description: 'A list of settings you want to delete.',
				maxLength: 256,
				pve: { format: 'string-list' },
			}),
		),
		digest: Type.Optional(digest),
		client: Type.Optional(client),
		force: Type.Optional(
			Type.Boolean({ description: 'Make the change even if a jail reads the log that it cuts off.' }),
		),
	}),
	answer: updateJail.answer,
	task: 'maybe',
});
