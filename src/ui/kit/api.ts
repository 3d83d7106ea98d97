import type { AnswerOf, Endpoints, ParamsOf } from '../../contract/index.ts';
import { request, type Waits } from './request.ts';

export type Params<K extends keyof Endpoints> = ParamsOf<Endpoints[K]>;

export type Answer<K extends keyof Endpoints> = AnswerOf<Endpoints[K]>;

/** The task that does the rest of a call. */
export type Upid = string;

/** What a call that may take long answers. */
export type MaybeTask<T> = T | { upid: Upid };

/** pveproxy refuses a request line above 8 KB. */
export const longestList = 4000;

export function base(node: string): string {
	return `/nodes/${encodeURIComponent(node)}/fail2ban`;
}

/** The address of a list for a store's proxy, which wants errors by HTTP status. */
export function listUrl(
	node: string,
	list: 'status' | 'jails' | 'bans' | 'filters' | 'actions' | 'ignore',
): string {
	return `/api2/json${base(node)}/${list}`;
}

/**
 * The task that goes on with a call; undefined: it is done. A call that always starts one answers its UPID alone, as
 * everywhere in Proxmox VE, and one that may do without answers it as a property.
 */
export function taskOf(answer: unknown): Upid | undefined {
	const upid = typeof answer === 'string' ? answer : (answer as { upid?: unknown } | null | undefined)?.upid;
	return typeof upid === 'string' && upid.startsWith('UPID:') ? upid : undefined;
}

let client: Promise<string | undefined> | undefined;

/**
 * The address of this browser, a hint for the lockout guard; undefined where the server does not tell. Asked
 * once, from the node that serves the page: on any other the proxying node would be taken for the browser.
 */
export function clientAddress(): Promise<string | undefined> {
	client ??= request<unknown>('GET', '/cluster/fail2ban/client').then(
		(data) => (typeof data === 'string' && data !== '' ? data : undefined),
		() => undefined,
	);
	return client;
}

export async function write<T>(
	method: 'POST' | 'PUT' | 'DELETE',
	path: string,
	params: object,
	waits: Waits,
): Promise<T> {
	return request<T>(method, path, { ...params, client: await clientAddress() }, waits);
}
