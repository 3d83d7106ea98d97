import { Type } from '@sinclair/typebox';
import { optionValue } from './jails.ts';
import { endpoint } from './kit/endpoint.ts';
import { client, digest, force, nullable, provisional, words } from './kit/values.ts';

/** A filter made here; its file is filter.d/<name>.local. */
export const newFilterName = Type.String({
	description: 'Name of the filter.',
	pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
	rule: 'Letters, digits, - and _, at most 64 characters.',
});

/** Filters made by hand may have a dot in their name too. */
export const filterName = Type.String({
	description: 'Name of the filter.',
	pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$',
	rule: 'Letters, digits, dots, - and _, at most 128 characters.',
});

export const filterWarning = Type.Object({
	kind: words(['injectable', 'slow', 'broken', 'nohost'], {
		description:
			'injectable: a log line can name an address that is not its own; slow: a log line can keep fail2ban busy; ' +
			'broken: does not compile; nohost: finds no address.',
	}),
	option: words(['failregex', 'ignoreregex', 'prefregex', 'datepattern', 'filter'], {
		description: 'Where the expression stands; filter: the filter as a whole.',
	}),
	index: Type.Integer({ description: 'Place of the expression in its option, counted from 0.' }),
	expression: Type.String(),
	text: Type.String({ description: 'One sentence for people.' }),
	sample: nullable(Type.String({ description: 'A log line that proves it, without its date.' })),
	address: nullable(
		Type.String({ description: 'injectable: the address that fail2ban takes from the line.' }),
	),
});

export const filterUse = Type.Object({
	jail: Type.String(),
	enabled: Type.Boolean(),
	running: Type.Boolean(),
});

const origin = words(['package', 'changed', 'own'], {
	description: 'package: a .conf file alone; changed: a .local file changes it; own: a .local file alone.',
});
const editable = Type.Boolean({ description: 'The caller may change it.' });
const fragment = Type.Boolean({ description: 'Has no failregex; other filters include it.' });
const file = Type.String({ description: 'The .conf file, or the .local file of an own filter.' });

export const filterRow = Type.Object({
	name: Type.String(),
	file,
	origin,
	fragment,
	usedBy: Type.Array(filterUse),
	warnings: nullable(
		Type.Integer({ description: 'Number of warnings; null: not known yet, ask for the filter.' }),
	),
	kinds: Type.Array(Type.String(), { description: 'Kinds of its warnings.' }),
	editable,
});

export const listFilters = endpoint({
	method: 'GET',
	path: '/filters',
	description: 'Installed filters, which jails use them, and what is wrong with them.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(filterRow),
	task: 'no',
});

export const filterParameter = Type.Object({
	name: Type.String(),
	value: Type.String({ description: 'What holds when a jail does not give it.' }),
	choices: Type.Array(Type.String(), { description: 'Values that the filter knows; empty: any.' }),
	file: Type.String(),
	line: Type.Integer(),
});

export const getFilter = endpoint({
	method: 'GET',
	path: '/filters/{name}',
	description: 'One filter: its expressions, parameters and warnings.',
	permission: 'audit',
	params: Type.Object({ name: filterName }),
	answer: Type.Object({
		name: Type.String(),
		digest: Type.String({ description: 'SHA-1 over the files of this filter.' }),
		file,
		origin,
		fragment,
		editable,
		usedBy: Type.Array(filterUse),
		files: Type.Array(Type.String(), { description: 'All files behind it, in the order of reading.' }),
		includes: Type.Array(
			Type.Object({ name: Type.String(), when: words(['before', 'after']), file: Type.String() }),
			{ description: 'What its own files include.' },
		),
		options: Type.Record(Type.String(), optionValue, {
			description:
				'By name: failregex, ignoreregex, prefregex, datepattern, journalmatch, maxlines, before, and what ' +
				'else [Definition] has. value: with the default parameters; raw: as written, references unresolved.',
		}),
		failregex: Type.Array(Type.String(), {
			description: 'As fail2ban gets them, with the default parameters.',
		}),
		ignoreregex: Type.Array(Type.String()),
		prefregex: nullable(Type.String()),
		datepattern: nullable(Type.String()),
		journalmatch: Type.Array(Type.String()),
		maxlines: nullable(Type.Integer()),
		parameters: Type.Array(filterParameter),
		problem: nullable(Type.String({ description: 'Why fail2ban cannot read it.' })),
		warnings: nullable(
			Type.Array(filterWarning, { description: 'null: not known yet, ask again in a second.' }),
		),
	}),
	task: 'no',
});

const filterOptionParams = {
	failregex: Type.Optional(
		Type.String({ description: 'Expressions of failures, one a line.', maxLength: 65_536 }),
	),
	ignoreregex: Type.Optional(
		Type.String({ description: 'Expressions of lines to ignore, one a line.', maxLength: 65_536 }),
	),
	prefregex: Type.Optional(
		Type.String({ description: 'Expression that all lines must match first.', maxLength: 16_384 }),
	),
	datepattern: Type.Optional(
		Type.String({ description: 'How dates are written in the log.', maxLength: 4096 }),
	),
	journalmatch: Type.Optional(
		Type.String({ description: 'Journal fields to match, one match a line.', maxLength: 4096 }),
	),
	maxlines: Type.Optional(
		Type.Integer({ description: 'Lines that one expression may span.', minimum: 1, maximum: 1000 }),
	),
	before: Type.Optional(
		Type.String({
			description: 'Files of filter.d that are read before this one, one a line, e.g. common.conf.',
			maxLength: 4096,
		}),
	),
};

const guardParams = { client: Type.Optional(client), force: Type.Optional(force) };

const filterChange = Type.Object({
	id: Type.String({ description: 'Number of the change in the history; empty: nothing was to do.' }),
	files: Type.Array(Type.String()),
	changed: Type.Array(
		Type.Object({
			option: Type.String(),
			from: nullable(Type.String()),
			to: nullable(Type.String()),
		}),
	),
	pending: Type.Boolean({ description: 'Written, but fail2ban does not run.' }),
	digest: Type.String({ description: 'SHA-1 over the files of this filter now; empty: it is gone.' }),
	provisional,
});

export const createFilter = endpoint({
	method: 'POST',
	path: '/filters/{name}',
	description: 'Create a filter as filter.d/{name}.local.',
	permission: 'root',
	params: Type.Object({
		name: newFilterName,
		copyOf: Type.Optional(
			Type.String({
				description: 'Start with the text of this filter.',
				pattern: filterName.pattern as string,
				rule: filterName.rule as string,
			}),
		),
		...filterOptionParams,
		...guardParams,
	}),
	answer: filterChange,
	task: 'maybe',
});

export const updateFilter = endpoint({
	method: 'PUT',
	path: '/filters/{name}',
	description: 'Change a filter, in filter.d/{name}.local; each running jail that uses it is reloaded.',
	permission: 'root',
	params: Type.Object({
		name: filterName,
		...filterOptionParams,
		delete: Type.Optional(
			Type.String({
				description: 'Options to give back to what the package says, separated by commas.',
				maxLength: 1024,
				pve: { format: 'string-list' },
			}),
		),
		digest: Type.Optional(digest),
		...guardParams,
	}),
	answer: filterChange,
	task: 'maybe',
});

export const deleteFilter = endpoint({
	method: 'DELETE',
	path: '/filters/{name}',
	description:
		'Remove filter.d/{name}.local: an own filter goes, a changed one is again what the package says.',
	permission: 'root',
	params: Type.Object({ name: filterName, digest: Type.Optional(digest), ...guardParams }),
	answer: filterChange,
	task: 'maybe',
});
