import express, { type Express, type Request, type Response } from 'express';
import { type Endpoint, helperEndpoints } from '../contract/index.ts';
import type { Activity } from './Activity.ts';
import { ApiError } from './kit/errors.ts';
import type { Log } from './kit/journalLog.ts';
import { msg } from './kit/message.ts';
import { sendError, sendJson, sendTask } from './routes/answer.ts';
import { parseParams } from './routes/params.ts';
import { pveEncoder } from './routes/pveData.ts';
import { readCaller } from './routes/readCaller.ts';
import type { Call, Result, Services } from './services/kit/call.ts';

/** A call of the contract, and how its answer goes out. */
interface Route {
	endpoint: Endpoint;
	encode: ReturnType<typeof pveEncoder>;
}

type AnyService = (call: Call<unknown>) => Promise<Result<unknown>>;

function given(endpoint: Endpoint, request: Request): Record<string, unknown> {
	const fromPath = request.params as Record<string, unknown>;
	const rest = endpoint.method === 'GET' || endpoint.method === 'DELETE' ? request.query : request.body;
	if (rest !== undefined && (typeof rest !== 'object' || rest === null || Array.isArray(rest)))
		throw new ApiError(400, 'invalid', msg('The body must be a JSON object.'));
	// a parameter of the path cannot be given a second time
	return { ...(rest as Record<string, unknown> | undefined), ...fromPath };
}

async function handle(
	{ endpoint, encode }: Route,
	service: AnyService,
	request: Request,
	response: Response,
	log: Log,
) {
	const caller = readCaller(request.headers);
	if (endpoint.permission === 'root' && !caller.root)
		throw new ApiError(403, 'root-only', msg('Only root@pam may do this.'));
	const params = parseParams(endpoint.params, given(endpoint, request));
	const result = await service({ params, caller });
	if ('task' in result) await sendTask(response, result.task, log);
	else sendJson(response, encode === null ? result : { ...result, data: encode(result.data) });
}

/** The helper's HTTP interface: each endpoint of the contract that it answers, by its service. */
export function createApp(services: Services, { log, activity }: { log: Log; activity: Activity }): Express {
	const app = express();
	app.disable('x-powered-by');
	app.disable('etag');
	app.set('query parser', 'simple');
	app.set('case sensitive routing', true);
	app.use(express.json({ limit: '512kb' }));
	for (const [name, endpoint] of helperEndpoints()) {
		const route: Route = { endpoint, encode: pveEncoder(endpoint.answer) };
		const method = endpoint.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
		app[method](endpoint.path.replace(/\{(\w+)\}/g, ':$1'), (request, response) =>
			activity.during(async () => {
				try {
					await handle(route, services[name] as AnyService, request, response, log);
				} catch (error) {
					sendError(response, error, log);
				}
			}),
		);
	}
	app.use((request: Request, response: Response) =>
		sendError(
			response,
			new ApiError(501, 'unknown-call', msg('No such call: {0} {1}', request.method, request.path)),
			log,
		),
	);
	app.use((error: unknown, _request: Request, response: Response, _next: express.NextFunction) =>
		sendError(response, error, log),
	);
	return app;
}
