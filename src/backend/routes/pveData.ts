import type { TSchema } from '@sinclair/typebox';

type Encode = (value: unknown) => unknown;

/**
 * How the data of an answer go out in PVE's dialect, in which a boolean is 0 or 1; null: as they are. Made once for
 * each call, so that a list without booleans costs nothing.
 */
export function pveEncoder(schema: TSchema): Encode | null {
	if (schema.anyOf) {
		const encoders = (schema.anyOf as TSchema[]).map(pveEncoder).filter((encode) => encode !== null);
		// a union is a type and null, which build/apiJson.ts holds it to
		return encoders[0] ?? null;
	}
	if (schema.type === 'boolean') return (value) => (typeof value === 'boolean' ? Number(value) : value);
	if (schema.type === 'array') {
		const item = pveEncoder(schema.items);
		return item && ((value) => (Array.isArray(value) ? value.map(item) : value));
	}
	return schema.type === 'object' ? objectEncoder(schema) : null;
}

function objectEncoder(schema: TSchema): Encode | null {
	const [anyValue] = Object.values((schema.patternProperties ?? {}) as Record<string, TSchema>);
	const anyEncode = anyValue === undefined ? null : pveEncoder(anyValue);
	const encoders = new Map(
		Object.entries((schema.properties ?? {}) as Record<string, TSchema>).flatMap(([name, property]) => {
			const encode = pveEncoder(property);
			return encode === null ? [] : [[name, encode] as const];
		}),
	);
	if (anyEncode === null && encoders.size === 0) return null;
	return (value) => {
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, part]) => [name, (encoders.get(name) ?? anyEncode)?.(part) ?? part]),
		);
	};
}
