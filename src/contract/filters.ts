import { Type } from '@sinclair/typebox';
import { changedOption, optionValue } from './jails.ts';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { client, digest, flag, force, nullable, provisional, text, whole, words } from './kit/values.ts';

/** A filter made here; its file is filter.d/<name>.local. */
const newFilterName = Type.String({
	description: 'The name of the filter.',
	pve: { typetext: '<filter>' },
	pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
	rule: 'Letters, digits, - and _, at most 64 characters.',
});

/** Filters made by hand may have a dot in their name too. */
const filterName = Type.String({
	description: 'The name of the filter.',
	pve: { typetext: '<filter>' },
	pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$',
	rule: 'Letters, digits, dots, - and _, at most 128 characters.',
});

export const filterWarning = Type.Object({
	kind: words(['injectable', 'slow', 'broken', 'nohost'], {
		description:
			'The kind of warning: a log line can name a foreign address (injectable), a log line can keep fail2ban busy ' +
			'(slow), the expression does not compile (broken), or it finds no address (nohost).',
	}),
	option: words(['failregex', 'ignoreregex', 'prefregex', 'datepattern', 'filter'], {
		description: 'The option with the expression, or filter for the filter as a whole.',
	}),
	index: Type.Integer({ description: 'Index of the expression in its option, counted from 0.' }),
	expression: text('The expression.'),
	text: Type.String({ description: 'The warning in one sentence.' }),
	sample: nullable(Type.String({ description: 'A log line that proves it, without the date.' })),
	address: nullable(Type.String({ description: 'The address that fail2ban takes from that line.' })),
	messages,
});

export const filterUse = Type.Object({
	jail: text('The name of the jail.'),
	enabled: flag('Whether the jail is enabled.'),
	running: flag('Whether the jail is running.'),
});

const origin = words(['package', 'changed', 'own'], {
	description:
		'Whether the package ships it (package), a .local file changes it (changed), or it exists only as a .local file (own).',
});
const editable = flag('Whether the caller may change it.');
const fragment = flag('Whether it has no failregex and is only included by other filters.');
const file = text('The .conf file, or the .local file of an own filter.');

export const filterRow = Type.Object({
	name: text('The name of the filter.'),
	file,
	origin,
	fragment,
	'used-by': Type.Array(filterUse, { description: 'The jails that use it.' }),
	warnings: nullable(whole('Number of warnings. Not set if it was not checked yet.')),
	kinds: Type.Array(Type.String(), { description: 'The kinds of its warnings.' }),
	editable,
});

export const listFilters = endpoint({
	method: 'GET',
	path: '/filters',
	description: 'List installed filters, the jails that use them, and how many warnings they have.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Array(filterRow),
	task: 'no',
});

const filterParameter = Type.Object({
	name: text('The name of the parameter.'),
	value: text('The default value.'),
	choices: Type.Array(Type.String(), {
		description: 'The possible values. Empty if there is no fixed list.',
	}),
	file: text('The file that sets it.'),
	line: whole('The line in that file.'),
});

export const getFilter = endpoint({
	method: 'GET',
	path: '/filters/{name}',
	description: 'Get a filter with its expressions, parameters and warnings.',
	permission: 'audit',
	params: Type.Object({ name: filterName }),
	answer: Type.Object({
		name: text('The name of the filter.'),
		digest: text('SHA-1 digest of its files.'),
		file,
		origin,
		fragment,
		editable,
		'used-by': Type.Array(filterUse, { description: 'The jails that use it.' }),
		files: Type.Array(Type.String(), { description: 'All its files, in the order in which they are read.' }),
		includes: Type.Array(
			Type.Object({
				name: text('The name as written.'),
				when: words(['before', 'after'], { description: 'Whether it is read before or after the filter.' }),
				file: text('The included file.'),
			}),
			{ description: 'The files that it includes.' },
		),
		options: Type.Record(Type.String(), optionValue, {
			description:
				'The options of its [Definition] by name, e.g. failregex. The value is with the default parameters.',
		}),
		failregex: Type.Array(Type.String(), {
			description: 'The expressions of failures as fail2ban gets them, with the default parameters.',
		}),
		ignoreregex: Type.Array(Type.String(), { description: 'The expressions of lines to ignore.' }),
		prefregex: nullable(text('The expression that all lines must match first.')),
		datepattern: nullable(text('The format of the dates in the log.')),
		journalmatch: Type.Array(Type.String(), { description: 'The journal matches.' }),
		maxlines: nullable(whole('The number of lines that one expression may span.')),
		parameters: Type.Array(filterParameter, { description: 'The parameters that a jail may set.' }),
		problem: nullable(Type.String({ description: 'Why fail2ban cannot read it.' })),
		messages,
		warnings: nullable(
			Type.Array(filterWarning, {
				description: 'The warnings. Not set if it was not checked yet; try again in a second.',
			}),
		),
	}),
	task: 'no',
});

const filterOptionParams = {
	failregex: Type.Optional(
		Type.String({ description: 'Expressions of failures, one per line.', maxLength: 65_536 }),
	),
	ignoreregex: Type.Optional(
		Type.String({ description: 'Expressions of lines to ignore, one per line.', maxLength: 65_536 }),
	),
	prefregex: Type.Optional(
		Type.String({ description: 'Expression that all lines must match first.', maxLength: 16_384 }),
	),
	datepattern: Type.Optional(
		Type.String({ description: 'The format of the dates in the log.', maxLength: 4096 }),
	),
	journalmatch: Type.Optional(
		Type.String({ description: 'Journal matches, one per line.', maxLength: 4096 }),
	),
	maxlines: Type.Optional(
		Type.Integer({
			description: 'The number of lines that one expression may span.',
			minimum: 1,
			maximum: 1000,
		}),
	),
	before: Type.Optional(
		Type.String({
			description: 'Files in filter.d to read before this one, one per line, e.g. common.conf.',
			maxLength: 4096,
		}),
	),
};

const guardParams = { client: Type.Optional(client), force: Type.Optional(force) };

const filterChange = Type.Object({
	id: Type.String({ description: 'The ID of the change. Empty if there was nothing to change.' }),
	files: Type.Array(Type.String(), { description: 'The changed files.' }),
	changed: Type.Array(changedOption, { description: 'The changed options.' }),
	pending: flag('Whether it waits for fail2ban to be started.'),
	digest: Type.String({ description: 'SHA-1 digest of its files as they are now. Empty if it is deleted.' }),
	provisional,
});

export const createFilter = endpoint({
	method: 'POST',
	path: '/filters/{name}',
	description: 'Create a filter in filter.d/{name}.local.',
	permission: 'root',
	params: Type.Object({
		name: newFilterName,
		'copy-of': Type.Optional(
			Type.String({
				description: 'Copy the content of this filter.',
				pve: { typetext: '<filter>' },
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
	description: 'Change a filter in filter.d/{name}.local, and reload each running jail that uses it.',
	permission: 'root',
	params: Type.Object({
		name: filterName,
		...filterOptionParams,
		delete: Type.Optional(
			Type.String({
				description: 'A list of settings you want to delete.',
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
		'Delete filter.d/{name}.local: an own filter is deleted, a changed one is reset to what the package ships.',
	permission: 'root',
	params: Type.Object({ name: filterName, digest: Type.Optional(digest), ...guardParams }),
	answer: filterChange,
	task: 'maybe',
});
