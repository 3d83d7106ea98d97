import type { Response } from 'express';
import type { ErrorBody, TaskLine } from '../../contract/index.ts';
import { ServerError, type ServerErrorCode } from '../fail2ban/Fail2banServer.ts';
import type { Task } from '../kit/caller.ts';
import { ApiError, reasonOf } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { jsonText } from '../kit/wholeText.ts';

/** The message becomes the reason phrase of an HTTP answer: one line of ASCII. */
function ascii(message: string): string {
	return message
		.replaceAll('…', '...')
		.replaceAll('’', "'")
		.replace(/[^\x20-\x7e]+/g, ' ')
		.trim();
}

const serverErrors: Record<ServerErrorCode, { status: ApiError['status']; message?: string }> = {
	'not-running': { status: 503, message: 'fail2ban is not running.' },
	timeout: { status: 504, message: 'fail2ban does not answer; a slow action may keep it busy.' },
	disconnected: { status: 503, message: 'fail2ban closed the connection; it may be restarting.' },
	refused: { status: 400 },
	protocol: { status: 500 },
};

/** What the caller is told; an error that is none of ours is logged whole and told as a line. */
function tellable(error: unknown, log: Log): ApiError {
	if (error instanceof ApiError) return error;
	if (error instanceof ServerError) {
		const { status, message } = serverErrors[error.code];
		return new ApiError(status, error.code, message ?? error.message);
	}
	const { status, type, message } = error as { status?: number; type?: string; message?: string };
	if (status === 413) return new ApiError(400, 'too-large', 'The request is larger than 512 KiB.');
	if (error instanceof URIError) return new ApiError(400, 'bad-path', 'The path is not URL-encoded.');
	if (typeof type === 'string' && type.startsWith('entity.'))
		return new ApiError(400, 'bad-json', `Bad JSON: ${message}`);
	log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
	return new ApiError(500, 'internal', reasonOf(error));
}

/** The API module cuts a longer text off, and half of it is no JSON. */
const longest = 16_000;

/** PVE hands on nothing of an error but its message and texts by name, so what a panel can translate is one of them. */
function errorsOf({ errors, messages }: ApiError): Record<string, string> | undefined {
	const text = JSON.stringify(messages);
	const more = text === '{}' || text.length > longest ? {} : { messages: text };
	return errors === undefined && !('messages' in more) ? undefined : { ...errors, ...more };
}

export function sendJson(response: Response, body: object): void {
	response.type('json').send(jsonText(body));
}

export function sendError(response: Response, error: unknown, log: Log): void {
	const told = tellable(error, log);
	const errors = errorsOf(told);
	const body: ErrorBody = {
		error: { code: told.code, message: ascii(told.message), ...(errors && { errors }) },
	};
	sendJson(response.status(told.status), body);
}

/** Streams a task's lines; it runs to its end even when the caller goes away, unless it heeds the signal. */
export async function sendTask(response: Response, task: Task, log: Log): Promise<void> {
	const gone = new AbortController();
	response.on('close', () => gone.abort());
	response.on('error', (error) => log.info(`a task's reader went away: ${error.message}`));
	response.status(200).type('application/x-ndjson');
	response.flushHeaders();
	const send = (line: TaskLine) => {
		if (!gone.signal.aborted) response.write(`${jsonText(line)}\n`);
	};
	try {
		await task.run((line) => send({ line }), gone.signal);
		send({ exit: { ok: true } });
	} catch (error) {
		const told = tellable(error, log);
		for (const [name, text] of Object.entries(told.errors ?? {})) send({ line: `${name}: ${text}` });
		send({ exit: { error: told.message } });
	}
	response.end();
}
