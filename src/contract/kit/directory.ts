import { type TObject, Type } from '@sinclair/typebox';
import type { Endpoint } from './endpoint.ts';
import { text } from './values.ts';

const answer = Type.Array(Type.Object({ name: text('The name of the entry.') }));

/**
 * The index of a folder whose calls have fixed names below it, for `pvesh ls`. As for PVE's own, the API module lists
 * them itself, so that the helper has no service for it; and whether the thing exists that the folder is named after
 * only the calls below say.
 */
export function directory<Params extends TObject>(
	path: string,
	params: Params,
): Endpoint<Params, typeof answer> & { index: true } {
	const description = 'Directory index.';
	return { method: 'GET', path, description, permission: 'audit', params, answer, task: 'no', index: true };
}
