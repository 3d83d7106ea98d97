import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { RunCommand } from '../../src/backend/fail2ban/Fail2banCommands.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { createLog } from '../../src/backend/kit/journalLog.ts';
import { type HelperSeams, startHelper } from '../../src/backend/startHelper.ts';
import type { SystemFiles } from '../../src/backend/system/SystemFiles.ts';
import type { ErrorBody } from '../../src/contract/index.ts';
import type { PrivateFail2ban } from './fail2ban.ts';
import { heldData } from './heldAnswer.ts';

export interface HelperAnswer {
	status: number;
	/** The JSON of an answer, or of a task's last line. */
	body: any;
	/** Lines of a task; null for any other answer. */
	lines: string[] | null;
}

export type HelperCall = (
	method: string,
	path: string,
	params?: Record<string, unknown>,
	user?: string,
	/** Whether the caller has Sys.Syslog; default: only root@pam. */
	syslog?: boolean,
) => Promise<HelperAnswer>;

/** The texts for translation, which go out as one of the errors, beside these; they must be JSON. */
function withMessagesApart({ error }: ErrorBody) {
	if (error.errors?.messages === undefined) return { error };
	const { messages, ...errors } = error.errors;
	const rest = Object.keys(errors).length > 0 ? { errors } : {};
	const { code, message } = error;
	return { error: { code, message, ...rest, messages: JSON.parse(messages) } };
}

/** One call at a helper's socket, as the API module makes it. */
export function callSocket(socketPath: string): HelperCall {
	return (method, path, params = {}, user = 'root@pam', syslog = user === 'root@pam') =>
		new Promise((resolve, reject) => {
			const inBody = method === 'POST' || method === 'PUT';
			const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]));
			const target = inBody || query.size === 0 ? path : `${path}?${query}`;
			const headers: Record<string, string> = {
				'x-pve-user': user,
				'x-pve-client-ip': '192.0.2.10',
				...(syslog && { 'x-pve-syslog': '1' }),
			};
			const body = inBody ? JSON.stringify(params) : undefined;
			if (body !== undefined) headers['content-type'] = 'application/json';
			const call = request({ socketPath, method, path: target, headers, agent: false }, (response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (part: string) => {
					text += part;
				});
				response.on('error', reject);
				response.on('end', () => {
					const status = response.statusCode ?? 0;
					if (response.headers['content-type']?.startsWith('application/x-ndjson')) {
						const all = text
							.trim()
							.split('\n')
							.map((line) => JSON.parse(line));
						resolve({ status, body: all.at(-1), lines: all.slice(0, -1).map(({ line }) => line) });
					} else {
						try {
							const parsed = JSON.parse(text);
							const body =
								'data' in parsed
									? { ...parsed, data: heldData(method, path, parsed.data) }
									: withMessagesApart(parsed);
							resolve({ status, body, lines: null });
						} catch (error) {
							reject(error);
						}
					}
				});
			});
			call.on('error', reject);
			call.end(body);
		});
}

export interface TestHelper {
	call: HelperCall;
	socket: string;
	state: string;
	/** What it wrote to its log. */
	log: string[];
	stop(): Promise<void>;
}

/** The real helper in this process, on a private fail2ban. */
export async function startTestHelper(
	fail2ban: PrivateFail2ban,
	options: {
		bin?: string;
		run?: RunCommand;
		system?: SystemFiles;
		/** Seconds in which a provisional change must be confirmed. */
		confirmWithin?: number;
		/** What else a test replaces. */
		seams?: Partial<HelperSeams>;
		step?(name: string): void | Promise<void>;
		/** Called before the helper starts, with its state folder, which is not there yet. */
		before?(state: string): Promise<unknown>;
	} = {},
): Promise<TestHelper> {
	const folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-helper-'));
	const socket = join(folder, 'helper.sock');
	const state = join(folder, 'state');
	const log: string[] = [];
	await options.before?.(state);
	const helper = await startHelper(
		{
			socket,
			config: fail2ban.config,
			fail2banSocket: fail2ban.socket,
			fail2banBin: options.bin ?? fail2ban.release.bin,
			state,
			idleExit: null,
			privateFolder: true,
			recover: false,
			...(options.confirmWithin === undefined ? {} : { confirmWithin: options.confirmWithin }),
		},
		{
			log: createLog((line) => log.push(line)),
			run: options.run ?? runCommand,
			pluginVersion: 'test',
			...(options.system ? { system: options.system } : {}),
			...(options.step ? { step: options.step } : {}),
			...options.seams,
		},
	);
	return {
		call: callSocket(socket),
		socket,
		state,
		log,
		async stop() {
			await helper.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Every file below a folder with its hash and mode, so that two states can be compared byte for byte. */
export async function fingerprint(folder: string): Promise<Record<string, string>> {
	const found: Record<string, string> = {};
	const walk = async (current: string): Promise<void> => {
		for (const entry of await readdir(current, { withFileTypes: true })) {
			const file = join(current, entry.name);
			if (entry.isDirectory()) await walk(file);
			else if (entry.isFile()) {
				const hash = createHash('sha1')
					.update(await readFile(file))
					.digest('hex');
				found[relative(folder, file)] = `${hash} ${(await stat(file)).mode.toString(8)}`;
			} else found[relative(folder, file)] = 'link';
		}
	};
	await walk(folder);
	return found;
}
