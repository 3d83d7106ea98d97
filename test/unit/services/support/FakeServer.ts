import {
	type Answer,
	type Ban,
	type Fail2banServer,
	type JailCounters,
	ServerError,
} from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import type { ManyBans } from '../../../../src/backend/fail2ban/manyBans.ts';
import type { ReadBans } from '../../../../src/backend/services/bans/BanCache.ts';

/**
 * A server in memory: what it bans is a map, and it can be made to hang or to fail. test/system/serverContract.test.ts
 * holds it to what real servers do.
 */
export class FakeServer implements Fail2banServer {
	readonly banned = new Map<string, Ban[]>();
	readonly totals = new Map<string, number>();
	readonly bantimes = new Map<string, number>();
	/** Every command but the counters, as words. */
	readonly asked: string[] = [];
	failure: ServerError | null = null;
	/** Resolves when the server shall answer again. */
	hang: Promise<void> | null = null;

	readonly #since: number;

	constructor(jails: Record<string, string[]> = {}, since = 1_700_000_000) {
		this.#since = since;
		for (const [jail, ips] of Object.entries(jails)) this.add(jail, ips, since);
	}

	add(jail: string, ips: readonly string[], since: number, bantime = 600): void {
		const until = bantime < 0 ? null : since + bantime;
		const bans = this.banned.get(jail) ?? [];
		this.banned.set(jail, [...bans, ...ips.map((ip) => ({ ip, since, bantime, until }))]);
		this.totals.set(jail, (this.totals.get(jail) ?? 0) + ips.length);
	}

	/** Throws as the server does where there is no such jail. */
	#bansOf(jail: string): Ban[] {
		const bans = this.banned.get(jail);
		if (bans === undefined) throw new ServerError('refused', `Sorry but the jail '${jail}' does not exist`);
		return bans;
	}

	async #answer<T>(value: () => T): Promise<T> {
		await Promise.resolve();
		if (this.hang) await this.hang;
		if (this.failure) throw this.failure;
		return value();
	}

	command(words: readonly string[]): Promise<Answer> {
		this.asked.push(words.join(' '));
		return this.#answer(() => {
			const [verb, jail, option] = words;
			if (verb === 'get' && option === 'bantime') {
				this.#bansOf(jail ?? '');
				return this.bantimes.get(jail ?? '') ?? 600;
			}
			if (verb === 'get' && jail === 'loglevel') return 'INFO';
			if (verb === 'get' && jail === 'logtarget') return '/var/log/fail2ban.log';
			if (verb === 'get' && jail === 'dbfile') return '/var/lib/fail2ban/fail2ban.sqlite3';
			if (verb === 'version') return '1.1.0';
			throw new ServerError('refused', `Invalid command ${words.join(' ')}`);
		});
	}

	pipeline(commands: readonly (readonly string[])[]): Promise<(Answer | ServerError)[]> {
		return Promise.all(
			commands.map((words) =>
				this.command(words).catch((error: unknown) => {
					if (error instanceof ServerError && error.code === 'refused') return error;
					throw error;
				}),
			),
		);
	}

	async version(): Promise<string> {
		return String(await this.command(['version']));
	}

	jails(): Promise<string[]> {
		return this.#answer(() => [...this.banned.keys()].sort());
	}

	counters(jails: readonly string[]): Promise<JailCounters[]> {
		return this.#answer(() =>
			jails
				.filter((jail) => this.banned.has(jail))
				.map((jail) => ({
					jail,
					failed: 0,
					totalFailed: 0,
					banned: this.banned.get(jail)?.length ?? 0,
					totalBanned: this.totals.get(jail) ?? 0,
				})),
		);
	}

	async allCounters(): Promise<JailCounters[]> {
		return this.counters(await this.jails());
	}

	bans(jail: string): Promise<Ban[]> {
		this.asked.push(`bans ${jail}`);
		return this.#answer(() => [...this.#bansOf(jail)]);
	}

	ban(jail: string, addresses: readonly string[]): Promise<number> {
		this.asked.push(`ban ${jail} ${addresses.join(' ')}`);
		return this.#answer(() => {
			const known = new Set(this.#bansOf(jail).map(({ ip }) => ip));
			const fresh = addresses.filter((ip) => !known.has(ip));
			this.add(jail, fresh, this.#since, this.bantimes.get(jail));
			return fresh.length;
		});
	}

	unban(jail: string, addresses: readonly string[]): Promise<number> {
		this.asked.push(`unban ${jail} ${addresses.join(' ')}`);
		return this.#answer(() => {
			const before = this.#bansOf(jail);
			const after = before.filter(({ ip }) => !addresses.includes(ip));
			this.banned.set(jail, after);
			return before.length - after.length;
		});
	}

	actions(jail: string): Promise<string[]> {
		return this.#answer(() => {
			this.#bansOf(jail);
			return ['nftables-multiport'];
		});
	}

	close(): void {}
}

/** Reads the bans of each jail from the server itself. */
export function readFrom(server: Fail2banServer): ReadBans {
	return async (jails) => {
		const result: ManyBans = { bans: new Map(), estimated: new Set(), counts: null };
		for (const { jail } of jails) {
			try {
				result.bans.set(jail, await server.bans(jail));
			} catch (error) {
				if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
			}
		}
		return result;
	};
}

/** Keeps the lines that a service logs. */
export class FakeLog {
	readonly lines: string[] = [];
	error = (message: string) => void this.lines.push(message);
	warning = this.error;
	notice = this.error;
	info = this.error;
}
