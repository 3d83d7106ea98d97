import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { apiJson, methodName, type PveSchema, perlPattern, pveSchema } from '../../../build/apiJson.ts';
import { endpoints, jailOptions, optionParam } from '../../../src/contract/index.ts';

/** What PVE::JSONSchema's own schema allows, as far as we use it. */
const allowed = new Set([
	'type',
	'description',
	'optional',
	'minimum',
	'maximum',
	'minLength',
	'maxLength',
	'pattern',
	'format',
	'enum',
	'default',
	'properties',
	'items',
	'additionalProperties',
	'typetext',
]);

/** Every schema below one, with the way to it. */
function all(schema: PveSchema, way: string): [string, PveSchema][] {
	const below = Object.entries((schema.properties ?? {}) as Record<string, PveSchema>);
	if (schema.items) below.push(['[]', schema.items as PveSchema]);
	if (typeof schema.additionalProperties === 'object') {
		below.push(['*', schema.additionalProperties as PveSchema]);
	}
	return [[way, schema], ...below.flatMap(([name, child]) => all(child, `${way}.${name}`))];
}

const methods = apiJson(endpoints);
const schemas = methods.flatMap(({ name, parameters, returns }) => [
	...all(parameters, `${name} parameters`),
	...all(returns, `${name} returns`),
]);

describe('apiJson', () => {
	it('has every call once, with the node as a parameter', () => {
		expect(methods.map(({ name }) => name)).toEqual(Object.keys(endpoints).map(methodName));
		for (const { parameters, path } of methods) {
			const properties = parameters.properties as Record<string, PveSchema>;
			expect(properties.node).toMatchObject({ type: 'string', format: 'pve-node' });
			for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
				expect(properties[name]?.optional).toBeUndefined();
				expect(properties[name]).toBeDefined();
			}
		}
	});

	it.each(schemas)('%s: uses only what PVE knows', (_, schema) => {
		expect(Object.keys(schema).filter((key) => !allowed.has(key))).toEqual([]);
		expect(['string', 'integer', 'number', 'boolean', 'object', 'array', 'any']).toContain(schema.type);
		expect([undefined, 1]).toContain(schema.optional);
		// a description may say the words; a value must be 0 or 1
		expect(JSON.stringify(schema)).not.toMatch(/[^\x20-\x7e]|[:[,](?:true|false)[,}\]]/);
	});

	it('describes each call, parameter and property in a sentence', () => {
		const properties = schemas.flatMap(([way, { properties = {} }]) =>
			Object.entries(properties as Record<string, PveSchema>).map(([name, property]) => [
				`${way}.${name}`,
				property,
			]),
		) as [string, PveSchema][];
		const calls = methods.map(({ name, description }) => [name, { description }] as [string, PveSchema]);
		const bad = [...calls, ...properties].filter(
			([, { description }]) => !/^[A-Z].{5,}\.$/s.test(String(description)),
		);
		expect(bad.map(([way, { description }]) => `${way}: ${description}`)).toEqual([]);
	});

	it('lets an object hold whatever it holds where the contract says so', () => {
		const checks = methods.find(({ name }) => name === 'get_checks') as { returns?: any } | undefined;
		expect(checks?.returns.items.properties.messages).toMatchObject({ additionalProperties: 1, optional: 1 });
		expect(checks?.returns.items.additionalProperties).toBe(0);
	});

	it('names methods in snake_case, properties in kebab-case', () => {
		expect(methods.map(({ name }) => name).filter((name) => !/^[a-z]+(?:_[a-z]+)*$/.test(name))).toEqual([]);
		const fail2ban = new Set(jailOptions.map(({ name }) => optionParam(name)));
		const names = schemas.flatMap(([, { properties = {} }]) => Object.keys(properties as PveSchema));
		expect(names.filter((name) => !/^[a-z]+(?:-[a-z]+)*$/.test(name) && !fail2ban.has(name))).toEqual([]);
	});

	it('shows no pattern in the usage of a command', () => {
		const bare = methods.flatMap(({ name, parameters }) =>
			Object.entries(parameters.properties as Record<string, PveSchema>)
				.filter(([, { pattern, typetext }]) => pattern !== undefined && typetext === undefined)
				.map(([parameter]) => `${name}: ${parameter}`),
		);
		expect(bare).toEqual([]);
	});

	it('puts no fixed name beside a path parameter, which PVE refuses', () => {
		const levels = new Map<string, Set<string>>();
		for (const { path } of methods) {
			const parts = path.split('/').filter(Boolean);
			parts.forEach((part, depth) => {
				const above = parts.slice(0, depth).join('/');
				levels.set(above, (levels.get(above) ?? new Set()).add(part));
			});
		}
		for (const names of levels.values()) {
			if ([...names].some((name) => name.startsWith('{'))) expect(names.size).toBe(1);
		}
	});
});

describe('pveSchema', () => {
	it('makes a value that may be null optional', () => {
		const schema = Type.Object({
			a: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
			b: Type.String(),
		});
		expect(pveSchema(schema)).toEqual({
			type: 'object',
			additionalProperties: 0,
			properties: { a: { type: 'integer', minimum: 0, optional: 1 }, b: { type: 'string' } },
		});
	});

	it('writes the default of a boolean as 0 or 1', () => {
		expect(pveSchema(Type.Boolean({ default: true }))).toEqual({ type: 'boolean', default: 1 });
	});

	it('takes what only PVE knows and drops our own keys', () => {
		expect(pveSchema(Type.String({ pve: { format: 'ip', typetext: '<ip>' }, rule: 'x' }))).toEqual({
			type: 'string',
			format: 'ip',
			typetext: '<ip>',
		});
	});

	it('refuses a union that PVE cannot express', () => {
		expect(() => pveSchema(Type.Union([Type.String(), Type.Integer()]))).toThrow('union');
	});
});

describe('perlPattern', () => {
	it('does not let a final line break through', () => {
		expect(perlPattern('^[a-z]+$')).toBe('^[a-z]+\\z');
		expect(perlPattern('^a\\$')).toBe('^a\\$');
	});

	it('writes code points as Perl does', () => {
		expect(perlPattern('^[^\\u0000-\\u001f]*$')).toBe('^[^\\x{0000}-\\x{001f}]*\\z');
	});
});
