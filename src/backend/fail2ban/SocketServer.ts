import { parseBanList } from './banList.ts';
import {
	type Answer,
	type Ban,
	type CallOptions,
	type Fail2banServer,
	type JailCounters,
	ServerError,
} from './Fail2banServer.ts';
import { decodePickle, encodeRequest } from './pickle.ts';
import { valueOrRefusal } from './refusal.ts';
import { type QueueOptions, ServerQueue } from './ServerQueue.ts';

const DEFAULT_TIMEOUT_MS = 5000;

/** First words of commands that change nothing, so that they may run twice. */
const READING = new Set(['ping', 'status', 'stats', 'get', 'banned', 'version', 'echo', 'server-status']);

/** fail2ban's server behind its unix socket. Access to that socket is root: see Fail2banServer for the rules. */
export class SocketServer implements Fail2banServer {
	readonly #queue: ServerQueue;
	/** Whether the server behind this connection has the command `stats`. */
	#stats: { connection: object | null; has: boolean } = { connection: null, has: false };

	constructor(options: QueueOptions) {
		this.#queue = new ServerQueue(options);
	}

	async command(words: readonly string[], options?: CallOptions): Promise<Answer> {
		const [answer] = await this.pipeline([words], options);
		if (answer instanceof ServerError) throw answer;
		return answer as Answer;
	}

	async pipeline(
		commands: readonly (readonly string[])[],
		options: CallOptions = {},
	): Promise<(Answer | ServerError)[]> {
		if (commands.length === 0) return [];
		const answers = await this.#queue.call({
			requests: Buffer.concat(commands.map(encodeRequest)),
			count: commands.length,
			repeatable: commands.every(([verb]) => READING.has(verb ?? '')),
			timeout: options.timeout ?? DEFAULT_TIMEOUT_MS,
		});
		return answers.map((answer) => valueOrRefusal(decodePickle(answer)));
	}

	async version(options?: CallOptions): Promise<string> {
		return string(await this.command(['version'], options));
	}

	async jails(options?: CallOptions): Promise<string[]> {
		const names = string(fieldOf(await this.command(['status'], options), 'Jail list'));
		return names === '' ? [] : names.split(', ').sort();
	}

	async counters(jails: readonly string[], options: CallOptions = {}): Promise<JailCounters[]> {
		if (jails.length === 0) return [];
		const end = Date.now() + (options.timeout ?? DEFAULT_TIMEOUT_MS);
		const left = () => ({ timeout: Math.max(1, end - Date.now()) });
		if (await this.#hasStats(left())) {
			const [stats] = await this.pipeline([['stats']], left());
			if (!(stats instanceof ServerError))
				return jails.flatMap((jail) => countersOfStats(jail, stats ?? null));
			if (stats.code !== 'refused') throw stats;
			// An older server took the place of the one that was asked for its version.
		}
		const answers = await this.pipeline(
			jails.map((jail) => ['status', jail, 'short']),
			left(),
		);
		return answers.flatMap((answer, i) => {
			if (!(answer instanceof ServerError)) return [countersOfStatus(jails[i] as string, answer)];
			if (answer.code === 'refused') return [];
			throw answer;
		});
	}

	async allCounters(options: CallOptions = {}): Promise<JailCounters[]> {
		const end = Date.now() + (options.timeout ?? DEFAULT_TIMEOUT_MS);
		const left = () => ({ timeout: Math.max(1, end - Date.now()) });
		const [stats] = (await this.#hasStats(left())) ? await this.pipeline([['stats']], left()) : [];
		if (stats instanceof ServerError && stats.code !== 'refused') throw stats;
		// An older server, perhaps in the place of the one that was asked for its version.
		if (stats === undefined || stats instanceof ServerError)
			return this.counters(await this.jails(left()), left());
		if (typeof stats !== 'object' || stats === null || Array.isArray(stats)) throw unexpected();
		return Object.keys(stats)
			.sort()
			.flatMap((jail) => countersOfStats(jail, stats));
	}

	async bans(jail: string, options?: CallOptions): Promise<Ban[]> {
		return parseBanList(list(await this.command(['get', jail, 'banip', '--with-time'], options)));
	}

	async ban(jail: string, addresses: readonly string[], options?: CallOptions): Promise<number> {
		if (addresses.length === 0) return 0;
		return number(await this.command(['set', jail, 'banip', ...addresses], options));
	}

	async unban(jail: string, addresses: readonly string[], options?: CallOptions): Promise<number> {
		if (addresses.length === 0) return 0;
		return number(await this.command(['set', jail, 'unbanip', ...addresses], options));
	}

	async actions(jail: string, options?: CallOptions): Promise<string[]> {
		return list(await this.command(['get', jail, 'actions'], options)).map(string);
	}

	close(): void {
		this.#queue.close();
	}

	/** `stats` came with 1.1.0. Trying it would leave an error in the log of an older server. */
	async #hasStats(options: CallOptions): Promise<boolean> {
		if (this.#stats.connection === null || this.#stats.connection !== this.#queue.connection) {
			const [major = 0, minor = 0] = (await this.version(options)).split('.').map(Number);
			this.#stats = { connection: this.#queue.connection, has: major > 1 || (major === 1 && minor >= 1) };
		}
		return this.#stats.has;
	}
}

/** `{ jail: [backend, [failed, total], [banned, total]] }` */
function countersOfStats(jail: string, stats: Answer): JailCounters[] {
	if (typeof stats !== 'object' || stats === null || Array.isArray(stats)) throw unexpected();
	const row = stats[jail];
	if (row === undefined) return [];
	const [, failed, banned] = list(row).map((part, i) => (i === 0 ? [] : list(part).map(number)));
	return [
		{
			jail,
			failed: number(failed?.[0]),
			totalFailed: number(failed?.[1]),
			banned: number(banned?.[0]),
			totalBanned: number(banned?.[1]),
		},
	];
}

/** `[['Filter', [['Currently failed', n], …]], ['Actions', [['Currently banned', n], …]]]` */
function countersOfStatus(jail: string, status: Answer): JailCounters {
	const filter = fieldOf(status, 'Filter');
	const actions = fieldOf(status, 'Actions');
	return {
		jail,
		failed: number(fieldOf(filter, 'Currently failed')),
		totalFailed: number(fieldOf(filter, 'Total failed')),
		banned: number(fieldOf(actions, 'Currently banned')),
		totalBanned: number(fieldOf(actions, 'Total banned')),
	};
}

/** Value of a name in fail2ban's lists of pairs. */
function fieldOf(pairs: Answer, name: string): Answer {
	for (const pair of list(pairs)) {
		if (Array.isArray(pair) && pair[0] === name) return pair[1] ?? null;
	}
	throw unexpected();
}

function list(value: Answer | undefined): Answer[] {
	if (!Array.isArray(value)) throw unexpected();
	return value;
}

function number(value: Answer | undefined): number {
	if (typeof value !== 'number') throw unexpected();
	return value;
}

function string(value: Answer | undefined): string {
	if (typeof value !== 'string') throw unexpected();
	return value;
}

function unexpected(): ServerError {
	return new ServerError('protocol', 'fail2ban answered in an unknown form.');
}
