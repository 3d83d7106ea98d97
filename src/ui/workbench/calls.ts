import type { FilterDetail } from '../../contract/types.ts';
import { base, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

function filterPath(node: string, name: string): string {
	return `${base(node)}/filters/${encodeURIComponent(name)}`;
}

export function getFilter(node: string, name: string, waits?: Waits): Promise<FilterDetail> {
	return request('GET', filterPath(node, name), {}, waits);
}

/** POST creates, PUT changes, DELETE removes a filter; all in its .local file. */
export function writeFilter(
	method: 'POST' | 'PUT' | 'DELETE',
	node: string,
	name: string,
	params: object,
	waits?: Waits,
): Promise<unknown> {
	return write(method, filterPath(node, name), params, waits);
}
