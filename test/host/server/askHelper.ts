import { type IncomingMessage, request } from 'node:http';
import type { DataBody, ErrorBody, Method } from '../../../src/contract/index.ts';
import { HostError } from './HostError.ts';

export type Params = Record<string, string | string[]>;

export interface HelperCall {
	method: Method;
	/** Below /nodes/{node}/fail2ban, still URL-encoded. */
	path: string;
	/** The names in the path left out. All values are strings, as PVE hands them on. */
	params: Params;
	user: string;
	clientIp: string;
	/** The user has Sys.Syslog on the node. */
	syslog: boolean;
}

export type HelperAnswer =
	| { kind: 'data'; body: DataBody<unknown> }
	| { kind: 'task'; lines: IncomingMessage; stop(): void };

/** Milliseconds until the first byte; PVE's proxy gives a node 30 s. */
const deadline = 30_000;

function send(
	socketPath: string,
	{ method, path, params, user, clientIp, syslog }: HelperCall,
): Promise<IncomingMessage> {
	const inQuery = method === 'GET' || method === 'DELETE';
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(params)) {
		for (const each of [value].flat()) {
			query.append(name, each);
		}
	}
	const target = inQuery && query.size > 0 ? `${path}?${query}` : path;
	const body = inQuery ? '' : JSON.stringify(params);
	const headers = {
		'x-pve-user': user,
		'x-pve-client-ip': clientIp,
		...(syslog && { 'x-pve-syslog': '1' }),
		...(!inQuery && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
	};
	return new Promise((resolve, reject) => {
		const call = request({ socketPath, method, path: target, headers, agent: false }, resolve);
		const timer = setTimeout(() => {
			call.destroy();
			reject(new HostError(504, 'The pve-fail2ban helper does not answer.'));
		}, deadline);
		call.on('error', (error) => reject(new HostError(503, `pve-fail2ban helper: ${error.message}`)));
		call.on('close', () => clearTimeout(timer));
		call.on('response', () => clearTimeout(timer));
		call.end(body);
	});
}

async function textOf(response: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of response) {
		chunks.push(chunk as Buffer);
	}
	return Buffer.concat(chunks).toString();
}

/** One call over the helper's unix socket, as the API module makes it on a node. Throws HostError. */
export async function askHelper(socket: string, call: HelperCall): Promise<HelperAnswer> {
	const response = await send(socket, call);
	if (response.headers['content-type']?.startsWith('application/x-ndjson')) {
		return { kind: 'task', lines: response, stop: () => response.destroy() };
	}
	const status = response.statusCode ?? 0;
	let body: DataBody<unknown> | ErrorBody;
	try {
		body = JSON.parse(await textOf(response));
	} catch {
		throw new HostError(502, `The pve-fail2ban helper answered ${status} without JSON.`);
	}
	if ('error' in body) {
		// A 401 would log the user out of the whole interface.
		throw new HostError(status === 401 ? 500 : status, body.error.message, body.error.errors);
	}
	return { kind: 'data', body };
}
