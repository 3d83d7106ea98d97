import type { TSchema } from '@sinclair/typebox';
import type { Endpoint } from '../src/contract/index.ts';

/** A schema in PVE's dialect of JSON schema, see PVE::JSONSchema: booleans are 0 and 1, unknown keys are refused. */
export type PveSchema = { [key: string]: unknown };

/** One call as PVE::RESTHandler's register_method takes it, but for the code and the permission check. */
export interface PveMethod {
	/** The service function's name as a Perl developer writes it. */
	name: string;
	method: string;
	path: string;
	description: string;
	permission: string;
	protected: 1;
	proxyto: 'node';
	/** The API module lists the calls below the path by itself. */
	index?: 1;
	/** Whether the answer is a task: no, maybe, yes. */
	task: string;
	parameters: PveSchema;
	returns: PveSchema;
}

/** Keys that mean the same in both dialects. */
const kept = [
	'type',
	'description',
	'minimum',
	'maximum',
	'minLength',
	'maxLength',
	'enum',
	'default',
	'format',
];

/** PVE's command line tools print descriptions as bytes. */
function ascii(text: string): string {
	return text.replaceAll('’', "'").replaceAll('…', '...').replaceAll('–', '-');
}

/** JavaScript's `$` is the very end of the text; Perl's also stands before a final line break. */
export function perlPattern(pattern: string): string {
	return pattern.replace(/\\u([0-9a-fA-F]{4})/g, '\\x{$1}').replace(/(?<!\\)\$$/, '\\z');
}

function isNull(schema: TSchema): boolean {
	return schema.type === 'null';
}

/** A schema in PVE's dialect; `pve` holds what only PVE knows. Throws on what has no counterpart there. */
export function pveSchema(schema: TSchema): PveSchema {
	if (schema.anyOf) {
		const options = (schema.anyOf as TSchema[]).filter((option) => !isNull(option));
		const [only, ...more] = options;
		if (only === undefined || more.length > 0) throw new Error('PVE knows no union but with null.');
		const description = schema.description === undefined ? {} : { description: ascii(schema.description) };
		return { ...pveSchema(only), ...description, optional: 1 };
	}
	const result: PveSchema = {};
	for (const key of kept) {
		if (schema[key] !== undefined) result[key] = schema[key];
	}
	if (typeof result.description === 'string') result.description = ascii(result.description);
	if (schema.default !== undefined && schema.type === 'boolean') result.default = schema.default ? 1 : 0;
	if (schema.pattern !== undefined) result.pattern = perlPattern(schema.pattern);
	Object.assign(result, schema.pve);
	if (schema.type === 'object') Object.assign(result, objectKeys(schema));
	if (schema.type === 'array') result.items = pveSchema(schema.items);
	return result;
}

function objectKeys(schema: TSchema): PveSchema {
	const patterns = Object.values((schema.patternProperties ?? {}) as Record<string, TSchema>);
	const [value] = patterns;
	if (value !== undefined) return { additionalProperties: pveSchema(value) };
	const required = new Set<string>(schema.required ?? []);
	const properties = Object.entries(schema.properties as Record<string, TSchema>).map(([name, property]) => {
		const converted = pveSchema(property);
		return [name, required.has(name) ? converted : { ...converted, optional: 1 }] as const;
	});
	const additionalProperties = schema.additionalProperties === true ? 1 : 0;
	return { additionalProperties, properties: Object.fromEntries(properties) };
}

const node: PveSchema = { type: 'string', format: 'pve-node', description: 'The cluster node name.' };

function answer({ task, answer: schema }: Endpoint): PveSchema {
	if (task !== 'maybe') return pveSchema(schema);
	const { properties, ...object } = pveSchema(schema);
	const parts = Object.entries(properties as Record<string, PveSchema>);
	// PVE has no type for one object or another, so each property may be missing
	const optional = parts.map(([name, property]) => [name, { ...property, optional: 1 }] as const);
	const upid = { type: 'string', description: 'The UPID of the task that does the work, if it takes long.' };
	return { ...object, properties: { ...Object.fromEntries(optional), upid: { ...upid, optional: 1 } } };
}

/** `listJails` is the method list_jails; an index is index or jail_index, as in PVE. */
export function methodName(service: string): string {
	const words = service.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
	return words.replace(/^get_(?=(?:\w+_)?index$)/, '');
}

/** All calls for the API module that PVE loads; it is data, so that no Perl is generated. */
export function apiJson(endpoints: Readonly<Record<string, Endpoint>>): PveMethod[] {
	return Object.entries(endpoints).map(([name, endpoint]) => {
		const parameters = pveSchema(endpoint.params);
		return {
			name: methodName(name),
			method: endpoint.method,
			path: endpoint.path,
			description: ascii(endpoint.description),
			permission: endpoint.permission,
			protected: 1,
			proxyto: 'node',
			...(endpoint.index && { index: 1 }),
			task: endpoint.task,
			parameters: { ...parameters, properties: { node, ...(parameters.properties as object) } },
			returns: answer(endpoint),
		};
	});
}
