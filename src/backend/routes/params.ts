import type { TObject, TSchema } from '@sinclair/typebox';
import { invalidParams } from '../kit/errors.ts';
import { type Message, messageOf, msg, msgN } from '../kit/message.ts';

/** Longest part of a bad value that a message repeats. */
const maxCharacters = 60;

/** The start of a bad value, in ASCII; an object in brackets only. */
function startOf(value: unknown): string {
	const text =
		typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[…]' : '{…}') : String(value);
	const line = text.replace(/[^\x20-\x7e…]+/g, '?');
	return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

/** PVE hands on every parameter as a string; a JSON caller may send the type itself. */
function convert(schema: TSchema, value: unknown): unknown {
	if (schema.type === 'boolean') {
		if (value === true || value === 1 || value === '1') return true;
		if (value === false || value === 0 || value === '0') return false;
	} else if (schema.type === 'integer') {
		if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
	} else if (schema.type === 'string' && typeof value === 'number') {
		return String(value);
	}
	return value;
}

/** What a value breaks, in words; null if nothing. */
function problemOf(schema: TSchema, value: unknown): Message | null {
	switch (schema.type) {
		case 'boolean':
			return typeof value === 'boolean' ? null : msg("'{0}' is not 0 or 1.", startOf(value));
		case 'integer':
			return integerProblem(schema, value);
		default:
			return stringProblem(schema, value);
	}
}

function integerProblem({ minimum, maximum }: TSchema, value: unknown): Message | null {
	if (typeof value !== 'number' || !Number.isSafeInteger(value))
		return msg("'{0}' is not a whole number.", startOf(value));
	if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum))
		return msg('Must be a whole number from {0} to {1}.', minimum, maximum);
	return null;
}

/** As JSON Schema and PVE count them: an emoji, two UTF-16 code units, is one. */
function charactersOf(text: string): number {
	return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function stringProblem(schema: TSchema, value: unknown): Message | null {
	if (typeof value !== 'string') return msg('Must be a text.');
	if (schema.enum && !schema.enum.includes(value)) return msg('Use one of {0}.', schema.enum.join(', '));
	if (schema.minLength !== undefined && value.length < schema.minLength) return msg('Must not be empty.');
	if (schema.maxLength !== undefined && charactersOf(value) > schema.maxLength)
		return msgN(schema.maxLength, 'Must be at most {0} character.', 'Must be at most {0} characters.');
	if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
		return schema.rule === undefined
			? msg("'{0}' does not match {1}.", startOf(value), schema.pattern)
			: messageOf({ id: schema.rule });
	return null;
}

/**
 * Holds a call's parameters to their schema and brings strings to their types. Throws ApiError 400 that names each
 * bad parameter and its rule.
 */
export function parseParams<Params extends TObject>(
	schema: Params,
	given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
	const params: Record<string, unknown> = {};
	// without a prototype, or a parameter of the name __proto__ would pass unseen
	const errors: Record<string, Message> = Object.create(null);
	for (const [name, raw] of Object.entries(given)) {
		const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
		if (!property) {
			errors[name] = msg('Unknown parameter.');
			continue;
		}
		const value = convert(property, raw);
		const problem = problemOf(property, value);
		if (problem) errors[name] = problem;
		else params[name] = value;
	}
	for (const name of schema.required ?? []) {
		if (!(name in params) && !(name in errors)) errors[name] = msg('Missing, but required.');
	}
	if (Object.keys(errors).length > 0) throw invalidParams(errors);
	return params;
}
