import express, { type Express, type Request, type Response } from 'express';
import type { Params } from './askHelper.ts';
import { answerFail2ban } from './fail2banApi.ts';
import { HostError } from './HostError.ts';
import type { HostTasks } from './HostTasks.ts';
import { answerOpenCall, answerPveCall, nodeName } from './pveApi.ts';
import type { Sessions } from './Sessions.ts';

export interface ApiContext {
	helperSocket: string;
	sessions: Sessions;
	tasks: HostTasks;
	onLoginFailure(user: string): void;
	/** Called with each call, before it is answered. */
	onCall?: ((method: string, path: string) => void) | undefined;
}

/** Mounts /api2/json and /api2/extjs: the same calls, with errors by HTTP status or inside a 200. */
export function mountApi(app: Express, context: ApiContext): void {
	// PVE's own bound on a request body.
	const parsers = [express.urlencoded({ extended: false, limit: '512kb' }), express.json({ limit: '512kb' })];
	app.use(['/api2/json', '/api2/extjs'], ...parsers, async (request, response) => {
		const extjs = request.baseUrl === '/api2/extjs';
		response.set('cache-control', 'no-store');
		try {
			const { data, total } = await answer(request, context);
			response.json({ data, ...(total !== undefined && { total }), ...(extjs && { success: 1 }) });
		} catch (error) {
			sendError(response, extjs, error);
		}
	});
}

function sendError(response: Response, extjs: boolean, error: unknown): void {
	if (!(error instanceof HostError)) {
		console.error(error);
	}
	const status = error instanceof HostError ? error.status : 500;
	const message = error instanceof Error ? error.message : String(error);
	const errors = error instanceof HostError ? error.errors : undefined;
	const body = { data: null, message, ...(errors && { errors }) };
	// PVE sends the message as the reason of the status line, which holds one line of ASCII.
	response.statusMessage = message.replace(/[^\x20-\x7e]+/g, ' ').trim();
	if (status === 401) {
		response.status(status).send(message);
	} else if (extjs) {
		response.statusMessage = 'OK';
		response.json({ ...body, status, success: 0 });
	} else {
		response.status(status).json(body);
	}
}

/** Everything is a string; a repeated name is a list. Of a DELETE only the query counts, as in PVE. */
function paramsOf(request: Request): Params {
	const body = request.method === 'POST' || request.method === 'PUT' ? (request.body ?? {}) : {};
	const params: Params = {};
	for (const [name, value] of [...Object.entries(request.query), ...Object.entries(body)]) {
		// ExtJS adds _dc against caches.
		if (name !== '_dc') {
			params[name] = Array.isArray(value) ? value.map(String) : asString(value);
		}
	}
	return params;
}

/** JSON's true is 1 in PVE. */
function asString(value: unknown): string {
	return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function clientIpOf(request: Request): string {
	return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

async function answer(request: Request, context: ApiContext): Promise<{ data: unknown; total?: number }> {
	const { method, path } = request;
	const call = { method, path: decodeURIComponent(path), params: paramsOf(request) };
	context.onCall?.(method, call.path);
	const open = answerOpenCall(call, context);
	if (open) {
		return open;
	}
	const account = context.sessions.accountOf(request);
	const clientIp = clientIpOf(request);
	if (method === 'GET' && path === '/cluster/fail2ban/client') {
		return { data: clientIp };
	}
	const [, node, below] = /^\/nodes\/([^/]+)\/fail2ban(\/.*)?$/.exec(path) ?? [];
	if (node === undefined) {
		return answerPveCall(call, context);
	}
	if (node !== nodeName && node !== 'localhost') {
		throw new HostError(595, `hostname lookup '${node}' failed`);
	}
	return answerFail2ban(context.helperSocket, context.tasks, {
		node: nodeName,
		method,
		path: below ?? '',
		params: call.params,
		account,
		clientIp,
	});
}
