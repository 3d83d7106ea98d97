import { Type } from '@sinclair/typebox';
import { optionValue, updateJail } from './jails.ts';
import { endpoint } from './kit/endpoint.ts';
import { client, digest, nullable, words } from './kit/values.ts';

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
		Type.String({ description: 'What the server runs with; null: it does not run, or does not tell.' }),
	),
	differs: Type.Boolean({ description: 'The server runs with something else than the files say.' }),
});

export const getSettings = endpoint({
	method: 'GET',
	path: '/settings',
	description: 'Options of the fail2ban server, with their origin.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Object({
		digest: Type.String(),
		options: Type.Record(Type.String(), settingValue),
	}),
	task: 'no',
});

export const updateSettings = endpoint({
	method: 'PUT',
	path: '/settings',
	description: 'Change options of the fail2ban server.',
	permission: 'modify',
	params: Type.Object({
		loglevel: Type.Optional(words([...logLevels], { description: 'How much fail2ban logs.' })),
		logtarget: Type.Optional(
			Type.String({
				description: 'SYSLOG, SYSOUT, or a file /var/log/*.log; only root@pam may set it.',
				maxLength: 255,
			}),
		),
		dbpurgeage: Type.Optional(Type.String({ description: 'How long past bans are kept.', maxLength: 64 })),
		dbmaxmatches: Type.Optional(
			Type.Integer({ description: 'Log lines kept for each ban.', minimum: 0, maximum: 1000 }),
		),
		delete: Type.Optional(
			Type.String({
				description: 'Options to give back to their inherited value, separated by commas.',
				maxLength: 256,
				pve: { format: 'string-list' },
			}),
		),
		digest: Type.Optional(digest),
		client: Type.Optional(client),
		force: Type.Optional(
			Type.Boolean({ description: 'Make the change though a jail reads the log that it cuts off.' }),
		),
	}),
	answer: updateJail.answer,
	task: 'maybe',
});
