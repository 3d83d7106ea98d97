import { type IncomingMessage, request } from 'node:http';
import type { AnswerOf, Endpoints, ErrorBody, ParamsOf, TaskLine } from '../../contract/index.ts';
import { CommandFailure } from './Console.ts';

/** The calls that the console makes. Only types come from the contract: its schemas would be half of the program. */
const calls = {
	getStatus: { method: 'GET', path: '/status' },
	listJails: { method: 'GET', path: '/jails' },
	deleteBans: { method: 'DELETE', path: '/bans' },
} as const satisfies { [name in keyof Endpoints]?: { method: string; path: string } };

type CallName = keyof typeof calls;

export type HelperAnswer<Name extends CallName> = { data: AnswerOf<Endpoints[Name]> } | { task: 'done' };

/** Milliseconds without a byte; a task is silent while it waits for a slow action. */
const timeoutsMs = { answer: 20_000, task: 10 * 60_000 };

/** The helper's API, called as root. */
export class HelperClient {
	readonly #socket: string;

	constructor(socket: string) {
		this.#socket = socket;
	}

	/**
	 * Throws CommandFailure: 3 when the helper is out of reach, 1 when it refuses.
	 * @param line told each line of a task
	 */
	async call<Name extends CallName>(
		name: Name,
		params: ParamsOf<Endpoints[Name]>,
		line: (text: string) => void = () => {},
	): Promise<HelperAnswer<Name>> {
		const { method, path } = calls[name];
		const query = new URLSearchParams(
			Object.entries(params).map(([key, value]): [string, string] => [
				key,
				value === true ? '1' : String(value),
			]),
		);
		const response = await this.#send(method, query.size === 0 ? path : `${path}?${query}`);
		if (response.headers['content-type']?.startsWith('application/x-ndjson')) {
			await this.#follow(response, line);
			return { task: 'done' };
		}
		const body = parseBody(await this.#text(response));
		if ('error' in body) throw refusal(body);
		return body as { data: AnswerOf<Endpoints[Name]> };
	}

	#send(method: string, target: string): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const call = request({
				socketPath: this.#socket,
				method,
				path: target,
				headers: { 'x-pve-user': 'root@pam' },
				agent: false,
				timeout: timeoutsMs.answer,
			});
			call.on('response', resolve);
			call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutsMs.answer / 1000} s`)));
			call.on('error', (error) => reject(this.#unreachable(error)));
			call.end();
		});
	}

	async #text(response: IncomingMessage): Promise<string> {
		let text = '';
		for await (const part of this.#parts(response)) text += part;
		return text;
	}

	async #follow(response: IncomingMessage, line: (text: string) => void): Promise<void> {
		response.socket.setTimeout(timeoutsMs.task);
		let rest = '';
		let exit: { ok: true } | { error: string } | null = null;
		for await (const part of this.#parts(response)) {
			const lines = (rest + part).split('\n');
			rest = lines.pop() as string;
			for (const one of lines.map((whole) => JSON.parse(whole) as TaskLine)) {
				if ('line' in one) line(one.line);
				else exit = one.exit;
			}
		}
		if (exit === null) throw this.#unreachable(new Error('it ended in the middle of the task'));
		if ('error' in exit) throw new CommandFailure(1, exit.error);
	}

	async *#parts(response: IncomingMessage): AsyncGenerator<string> {
		response.setEncoding('utf8');
		try {
			yield* response as AsyncIterable<string>;
		} catch (error) {
			throw this.#unreachable(error as Error);
		}
	}

	#unreachable({ message }: Error): CommandFailure {
		return new CommandFailure(
			3,
			`The helper cannot be reached at ${this.#socket}: ${message}.`,
			"'pve-fail2ban doctor' says why; 'pve-fail2ban rescue' works without it.",
		);
	}
}

function parseBody(text: string): ErrorBody | { data: unknown } {
	try {
		const body = JSON.parse(text) as ErrorBody | { data: unknown } | null;
		if (body !== null && ('data' in body || 'error' in body)) return body;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw new CommandFailure(1, 'The helper sent no proper answer.');
}

function refusal({ error: { message, errors } }: ErrorBody): CommandFailure {
	// `messages` is JSON for the web interface, which translates it
	const { messages: _, ...texts } = errors ?? {};
	const more = Object.entries(texts)
		.filter(([name, text]) => !message.includes(text) && name !== 'digest')
		.map(([name, text]) => `${name}: ${text}`);
	return new CommandFailure(1, [message, ...more].join('; '));
}
