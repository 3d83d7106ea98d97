import { expect } from 'vitest';
import {
	type AnswerOf,
	type Endpoint,
	type ErrorBody,
	endpoints,
	type HelperEndpoints,
} from '../../src/contract/index.ts';
import type { HelperAnswer, HelperCall } from './helper.ts';

type Name = keyof HelperEndpoints;
type Params = Record<string, unknown>;

/** A call by its name in the contract, with those parameters in the path that belong there. */
function ask(call: HelperCall, name: Name, params: Params, user?: string): Promise<HelperAnswer> {
	const { method, path }: Endpoint = endpoints[name];
	const rest = { ...params };
	const target = path.replace(/\{([a-z-]+)\}/g, (_, param: string) => {
		const { [param]: value } = rest;
		delete rest[param];
		return encodeURIComponent(String(value));
	});
	return call(method, target, rest, user);
}

/**
 * The data of a call that must succeed without a task, in the type of the contract. That it has this type at run time,
 * too, the helper's answer is held to (see `heldData`).
 */
export async function answerOf<N extends Name>(
	call: HelperCall,
	name: N,
	params: Params = {},
	user?: string,
): Promise<AnswerOf<HelperEndpoints[N]>> {
	const { status, body, lines } = await ask(call, name, params, user);
	expect({ status, error: body.error, lines }).toEqual({ status: 200, error: undefined, lines: null });
	return body.data;
}

/** A call that must succeed, whether a task does the work or not. */
export async function mustDo(
	call: HelperCall,
	name: Name,
	params: Params = {},
	user?: string,
): Promise<void> {
	const { status, body, lines } = await ask(call, name, params, user);
	expect({ status, ...body }).toMatchObject({ status: 200, ...(lines !== null && { exit: { ok: true } }) });
}

export interface Refusal {
	status: number;
	code: string;
	message: string;
	/** By parameter; empty if the error names none. */
	errors: Record<string, string>;
}

/** The error of a call that must be refused. */
export async function refusalOf(
	call: HelperCall,
	name: Name,
	params: Params = {},
	user?: string,
): Promise<Refusal> {
	const { status, body } = await ask(call, name, params, user);
	expect(body, `${name} must be refused`).toHaveProperty('error');
	const { code, message, errors = {} } = (body as ErrorBody).error;
	return { status, code, message, errors };
}
