import type { TSchema } from '@sinclair/typebox';
import { type PveSchema, pveSchema } from '../../build/apiJson.ts';
import { type Endpoint, endpoints } from '../../src/contract/index.ts';

/** What an answer breaks of its schema by PVE's rules, each with the way to it. */
export function answerProblems(schema: PveSchema, value: unknown, way = 'data'): string[] {
	if (value === null || value === undefined) return schema.optional === 1 ? [] : [`${way}: missing`];
	switch (schema.type) {
		case 'boolean':
			return value === 0 || value === 1 ? [] : [`${way}: ${value} is not 0 or 1`];
		case 'integer':
			return Number.isSafeInteger(value) ? [] : [`${way}: ${value} is not an integer`];
		case 'array':
			if (!Array.isArray(value)) return [`${way}: not a list`];
			return value.flatMap((item, index) =>
				answerProblems(schema.items as PveSchema, item, `${way}[${index}]`),
			);
		case 'object':
			return objectProblems(schema, value, way);
		default:
			if (typeof value !== 'string') return [`${way}: ${value} is not a text`];
			return schema.enum && !(schema.enum as string[]).includes(value)
				? [`${way}: unknown word ${value}`]
				: [];
	}
}

function objectProblems(
	{ properties = {}, additionalProperties }: PveSchema,
	value: unknown,
	way: string,
): string[] {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${way}: not an object`];
	const known = properties as Record<string, PveSchema>;
	const others = Object.keys(value).filter((name) => !Object.hasOwn(known, name));
	const fields = value as Record<string, unknown>;
	const declared = Object.entries(known).flatMap(([name, property]) =>
		answerProblems(property, fields[name], `${way}.${name}`),
	);
	const free = typeof additionalProperties === 'object' ? (additionalProperties as PveSchema) : null;
	return [
		...declared,
		...(additionalProperties === 1 ? [] : others).flatMap((name) =>
			free === null ? [`${way}.${name}: undeclared`] : answerProblems(free, fields[name], `${way}.${name}`),
		),
	];
}

/** 0 and 1 as false and true again. */
function withFlags(schema: TSchema, value: unknown): unknown {
	if (value === null || value === undefined) return value;
	if (schema.anyOf)
		return withFlags(
			schema.anyOf.find(({ type }: TSchema) => type !== 'null'),
			value,
		);
	if (schema.type === 'boolean') return value === 1;
	if (schema.type === 'array') return (value as unknown[]).map((item) => withFlags(schema.items, item));
	if (schema.type !== 'object') return value;
	const [free] = Object.values((schema.patternProperties ?? {}) as Record<string, TSchema>);
	const fields = Object.entries(value as object).map(([name, part]) => {
		const property = schema.properties?.[name] ?? free;
		return [name, property === undefined ? part : withFlags(property, part)];
	});
	return Object.fromEntries(fields);
}

function endpointOf(method: string, path: string): Endpoint | undefined {
	const parts = path.split('/');
	return (Object.values(endpoints) as Endpoint[]).find((endpoint) => {
		const pattern = endpoint.path.split('/');
		return (
			endpoint.method === method &&
			pattern.length === parts.length &&
			pattern.every((part, index) => part.startsWith('{') || part === parts[index])
		);
	});
}

/**
 * The data of an answer as the helper's services make them, with true and false. Throws an error when the answer is
 * not what the return schema of its call says, so that every system test holds the helper to it.
 */
export function heldData(method: string, path: string, data: unknown): unknown {
	const endpoint = endpointOf(method, path);
	if (endpoint === undefined) throw new Error(`${method} ${path}: not a call of the contract`);
	const problems = answerProblems(pveSchema(endpoint.answer), data);
	if (problems.length > 0)
		throw new Error(`${method} ${path} breaks its schema: ${problems.slice(0, 5).join('; ')}`);
	return withFlags(endpoint.answer, data);
}
