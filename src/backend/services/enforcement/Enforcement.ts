import type { RunCommand } from '../../fail2ban/Fail2banCommands.ts';
import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import { ServerError } from '../../fail2ban/Fail2banServer.ts';
import { FirewallLook } from '../../fail2ban/FirewallState.ts';
import { jailActions } from '../../fail2ban/jailActions.ts';
import type { BanCache } from '../bans/BanCache.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { type JailLook, lookAtJail } from './jailEnforcement.ts';

export interface EnforcementDeps {
	server: Fail2banServer;
	run: RunCommand;
	bans: Pick<BanCache, 'currentTable'>;
	figures: Pick<ServerFigures, 'read'>;
	/** Unix milliseconds. */
	now: () => number;
}

/** An older look is not told as what is so now (milliseconds). */
const oldest = 90_000;

/** So few missing bans may be just on their way, and are looked at again after a while (milliseconds). */
const few = { missing: 1000, after: 400 };

const patience = { timeout: 5000 };

/** What the firewall has of all bans; callers at the same time share one look. */
export class Enforcement {
	#last: { time: number; looks: JailLook[] } | null = null;
	#flight: { key: string; looks: Promise<JailLook[]> } | null = null;

	constructor(private readonly deps: EnforcementDeps) {}

	/** All running jails, by name. Throws ServerError. */
	async looks(): Promise<JailLook[]> {
		const { figures } = await this.deps.figures.read();
		const counters = figures.jails.map(({ jail, banned, totalBanned }) => [jail, banned, totalBanned]);
		const key = JSON.stringify([figures.process?.pid, figures.epoch, counters]);
		if (this.#flight?.key === key) return this.#flight.looks;
		const looks = this.lookAt(figures.jails.map(({ jail }) => jail));
		const flight = { key, looks };
		this.#flight = flight;
		const time = this.deps.now();
		try {
			this.#last = { time, looks: await looks };
			return this.#last.looks;
		} finally {
			if (this.#flight === flight) this.#flight = null;
		}
	}

	/** What was last seen of a jail, as far as it is not too old. */
	latest(jail: string): JailLook | null {
		if (this.#last === null || this.deps.now() - this.#last.time > oldest) return null;
		return this.#last.looks.find((look) => look.jail === jail) ?? null;
	}

	/** These jails, now; those that do not run are left out. Throws ServerError. */
	async lookAt(jails: readonly string[]): Promise<JailLook[]> {
		const looks = await this.#look(jails);
		const doubtful = looks.filter(({ missing }) => missing.length > 0 && missing.length <= few.missing);
		if (doubtful.length === 0) return this.#remembered(looks);
		// a ban is in fail2ban's list before its action has run, and in the firewall until its action has run
		await new Promise((resolve) => setTimeout(resolve, few.after));
		const again = new Map(
			(await this.#look(doubtful.map(({ jail }) => jail))).map((look) => [look.jail, look]),
		);
		return this.#remembered(
			looks.flatMap((look) => (doubtful.includes(look) ? (again.get(look.jail) ?? []) : look)),
		);
	}

	/** So that nobody is shown what was so before. */
	#remembered(looks: JailLook[]): JailLook[] {
		if (this.#last === null) return looks;
		const newer = new Map(looks.map((look) => [look.jail, look]));
		this.#last.looks = this.#last.looks.map((look) => newer.get(look.jail) ?? look);
		return looks;
	}

	async #look(jails: readonly string[]): Promise<JailLook[]> {
		const table = await this.deps.bans.currentTable();
		const firewall = new FirewallLook(this.deps.run);
		const looks: JailLook[] = [];
		for (const jail of jails) {
			try {
				const actions = await jailActions(this.deps.server, jail, patience);
				looks.push(await lookAtJail(jail, table.addresses(jail), actions, firewall));
			} catch (error) {
				// it stopped meanwhile
				if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
			}
		}
		return looks;
	}
}
