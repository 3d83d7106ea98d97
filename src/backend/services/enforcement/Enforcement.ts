import type { RunCommand } from '../../fail2ban/Fail2banCommands.ts';
import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import { ServerError } from '../../fail2ban/Fail2banServer.ts';
import { FirewallState } from '../../fail2ban/FirewallState.ts';
import { jailActions } from '../../fail2ban/jailActions.ts';
import type { BanCache } from '../bans/BanCache.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { type JailEnforcement, jailEnforcement } from './jailEnforcement.ts';

export interface EnforcementDeps {
	server: Fail2banServer;
	run: RunCommand;
	bans: Pick<BanCache, 'currentTable'>;
	figures: Pick<ServerFigures, 'read'>;
	/** Unix milliseconds. */
	now: () => number;
}

/** An older result is not shown as the present state (milliseconds). */
const maxAgeMs = 90_000;

/** So few missing bans may be just on their way, and are looked at again after a while (milliseconds). */
const smallLoss = { missing: 1000, recheckAfterMs: 400 };

const callOptions = { timeout: 5000 };

/** What the firewall has of all bans; callers at the same time share one reading. */
export class Enforcement {
	#last: { time: number; states: JailEnforcement[] } | null = null;
	#flight: { key: string; states: Promise<JailEnforcement[]> } | null = null;

	constructor(private readonly deps: EnforcementDeps) {}

	/** All running jails, by name. Throws ServerError. */
	async current(): Promise<JailEnforcement[]> {
		const { figures } = await this.deps.figures.read();
		const counters = figures.jails.map(({ jail, banned, totalBanned }) => [jail, banned, totalBanned]);
		const key = JSON.stringify([figures.process?.pid, figures.epoch, counters]);
		if (this.#flight?.key === key) return this.#flight.states;
		const states = this.of(figures.jails.map(({ jail }) => jail));
		const flight = { key, states };
		this.#flight = flight;
		const time = this.deps.now();
		try {
			this.#last = { time, states: await states };
			return this.#last.states;
		} finally {
			if (this.#flight === flight) this.#flight = null;
		}
	}

	/** What was last seen of a jail, as far as it is not too old. */
	latest(jail: string): JailEnforcement | null {
		if (this.#last === null || this.deps.now() - this.#last.time > maxAgeMs) return null;
		return this.#last.states.find((state) => state.jail === jail) ?? null;
	}

	/** These jails, now; those that do not run are left out. Throws ServerError. */
	async of(jails: readonly string[]): Promise<JailEnforcement[]> {
		const states = await this.#read(jails);
		const doubtful = states.filter(
			({ missing }) => missing.length > 0 && missing.length <= smallLoss.missing,
		);
		if (doubtful.length === 0) return this.#remembered(states);
		// a ban is in fail2ban's list before its action has run, and in the firewall until its action has run
		await new Promise((resolve) => setTimeout(resolve, smallLoss.recheckAfterMs));
		const again = new Map(
			(await this.#read(doubtful.map(({ jail }) => jail))).map((state) => [state.jail, state]),
		);
		return this.#remembered(
			states.flatMap((state) => (doubtful.includes(state) ? (again.get(state.jail) ?? []) : state)),
		);
	}

	/** So that nobody is shown what was so before. */
	#remembered(states: JailEnforcement[]): JailEnforcement[] {
		if (this.#last === null) return states;
		const newer = new Map(states.map((state) => [state.jail, state]));
		this.#last.states = this.#last.states.map((state) => newer.get(state.jail) ?? state);
		return states;
	}

	async #read(jails: readonly string[]): Promise<JailEnforcement[]> {
		const table = await this.deps.bans.currentTable();
		const firewall = new FirewallState(this.deps.run);
		const states: JailEnforcement[] = [];
		for (const jail of jails) {
			try {
				const actions = await jailActions(this.deps.server, jail, callOptions);
				states.push(await jailEnforcement(jail, table.addresses(jail), actions, firewall));
			} catch (error) {
				// it stopped meanwhile
				if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
			}
		}
		return states;
	}
}
