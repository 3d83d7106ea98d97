import { encode } from './text.ts';
import { translated, translatedErrors } from './translated.ts';

/** A call that failed, as far as the interface can tell. */
export interface Failure {
	/** HTTP status; 0 if the server could not be reached. */
	status: number;
	message: string;
	/** The message as PVE shows it, HTML. */
	html: Encoded;
	/** By parameter; also `would-ban`, `tx-failed`, `tx-restored`, `tx-missing`, `tx-output`. */
	errors: Record<string, string>;
}

/** As PVE shows a refused call; it does not know which of the errors are none. */
function refusal(status: number, message: string, errors: Record<string, string>): Encoded {
	const fields = Object.entries(errors).map(([name, text]) => `<br><b>${encode(name)}</b>: ${encode(text)}`);
	return `${encode(message)} (${status})${fields.length > 0 ? '<br>' : ''}${fields.join('')}`;
}

/** Components that show the wait mask; the default is none. */
export type Waits = Ext.Component | undefined;

/**
 * One call of PVE's API. Rejects with a `Failure`. The parameters of a DELETE go into the address, because PVE
 * refuses a body there; undefined ones are left out, and true and false become 1 and 0.
 * @param timeout milliseconds, 30 s unless told
 */
export function request<T>(
	method: 'GET' | 'POST' | 'PUT' | 'DELETE',
	path: string,
	params: object = {},
	waits?: Waits,
	timeout?: number,
): Promise<T> {
	const given = Object.entries(params)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]);
	const values = Object.fromEntries(given);
	const inUrl = method === 'DELETE' && given.length > 0;
	return new Promise((resolve, reject) => {
		Proxmox.Utils.API2Request<T>({
			url: inUrl ? `${path}?${Ext.Object.toQueryString(values)}` : path,
			method,
			params: inUrl ? undefined : values,
			waitMsgTarget: waits,
			...(timeout !== undefined && { timeout }),
			success: ({ result }) => resolve(translated(result?.data) as T),
			failure: ({ status: httpStatus, htmlStatus, result }) => {
				const status = result?.status ?? httpStatus;
				const { message, errors } = translatedErrors(result?.message ?? '', result?.errors ?? {});
				const html = result?.errors?.messages ? refusal(status, message, errors) : htmlStatus;
				reject({ status, message, html, errors } satisfies Failure);
			},
		});
	});
}
