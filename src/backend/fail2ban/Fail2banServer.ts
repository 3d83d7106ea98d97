import { type Message, TextError } from '../kit/message.ts';
/** What the rest of the helper knows of a running fail2ban server; SocketServer.ts is the real one. */

export interface JailCounters {
	jail: string;
	failed: number;
	totalFailed: number;
	banned: number;
	totalBanned: number;
}

export interface Ban {
	ip: string;
	/** Unix seconds. */
	since: number;
	/** Seconds; -1 is permanent. */
	bantime: number;
	/** Unix seconds; null is permanent. */
	until: number | null;
}

/** An answer's value, globals resolved to nothing: they appear as tagged objects (see pickle.ts). */
export type Answer = null | boolean | number | bigint | string | Answer[] | { [key: string]: Answer };

export interface CallOptions {
	/** Milliseconds from now in which the answer must be there; default 5,000. */
	timeout?: number;
}

/** Banned addresses by the jail that bans them. */
export type AddressesByJail = Record<string, string[]>;

export interface Fail2banServer {
	/** One command, its words as fail2ban-client takes them. Throws ServerError. */
	command(words: readonly string[], options?: CallOptions): Promise<Answer>;
	/** Several commands in one pipeline over one connection; a refused one is an Error in its place. */
	pipeline(
		commands: readonly (readonly string[])[],
		options?: CallOptions,
	): Promise<(Answer | ServerError)[]>;

	version(options?: CallOptions): Promise<string>;
	/** Names of the running jails, sorted. */
	jails(options?: CallOptions): Promise<string[]>;
	/** Counters of these jails, by `status J short`. Jails that vanished meanwhile are left out. */
	counters(jails: readonly string[], options?: CallOptions): Promise<JailCounters[]>;
	/** Counters of all running jails, sorted by name, in as few round trips as the server allows. */
	allCounters(options?: CallOptions): Promise<JailCounters[]>;
	/** Addresses that a jail bans now, by `get J banip --with-time`. */
	bans(jail: string, options?: CallOptions): Promise<Ban[]>;
	/** Answers the number of new bans. */
	ban(jail: string, addresses: readonly string[], options?: CallOptions): Promise<number>;
	/** Answers the number of lifted bans. Sends one command: the caller makes chunks. */
	unban(jail: string, addresses: readonly string[], options?: CallOptions): Promise<number>;
	/** Names of the actions of a running jail; empty: it enforces nothing. */
	actions(jail: string, options?: CallOptions): Promise<string[]>;
	/** Closes the connection; the next call opens a new one. */
	close(): void;
}

export type ServerErrorCode =
	/** No socket, or no process listens on it. */
	| 'not-running'
	/** No answer in time: a slow action or expression keeps the server busy. */
	| 'timeout'
	/** The server refused (NOK); `message` is its reason. */
	| 'refused'
	/** The connection broke before the answer was complete. */
	| 'disconnected'
	/** The answer is not a pickle that we accept, or larger than the bound. */
	| 'protocol';

export class ServerError extends TextError {
	constructor(
		readonly code: ServerErrorCode,
		message: string | Message,
	) {
		super(message);
		this.name = 'ServerError';
	}
}
