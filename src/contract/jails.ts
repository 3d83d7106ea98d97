import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { directory } from './kit/directory.ts';
import { endpoint } from './kit/endpoint.ts';
import { type JailOption, jailOptions, optionParam } from './kit/jailOptions.ts';
import { messages } from './kit/message.ts';
import {
	anyJailName,
	client,
	digest,
	flag,
	force,
	jailName,
	nullable,
	provisional,
	text,
	whole,
	words,
} from './kit/values.ts';

function optionSchema({ kind, description, name }: JailOption): TSchema {
	switch (kind) {
		case 'bool':
			return Type.Boolean({ description });
		case 'count':
			return Type.Integer({ description, minimum: 1, maximum: 1000 });
		case 'count0':
			return Type.Integer({ description, minimum: 0, maximum: 1000 });
		default:
			return Type.String({ description, maxLength: name === 'ignoreip' ? 65_536 : 16_384 });
	}
}

/** One optional parameter for each jail option; `bantime.increment` is the parameter `bantime-increment`. */
export const jailOptionParams: TObject<TProperties> = Type.Object(
	Object.fromEntries(
		jailOptions.map((option) => [optionParam(option.name), Type.Optional(optionSchema(option))]),
	),
);

/** Values of jail options as a call brings them, by parameter name. */
export type JailOptionParams = { [param: string]: string | number | boolean | undefined };

function withOptions<P extends TProperties>(params: P): TObject<P> {
	return Type.Object({ ...params, ...jailOptionParams.properties }) as unknown as TObject<P>;
}

export const jailRow = Type.Object({
	jail: text('The name of the jail.'),
	enabled: flag('Whether the configuration enables the jail.'),
	running: flag('Whether the jail is running.'),
	enforcing: nullable(
		Type.Boolean({
			description:
				'Whether the running jail has its configured actions and the firewall has what they set up. Not set if unknown.',
		}),
	),
	banned: whole('Number of addresses banned now.'),
	'total-banned': whole('Number of bans since the jail started.'),
	failed: whole('Number of failures counted now.'),
	'total-failed': whole('Number of failures since the jail started.'),
	filter: text('The filter of the jail.'),
	backend: text('How the log is read.'),
	bantime: text('How long an address is banned, e.g. 10m.'),
	findtime: text('The time in which failures are counted, e.g. 10m.'),
	maxretry: nullable(whole('The number of failures that ban an address. Not set if it is not a number.')),
	source: text('Where the jail reads from: log files or journal matches.'),
	problem: nullable(text('What is wrong with the jail.')),
	stock: flag('Whether a .conf file defines the jail, so that deleting it resets it.'),
	'own-options': whole('Number of options set for this jail on this node.'),
	messages,
});

export const listJails = endpoint({
	method: 'GET',
	path: '/jails',
	description: 'List jails with their state and counters.',
	permission: 'audit',
	params: Type.Object({
		all: Type.Optional(Type.Boolean({ description: 'Also list disabled jails.' })),
	}),
	answer: Type.Array(jailRow),
	task: 'no',
});

/** Where a value stands; `file` is relative to the configuration folder. */
export const valueOrigin = Type.Object({
	value: nullable(Type.String({ description: 'The effective value. Not set if it cannot be resolved.' })),
	raw: nullable(text('The value as written in the file.')),
	file: nullable(text('The file that sets it. Not set for a default of fail2ban or of the filter.')),
	line: nullable(whole('The line in that file.')),
});

export const optionValue = Type.Object({
	...valueOrigin.properties,
	origin: words(['stock', 'admin', 'default'], {
		description:
			'Whether it is set in a .conf file (stock), in a .local file (admin), or a default of fail2ban or of the filter (default).',
	}),
	/** Set in a section of the jail's own, in the file that a change would be written to. */
	own: flag('Whether it is set on this node for this very jail, so that it can be deleted.'),
	overrides: Type.Array(valueOrigin, {
		description: 'The values that it overrides. The first one is effective when it is deleted.',
	}),
	editable: flag('Whether the caller may set it.'),
	'blocked-by': nullable(
		Type.Object(
			{ file: text('The file.'), line: whole('The line in that file.') },
			{ description: 'Where a file that is read later overrides any change.' },
		),
	),
	target: nullable(Type.String({ description: 'The file that a change is written to.' })),
});

export const getJailIndex = directory('/jails/{jail}', Type.Object({ jail: anyJailName }));

export const getJailConfig = endpoint({
	method: 'GET',
	path: '/jails/{jail}/config',
	description: 'Get the options of a jail, where each is set, and the state of the jail.',
	permission: 'audit',
	params: Type.Object({
		jail: anyJailName,
		create: Type.Optional(
			Type.Boolean({ description: 'Get what a jail would inherit that does not exist yet.' }),
		),
	}),
	answer: Type.Object({
		jail: text('The name of the jail.'),
		digest: text('SHA-1 digest of the configuration.'),
		enabled: flag('Whether the configuration enables the jail.'),
		running: flag('Whether the jail is running.'),
		stock: flag('Whether a .conf file defines the jail, so that deleting it resets it.'),
		options: Type.Record(Type.String(), optionValue, { description: 'The options by name.' }),
		status: nullable(
			Type.Object(jailRow.properties, {
				description: 'State and counters. Not set for a jail that does not exist yet.',
			}),
		),
	}),
	task: 'no',
});

export const getEffectiveJail = endpoint({
	method: 'GET',
	path: '/jails/{jail}/effective',
	description: 'Get the effective configuration of a jail.',
	permission: 'audit',
	params: Type.Object({ jail: anyJailName }),
	answer: Type.Object({
		jail: text('The name of the jail.'),
		enabled: flag('Whether the jail is enabled. A disabled one is shown as if it were.'),
		commands: Type.Array(Type.String({ description: 'A server command as a Python list.' }), {
			description: 'What fail2ban-client -d prints for the jail.',
		}),
		ini: Type.String({
			description:
				'The merged section with references resolved, and comments that say where each value is set.',
		}),
		problem: nullable(Type.String({ description: 'Why fail2ban skips the jail, or fails to start it.' })),
	}),
	task: 'no',
});

export const previewedAddress = Type.Object({
	ip: text('The IP address.'),
	failures: whole('Number of failures.'),
	own: flag('Whether it is the IP address of the caller.'),
	what: nullable(
		Type.String({
			description: 'Why a ban would do harm, e.g. "cluster node \'pve2\'".',
		}),
	),
	banned: flag('Whether this jail bans it already.'),
	messages,
});

const inheritedOptions = Type.String({
	description: 'A list of settings you want to delete.',
	maxLength: 2048,
	pve: { format: 'string-list' },
});

export const previewJail = endpoint({
	method: 'GET',
	path: '/jails/{jail}/preview',
	description:
		'Get the addresses that a jail would ban with these options, by the failures in its log. Changes nothing; the jail need not exist yet.',
	permission: 'syslog',
	params: withOptions({
		jail: anyJailName,
		delete: Type.Optional(inheritedOptions),
		client: Type.Optional(client),
	}),
	answer: Type.Object({
		addresses: Type.Array(previewedAddress, {
			description:
				'Up to 500 addresses: first those whose ban would do harm, then those with the most failures.',
		}),
		total: Type.Integer({ description: 'Number of addresses that are not banned yet and would be.' }),
		'at-once': Type.Boolean({
			description:
				'Whether they are banned when the jail starts. Otherwise each is banned with its next failure.',
		}),
		since: Type.Integer({ description: 'Failures from this time on count (UNIX epoch).' }),
		lines: Type.Integer({ description: 'Number of log lines read.' }),
		bantime: Type.Integer({ description: 'Length of a first ban in seconds, -1 for a permanent ban.' }),
		ignored: nullable(
			Type.Boolean({
				description: 'Whether the jail would ignore the IP address of the caller. Not set if unknown.',
			}),
		),
		truncated: flag('Whether the oldest lines could not be read in time.'),
		problem: nullable(Type.String({ description: 'Why there is no result, or what is missing in it.' })),
		messages,
	}),
	task: 'no',
});

export const changedOption = Type.Object({
	option: text('The name of the option.'),
	from: nullable(text('The old value. Not set if it was inherited.')),
	to: nullable(text('The new value. Not set if it is inherited.')),
});

const changed = Type.Object({
	id: text('The ID of the change.'),
	files: Type.Array(Type.String(), { description: 'The changed files.' }),
	changed: Type.Array(changedOption, { description: 'The changed options.' }),
	pending: flag('Whether it waits for fail2ban to be started.'),
	digest: text('SHA-1 digest of the configuration as it is now.'),
	provisional,
});

const writeParams = {
	digest: Type.Optional(digest),
	client: Type.Optional(client),
	force: Type.Optional(force),
};

export const createJail = endpoint({
	method: 'POST',
	path: '/jails',
	description: 'Create a jail.',
	permission: 'modify',
	params: withOptions({ jail: jailName, ...writeParams }),
	answer: changed,
	task: 'maybe',
});

export const updateJail = endpoint({
	method: 'PUT',
	path: '/jails/{jail}',
	description: 'Change the options of a jail.',
	permission: 'modify',
	params: withOptions({
		jail: anyJailName,
		delete: Type.Optional(inheritedOptions),
		...writeParams,
	}),
	answer: changed,
	task: 'maybe',
});

export const deleteJail = endpoint({
	method: 'DELETE',
	path: '/jails/{jail}',
	description: 'Delete a jail that was created here; a stock jail is reset to its defaults.',
	permission: 'modify',
	params: Type.Object({ jail: anyJailName, ...writeParams }),
	answer: changed,
	task: 'maybe',
});
