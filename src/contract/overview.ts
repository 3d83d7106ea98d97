import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { anyJailName, client, force, nullable, words } from './kit/values.ts';

export const getIndex = endpoint({
	method: 'GET',
	path: '/',
	description: 'Directory index.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(Type.Object({ subdir: Type.String() })),
	task: 'no',
});

/** An option whose value on disk is not what the server runs with. */
export const pendingOption = Type.Object({
	jail: Type.String({ description: 'Empty: the server itself.' }),
	option: Type.String(),
	running: nullable(Type.String()),
	configured: nullable(Type.String()),
	file: nullable(Type.String()),
	line: nullable(Type.Integer()),
});

export const problem = Type.Object({
	id: Type.String({ description: 'Stable word, e.g. jail-stopped.' }),
	severity: words(['error', 'warning']),
	text: Type.String(),
	jail: Type.Optional(Type.String()),
});

export const getStatus = endpoint({
	method: 'GET',
	path: '/status',
	description: 'State of the fail2ban server, and what is wrong with it.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Object({
		running: Type.Boolean(),
		version: nullable(Type.String()),
		uptime: nullable(Type.Integer({ description: 'Seconds since the server started.' })),
		pid: nullable(Type.Integer()),
		jails: Type.Integer({ description: 'Running jails.' }),
		enabledJails: Type.Integer({ description: 'Jails that the configuration enables.' }),
		banned: Type.Integer({ description: 'Addresses banned now, counted once for each jail.' }),
		failed: Type.Integer({ description: 'Failures counted now.' }),
		loglevel: nullable(Type.String()),
		logtarget: nullable(Type.String()),
		dbfile: nullable(Type.String()),
		pluginVersion: Type.String(),
		token: Type.String({ description: 'Changes with each ban, unban and reload.' }),
		pending: Type.Array(pendingOption),
		provisional: nullable(Type.Object({ id: Type.String(), user: Type.String(), seconds: Type.Integer() })),
		problems: Type.Array(problem),
		covers: Type.Optional(Type.Boolean()),
		stale: nullable(
			Type.Integer({ description: 'Time of these figures if the server did not answer within 1 s.' }),
		),
	}),
	task: 'no',
});

export const postService = endpoint({
	method: 'POST',
	path: '/service',
	description: 'Start, stop, restart or reload fail2ban; with a jail, restart or reload just that.',
	permission: 'modify',
	params: Type.Object({
		command: words(['start', 'stop', 'restart', 'reload'], { description: 'What to do.' }),
		jail: Type.Optional(anyJailName),
		client: Type.Optional(client),
		force: Type.Optional(force),
	}),
	answer: Type.String({ description: 'UPID of the task.' }),
	task: 'yes',
});
