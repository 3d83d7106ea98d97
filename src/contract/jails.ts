import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { type JailOption, jailOptions, optionParam } from './kit/jailOptions.ts';
import { anyJailName, client, digest, force, jailName, nullable, provisional, words } from './kit/values.ts';

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
	jail: Type.String(),
	enabled: Type.Boolean(),
	running: Type.Boolean(),
	enforcing: nullable(
		Type.Boolean({
			description:
				'The running jail has its configured actions, and the firewall has not lost what they set up, as far as that was looked at; null: not known.',
		}),
	),
	banned: Type.Integer(),
	totalBanned: Type.Integer(),
	failed: Type.Integer(),
	totalFailed: Type.Integer(),
	filter: Type.String(),
	backend: Type.String(),
	bantime: Type.String(),
	findtime: Type.String(),
	maxretry: Type.String(),
	source: Type.String({ description: 'Where the jail reads from: log paths or journal matches.' }),
	problem: nullable(Type.String()),
	stock: Type.Boolean({ description: 'A .conf file defines the jail; removing it resets it.' }),
	ownOptions: Type.Integer({ description: 'Options set on this node for this jail.' }),
});

export const listJails = endpoint({
	method: 'GET',
	path: '/jails',
	description: 'Jails with their state and counters.',
	permission: 'audit',
	params: Type.Object({
		all: Type.Optional(Type.Boolean({ description: 'Also list disabled jails.' })),
	}),
	answer: Type.Array(jailRow),
	task: 'no',
});

/** Where a value stands; `file` is relative to the configuration folder. */
export const valueOrigin = Type.Object({
	value: nullable(Type.String({ description: 'Effective value; null if it cannot be resolved.' })),
	raw: nullable(Type.String({ description: 'As written in the file.' })),
	file: nullable(Type.String({ description: 'null: built into fail2ban or its filter.' })),
	line: nullable(Type.Integer()),
});

export const optionValue = Type.Object({
	value: nullable(Type.String()),
	raw: nullable(Type.String()),
	file: nullable(Type.String()),
	line: nullable(Type.Integer()),
	origin: words(['stock', 'admin', 'default'], {
		description: 'stock: a .conf file; admin: a .local file; default: built into fail2ban or its filter.',
	}),
	/** Set in a section of the jail's own, in the file that a change would be written to. */
	own: Type.Boolean({ description: 'Set on this node for this very jail, so it can be given back.' }),
	overrides: Type.Array(valueOrigin, {
		description: 'Values that this one beats; the first is what a reset gives back.',
	}),
	editable: Type.Boolean({ description: 'The caller may set it.' }),
	blockedBy: nullable(
		Type.Object(
			{ file: Type.String(), line: Type.Integer() },
			{ description: 'A file read later that would still win over a change.' },
		),
	),
	target: nullable(Type.String({ description: 'The file that a change is written to.' })),
});

export const getJail = endpoint({
	method: 'GET',
	path: '/jails/{jail}',
	description: 'One jail: every option with its origin, and its state.',
	permission: 'audit',
	params: Type.Object({
		jail: anyJailName,
		create: Type.Optional(
			Type.Boolean({ description: 'Answer for a jail that is still to be created: what it would inherit.' }),
		),
	}),
	answer: Type.Object({
		jail: Type.String(),
		digest: Type.String(),
		enabled: Type.Boolean(),
		running: Type.Boolean(),
		stock: Type.Boolean(),
		options: Type.Record(Type.String(), optionValue),
		status: nullable(jailRow),
	}),
	task: 'no',
});

export const getEffectiveJail = endpoint({
	method: 'GET',
	path: '/jails/{jail}/effective',
	description: 'What all files together come to for one jail, to read.',
	permission: 'audit',
	params: Type.Object({ jail: anyJailName }),
	answer: Type.Object({
		jail: Type.String(),
		enabled: Type.Boolean({ description: 'A disabled jail is shown as if it were enabled.' }),
		commands: Type.Array(
			Type.String({ description: 'What fail2ban-client -d prints: a server command as a Python list.' }),
		),
		ini: Type.String({
			description: 'The merged section with references resolved, and where each value stands as a comment.',
		}),
		problem: nullable(Type.String({ description: 'Why fail2ban skips the jail, or fails on it.' })),
	}),
	task: 'no',
});

export const previewedAddress = Type.Object({
	ip: Type.String(),
	failures: Type.Integer({ description: 'Failures that count.' }),
	own: Type.Boolean({ description: 'It is the caller’s own address.' }),
	what: nullable(
		Type.String({
			description: 'Why banning it does harm, e.g. "cluster node \'pve2\'"; null: nothing is known.',
		}),
	),
	banned: Type.Boolean({ description: 'This jail bans it already.' }),
});

const inheritedOptions = Type.String({
	description: 'Options to give back to their inherited value, separated by commas.',
	maxLength: 2048,
	pve: { format: 'string-list' },
});

export const previewJail = endpoint({
	method: 'GET',
	path: '/jails/{jail}/preview',
	description:
		'Whom a jail would ban with these options, by the failures in its own log. Nothing is changed; the jail may be one that is still to be created.',
	permission: 'syslog',
	params: withOptions({
		jail: anyJailName,
		delete: Type.Optional(inheritedOptions),
		client: Type.Optional(client),
	}),
	answer: Type.Object({
		addresses: Type.Array(previewedAddress, {
			description: 'Addresses in danger first, then those with the most failures; 500 at most.',
		}),
		total: Type.Integer({ description: 'Addresses that are not banned yet and would be.' }),
		atOnce: Type.Boolean({
			description:
				'They are banned when the jail starts; otherwise it goes on, remembers their failures, and bans each with its next one.',
		}),
		since: Type.Integer({ description: 'Failures from this time on count.' }),
		lines: Type.Integer({ description: 'Log lines read.' }),
		bantime: Type.Integer({ description: 'Seconds of a first ban; -1 is permanent.' }),
		ignored: nullable(
			Type.Boolean({
				description:
					'The changed jail ignores the caller’s address; null: the address, or whether, is not known.',
			}),
		),
		truncated: Type.Boolean({ description: 'Not all lines could be read in time; the oldest are missing.' }),
		problem: nullable(Type.String({ description: 'Why nothing can be said, or what is left out.' })),
	}),
	task: 'no',
});

const changed = Type.Object({
	id: Type.String({ description: 'Number of the change in the history.' }),
	files: Type.Array(Type.String()),
	changed: Type.Array(
		Type.Object({
			option: Type.String(),
			from: nullable(Type.String()),
			to: nullable(Type.String()),
		}),
	),
	pending: Type.Boolean({ description: 'Written, but fail2ban does not run.' }),
	digest: Type.String(),
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
	description: 'Change options of a jail.',
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
	description: 'Remove a jail made here; a stock jail falls back to its defaults.',
	permission: 'modify',
	params: Type.Object({ jail: anyJailName, ...writeParams }),
	answer: changed,
	task: 'maybe',
});
