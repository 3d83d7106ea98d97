import type { RunCommand } from './Fail2banCommands.ts';
import { type AddressesByJail, type Fail2banServer, ServerError } from './Fail2banServer.ts';
import { changeKeptBans, type KeptBan } from './keptBans.ts';

export interface NewBansParts {
	server: Fail2banServer;
	run: RunCommand;
	/** The database that a server would use that does not run now; null: none. */
	configuredDatabase: () => string | null;
	/** Told what could not be read or lifted. */
	onFailure: (reason: string) => void;
	python?: string;
}

/** Addresses in one command: an action takes up to 20 ms for each, and the socket is blocked meanwhile. */
const chunk = 20;

/** Milliseconds: for a list, and for a chunk with slow actions. */
const timeoutsMs = { list: 5000, chunk: 30_000 };

/** The bans that jails made since a moment, and how to lift them. */
export class NewBans {
	readonly #parts: NewBansParts;
	/** Banned by hand through this helper; by jail and address. */
	readonly #manual = new Set<string>();

	constructor(parts: NewBansParts) {
		this.#parts = parts;
	}

	/** Somebody banned these by hand, so that they stay. */
	byHand(jail: string, addresses: readonly string[]): void {
		for (const ip of addresses) this.#manual.add(`${jail} ${ip}`);
	}

	/** What jails ban now, and what those that do not run would ban again when they start. */
	async snapshot(jails: readonly string[]): Promise<AddressesByJail> {
		this.#manual.clear();
		const found: AddressesByJail = Object.fromEntries(jails.map((jail) => [jail, []]));
		const running = await this.#running(jails);
		const [listed, kept] = await Promise.all([this.#listed(running), this.#kept(jails)]);
		for (const [jail, ips] of listed) found[jail]?.push(...ips);
		for (const [jail, ip] of kept) if (!running.includes(jail)) found[jail]?.push(ip);
		return found;
	}

	/** What those of these jails ban that run now. Throws ServerError. */
	async present(jails: readonly string[]): Promise<AddressesByJail> {
		return Object.fromEntries(await this.#listed(await this.#running(jails)));
	}

	/**
	 * Lifts what jails ban beyond `before`, and was not banned by hand. What cannot be lifted is told to `onFailure`.
	 * Answers how many bans were lifted.
	 * @param only just these addresses
	 */
	async lift(before: AddressesByJail, only?: readonly string[]): Promise<number> {
		const jails = Object.keys(before);
		// as fail2ban writes it
		const wanted = only?.map((ip) => ip.replace(/^::ffff:(?=\d+\.)/i, ''));
		try {
			const running = await this.#running(jails);
			const [listed, kept] = await Promise.all([this.#listed(running), this.#kept(jails)]);
			const manual = new Set([
				...this.#manual,
				...kept.filter(([, , byHand]) => byHand).map(([jail, ip]) => `${jail} ${ip}`),
			]);
			const isNew = (jail: string, ip: string, known: ReadonlySet<string>) =>
				!known.has(ip) && !manual.has(`${jail} ${ip}`) && (wanted === undefined || wanted.includes(ip));
			let lifted = 0;
			for (const [jail, ips] of listed) {
				const known = new Set(before[jail]);
				lifted += await this.#unban(
					jail,
					ips.filter((ip) => isNew(jail, ip, known)),
				);
			}
			const left = kept.filter(
				([jail, ip]) => !running.includes(jail) && isNew(jail, ip, new Set(before[jail])),
			);
			if (left.length > 0) await this.#forget(left);
			return lifted + left.length;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			this.#parts.onFailure(`bans made since could not be lifted: ${error.message}`);
			return 0;
		}
	}

	/** Those of the jails that run; none if the server does not run. */
	async #running(jails: readonly string[]): Promise<string[]> {
		try {
			const running = await this.#parts.server.jails({ timeout: timeoutsMs.list });
			return jails.filter((jail) => running.includes(jail));
		} catch (error) {
			if (error instanceof ServerError && error.code === 'not-running') return [];
			throw error;
		}
	}

	async #listed(running: readonly string[]): Promise<Map<string, string[]>> {
		const { server } = this.#parts;
		const found = new Map<string, string[]>();
		for (const jail of running) {
			const bans = await server.bans(jail, { timeout: timeoutsMs.list });
			found.set(
				jail,
				bans.map(({ ip }) => ip),
			);
		}
		return found;
	}

	async #unban(jail: string, ips: readonly string[]): Promise<number> {
		let lifted = 0;
		for (let at = 0; at < ips.length; at += chunk)
			lifted += await this.#parts.server.unban(jail, ips.slice(at, at + chunk), {
				timeout: timeoutsMs.chunk,
			});
		return lifted;
	}

	#kept(jails: readonly string[]): Promise<KeptBan[]> {
		return this.#database(jails, {});
	}

	async #forget(bans: readonly KeptBan[]): Promise<void> {
		const forget: AddressesByJail = {};
		for (const [jail, ip] of bans) {
			forget[jail] ??= [];
			forget[jail].push(ip);
		}
		await this.#database([], forget);
	}

	async #file(): Promise<string | null> {
		try {
			const file = await this.#parts.server.command(['get', 'dbfile'], { timeout: timeoutsMs.list });
			return typeof file === 'string' ? file : null;
		} catch (error) {
			if (!(error instanceof ServerError) || error.code !== 'not-running') throw error;
			return this.#parts.configuredDatabase();
		}
	}

	async #database(jails: readonly string[], forget: AddressesByJail): Promise<KeptBan[]> {
		const database = await this.#file();
		if (database === null || /^(?:none|:memory:)$/i.test(database)) return [];
		return changeKeptBans(this.#parts.run, database, { jails, forget }, this.#parts.python);
	}
}
