import type { TSchema } from '@sinclair/typebox';
import { type Endpoint, jailOptions, optionParam, type Permission } from '../src/contract/index.ts';

const permissions: Record<string, string> = {
	audit: 'Sys.Audit on /nodes/{node}',
	modify: 'Sys.Modify on /nodes/{node}',
	syslog: 'Sys.Syslog on /nodes/{node}',
	root: 'root@pam only',
};

const optionParams = new Set(jailOptions.map(({ name }) => optionParam(name)));

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function row(...cells: string[]): string {
	return `| ${cells.map(cell).join(' | ')} |`;
}

function table(head: string[], rows: string[]): string[] {
	return [row(...head), row(...head.map(() => '---')), ...rows];
}

/** Who may call, in PVE's words. */
export function permissionText(permission: Permission): string {
	const words = permission.split('+').map((word) => permissions[word]);
	return words.length === 1 ? String(words[0]) : words.join(' and ').replace(' on /nodes/{node}', '');
}

/** What a value may be, e.g. "integer, 0 to 1000". */
export function typeText(schema: TSchema): string {
	if (schema.anyOf) return (schema.anyOf as TSchema[]).map(typeText).join(' or ');
	if (schema.enum) return (schema.enum as string[]).map((word) => `\`${word}\``).join(', ');
	if (schema.type === 'array') return `list of ${typeText(schema.items)}`;
	const { minimum, maximum, maxLength } = schema;
	const range = minimum === undefined && maximum === undefined ? '' : `, ${minimum} to ${maximum}`;
	const length = maxLength === undefined ? '' : `, at most ${maxLength} characters`;
	return `${schema.type}${range}${length}`;
}

/** Descriptions stand on the union or on the part of it that is not null. */
function descriptionOf(schema: TSchema): string {
	const parts = (schema.anyOf ?? []) as TSchema[];
	return [schema, ...parts].map(({ description }) => description).find(Boolean) ?? '';
}

function paramTable(properties: Record<string, TSchema>, required: ReadonlySet<string>): string[] {
	const rows = Object.entries(properties).map(([name, schema]) =>
		row(
			`\`${name}\``,
			typeText(schema),
			required.has(name) ? 'yes' : '',
			[schema.description, schema.rule].filter(Boolean).join(' '),
		),
	);
	return table(['Parameter', 'Type', 'Required', 'Meaning'], rows);
}

function params({ params: { properties, required = [] } }: Endpoint): string[] {
	const names = Object.keys(properties);
	if (names.length === 0) return ['No parameters.'];
	const own = names.filter((name) => !optionParams.has(name) || required.includes(name));
	const rest = own.length < names.length ? ['', 'Also every option of [Jail options](#jail-options).'] : [];
	const shown = Object.fromEntries(own.map((name) => [name, properties[name] as TSchema]));
	return [...paramTable(shown, new Set(required)), ...rest];
}

/** The fields of an answer, those of a nested object with a dot. */
export function answerFields(schema: TSchema, prefix = ''): [name: string, schema: TSchema][] {
	if (schema.type === 'array') return answerFields(schema.items, prefix);
	if (schema.anyOf) return (schema.anyOf as TSchema[]).flatMap((part) => answerFields(part, prefix));
	const [value] = Object.values((schema.patternProperties ?? {}) as Record<string, TSchema>);
	if (value !== undefined) return answerFields(value, `${prefix}{name}.`);
	return Object.entries((schema.properties ?? {}) as Record<string, TSchema>).flatMap(([name, property]) => [
		[`${prefix}${name}`, property] as [string, TSchema],
		...answerFields(property, `${prefix}${name}.`),
	]);
}

function answer({ answer: schema, task }: Endpoint): string[] {
	if (task === 'yes') return ['Answer: the UPID of a task.'];
	const lead = schema.type === 'array' ? 'Answer, a list of' : 'Answer';
	const lines = table(
		['Field', 'Type', 'Meaning'],
		answerFields(schema).map(([name, field]) => row(`\`${name}\``, typeText(field), descriptionOf(field))),
	);
	const maybe =
		task === 'maybe'
			? ['', 'When the work takes long, the answer is `upid` alone, the UPID of the task that does it.']
			: [];
	return [`${lead}:`, '', ...lines, ...maybe];
}

function call(name: string, endpoint: Endpoint): string[] {
	const { method, path, description, permission } = endpoint;
	return [
		`## ${method} ${path}`,
		'',
		`${description} (\`${name}\`, ${permissionText(permission)})`,
		'',
		...params(endpoint),
		'',
		...answer(endpoint),
		'',
	];
}

function optionTable(): string[] {
	const rows = jailOptions.map(({ name, permission, description }) =>
		row(`\`${optionParam(name)}\``, name, permission === 'root' ? 'root@pam' : 'Sys.Modify', description),
	);
	return table(['Parameter', 'Option', 'Who may set it', 'Meaning'], rows);
}

/** The reference of all calls, docs/api.md. */
export function apiDocs(endpoints: Readonly<Record<string, Endpoint>>): string {
	const lines = [
		'# API',
		'',
		'<!-- Written by `npm run build` from src/contract; change it there. -->',
		'',
		'All paths are below `/nodes/{node}/fail2ban`. Times are Unix seconds, durations seconds. A parameter that is',
		'not listed is an error. Lists are separated by commas or white space.',
		'',
		...Object.entries(endpoints).flatMap(([name, endpoint]) => call(name, endpoint)),
		'## Jail options',
		'',
		'A dot in the name of an option is a dash in the parameter. Options with several values take one a line.',
		'',
		...optionTable(),
	];
	return `${lines.join('\n')}\n`;
}
