import type { Response } from 'express';
import type { ErrorBody, TaskLine } from '../../contract/index.ts';
import { ServerError, type ServerErrorCode } from '../fail2ban/Fail2banServer.ts';
import type { Task } from '../kit/caller.ts';
import { ApiError, reasonText } from '../kit/errors.ts';
import type { Log } from '../kit/journalLog.ts';
import { type Message, msg } from '../kit/message.ts';
import { jsonText } from '../kit/wholeText.ts';

/** The message becomes the reason phrase of an HTTP answer: one line of ASCII. */
function ascii(message: string): string {
	return message
		.replaceAll('…', '...')
		.replaceAll('’', "'")
		.replace(/[^\x20-\x7e]+/g, ' ')
		.trim();
}

/** The status of what fail2ban's server failed with, and the text where its own does not say what to make of it. */
const serverErrors: Record<
	ServerErrorCode,
	{ status: ApiError['status']; message?: (reason: Message) => Message }
> = {
	'not-running': { status: 503, message: () => msg('fail2ban is not running.') },
	timeout: {
		status: 504,
		message: () => msg('fail2ban does not answer; a slow action may keep it busy.'),
	},
	disconnected: {
		status: 503,
		message: () => msg('fail2ban closed the connection; it may be restarting.'),
	},
	refused: { status: 400 },
	protocol: {
		status: 500,
		message: (reason) => msg("fail2ban's answer could not be read: {0}", reason),
	},
};

/** What goes to the caller; an error that is none of ours is logged whole and sent as a line. */
function tellable(error: unknown, log: Log): ApiError {
	if (error instanceof ApiError) return error;
	if (error instanceof ServerError) {
		const { status, message } = serverErrors[error.code];
		return new ApiError(status, error.code, message?.(error.text) ?? error.text);
	}
	const { status, type, message } = error as { status?: number; type?: string; message?: string };
	if (status === 413)
		return new ApiError(400, 'too-large', msg('The request is larger than {0}.', '512 KiB'));
	if (error instanceof URIError) return new ApiError(400, 'bad-path', msg('The path is not URL-encoded.'));
	if (typeof type === 'string' && type.startsWith('entity.'))
		return new ApiError(400, 'bad-json', msg('Not valid JSON: {0}', message ?? ''));
	log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
	return new ApiError(500, 'internal', reasonText(error));
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
