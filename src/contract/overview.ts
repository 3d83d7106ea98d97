import { Type } from '@sinclair/typebox';
import { directory } from './kit/directory.ts';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { anyJailName, client, flag, force, nullable, text, upid, whole, words } from './kit/values.ts';

export const getIndex = directory('/', Type.Object({}));

/** An option whose value on disk is not what the server runs with. */
export const pendingOption = Type.Object({
	jail: text('The name of the jail. Empty for the server itself.'),
	option: text('The name of the option.'),
	running: nullable(text('The value that is running.')),
	configured: nullable(text('The value in the configuration.')),
	file: nullable(text('The file that sets it.')),
	line: nullable(whole('The line in that file.')),
	messages,
});

export const problem = Type.Object({
	id: text('The ID of the problem, e.g. jail-stopped.'),
	severity: words(['error', 'warning'], { description: 'How severe it is.' }),
	text: text('What is wrong.'),
	jail: Type.Optional(text('The name of the jail.')),
	messages,
});

export const getStatus = endpoint({
	method: 'GET',
	path: '/status',
	description: 'Get the state of the fail2ban server, and what is wrong with it.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Object({
		running: flag('Whether the server is running.'),
		version: nullable(text('The version of fail2ban.')),
		uptime: nullable(whole('Uptime of the server in seconds.')),
		pid: nullable(whole('The process ID of the server.')),
		jails: Type.Integer({ description: 'Number of running jails.' }),
		'enabled-jails': Type.Integer({ description: 'Number of enabled jails.' }),
		banned: Type.Integer({ description: 'Number of addresses banned now, counted once for each jail.' }),
		failed: Type.Integer({ description: 'Number of failures counted now.' }),
		loglevel: nullable(text('The log level of the server.')),
		logtarget: nullable(text('Where the server logs to.')),
		dbfile: nullable(text('The database of the server.')),
		'plugin-version': text('The version of pve-fail2ban.'),
		token: text('A token that changes with each ban, unban and reload.'),
		pending: Type.Array(pendingOption, {
			description: 'Options whose running value differs from the configuration.',
		}),
		provisional: nullable(
			Type.Object(
				{
					id: text('The ID of the change.'),
					user: text('The user who made it.'),
					seconds: whole('Seconds left to confirm it.'),
				},
				{ description: 'The change that is undone unless it is confirmed in time.' },
			),
		),
		problems: Type.Array(problem, { description: 'What is wrong.' }),
		covers: Type.Optional(flag('Whether the ignore list covers the IP address of the caller.')),
		stale: nullable(
			Type.Integer({
				description: 'Time of these figures (UNIX epoch), if the server did not respond within a second.',
			}),
		),
	}),
	task: 'no',
});

export const postService = endpoint({
	method: 'POST',
	path: '/service',
	description: 'Start, stop, restart or reload fail2ban, or restart or reload a single jail.',
	permission: 'modify',
	params: Type.Object({
		command: words(['start', 'stop', 'restart', 'reload'], { description: 'The command to run.' }),
		jail: Type.Optional(anyJailName),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: upid,
	task: 'yes',
});
