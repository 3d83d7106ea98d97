import { parseNetwork } from '../../addresses/addresses.ts';
import type { RunCommand } from '../../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import { targetWords } from '../../fail2ban/FirewallState.ts';
import {
	type BanToApply,
	type BulkCommand,
	bulkCommand,
	bulkSize,
	repairAction,
	runAction,
	runBulk,
} from '../../fail2ban/firewallActions.ts';
import type { BanCache } from '../bans/BanCache.ts';
import { nextChunk } from '../bans/unban.ts';
import type { Enforcement } from './Enforcement.ts';
import type { JailEnforcement, TargetEnforcement } from './jailEnforcement.ts';

export interface ReapplyDeps {
	server: Fail2banServer;
	run: RunCommand;
	bans: Pick<BanCache, 'currentTable'>;
	enforcement: Pick<Enforcement, 'of'>;
	/** Unix milliseconds. */
	now: () => number;
}

type Line = (text: string) => void;

/** Fewer than this fail2ban puts back itself, one by one. */
const worthBulk = 20;

/** Lines at most about addresses that failed. */
const maxLines = 10;

/**
 * Puts back what the firewall lost of these jails' bans. What is gone as a whole is set up again by fail2ban's own
 * check of its action; then each missing address is added, first one by fail2ban, so that it knows that its action
 * holds bans, the many behind it at once where the action does nothing but add them. Throws Error if bans are missing
 * in the end, ServerError.
 */
export async function reapply(deps: ReapplyDeps, jails: readonly string[], line: Line): Promise<void> {
	const before = await deps.enforcement.of(jails);
	const lost = before.filter(({ missing }) => missing.length > 0);
	if (lost.length === 0) {
		const unknown = before.filter(({ row }) => row.enforced === null && row.banned > 0);
		for (const { jail, row } of unknown) line(`${jail}: not known. ${row.reason ?? ''}`);
		line('No ban is missing in the firewall, as far as is known.');
		return;
	}
	for (const state of lost) await new JailReapply(deps, state, line).run();
	const after = await deps.enforcement.of(lost.map(({ jail }) => jail));
	for (const { jail, row } of after) line(`${jail}: ${outcome(row)}`);
	const left = after.filter(({ missing }) => missing.length > 0);
	if (left.length > 0) {
		const words = left.map(({ jail, row }) => `${jail} (${row['missing-total']} of ${row.banned})`);
		throw new Error(`Still not enforced: ${words.join(', ')}.`);
	}
}

function outcome({ banned, missing, 'missing-total': missingTotal, reason }: JailEnforcement['row']): string {
	if (missingTotal === 0) return `all ${banned} bans are enforced.`;
	const some = missing.slice(0, maxLines).join(', ');
	return `${missingTotal} of ${banned} bans are still missing: ${some}${missingTotal > maxLines ? ' …' : ''}. ${reason ?? ''}`.trim();
}

class JailReapply {
	readonly #jail: string;
	/** What was added, by action: fail2ban may have lifted a ban meanwhile. */
	readonly #added: { action: string; bans: BanToApply[] }[] = [];

	constructor(
		private readonly deps: ReapplyDeps,
		private readonly state: JailEnforcement,
		private readonly line: Line,
	) {
		this.#jail = state.jail;
	}

	async run(): Promise<void> {
		const { jail, row } = this.state;
		this.line(
			`${jail}: ${row['missing-total']} of ${row.banned} bans are missing. ${row.reason ?? ''}`.trim(),
		);
		const targets = await this.#repaired();
		const remaining = await this.#remaining();
		try {
			for (const target of targets) await this.#fill(target, remaining);
		} finally {
			await this.#liftGone();
		}
	}

	/** Sets up anew what is gone as a whole; answers what is missing then. */
	async #repaired(): Promise<TargetEnforcement[]> {
		const broken = this.state.targets.filter(({ state }) => 'broken' in state);
		if (broken.length === 0) return this.state.targets;
		const actions = [...new Set(broken.map(({ action }) => action.name))];
		for (const action of actions) {
			this.line(`${this.#jail}: action ${action} checks and repairs what it set up`);
			try {
				await repairAction(this.deps.server, this.#jail, action);
			} catch (error) {
				if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
				this.line(`${this.#jail}: ${error.message}`);
			}
		}
		const [again] = await this.deps.enforcement.of([this.#jail]);
		return again?.targets ?? [];
	}

	/** Seconds left of each ban. */
	async #remaining(): Promise<Map<string, number>> {
		const table = await this.deps.bans.currentTable();
		const now = Math.floor(this.deps.now() / 1000);
		const found = new Map<string, number>();
		for (const number of table.find({ jail: this.#jail }, 'ip', false)) {
			const { ip, until } = table.row(number);
			found.set(ip, until === null ? -1 : Math.max(1, until - now));
		}
		return found;
	}

	async #fill(
		{ action, family, target, state, missing }: TargetEnforcement,
		remaining: ReadonlyMap<string, number>,
	): Promise<void> {
		const singlesOnly = 'listing' in state && state.listing.singlesOnly && target.kind === 'nft';
		const bans = missing.flatMap((ip): BanToApply[] => {
			const network = parseNetwork(ip);
			const seconds = remaining.get(ip);
			// what no address is, or no longer banned, must not reach the firewall
			if (network === null || seconds === undefined || (singlesOnly && ip.includes('/'))) return [];
			return [{ ip, family, remaining: seconds }];
		});
		if (bans.length === 0) return;
		this.line(`${this.#jail}: adding ${bans.length} to the ${targetWords(target)}`);
		this.#added.push({ action: action.name, bans });
		const bulk = bans.length < worthBulk ? null : bulkCommand(action.properties, family);
		// fail2ban's flag that its action holds bans; without it no unban would reach the firewall
		const first = bulk === null ? bans.length : 1;
		const works = await this.#oneByOne(action.name, bans.slice(0, first));
		if (bulk !== null && works) await this.#atOnce(action.name, bulk, bans.slice(first));
	}

	/** false: given up, because the action fails for each address; each may take it a minute. */
	async #oneByOne(action: string, bans: readonly BanToApply[]): Promise<boolean> {
		let size = 5;
		let failures = 0;
		for (let at = 0; at < bans.length; ) {
			const chunk = bans.slice(at, at + size);
			const began = performance.now();
			const failed = await runAction(this.deps.server, this.#jail, { action, method: 'ban' }, chunk);
			for (const text of failed) if (++failures <= maxLines) this.line(`${this.#jail}: ${text}`);
			if (failures === at + chunk.length && (failures >= maxLines || failures === bans.length)) return false;
			size = nextChunk(size, performance.now() - began);
			at += chunk.length;
			if (at < bans.length && at % 500 < chunk.length) this.line(`${this.#jail}: ${at} of ${bans.length}`);
		}
		return true;
	}

	/** What is refused as a whole is tried one by one. */
	async #atOnce(action: string, bulk: BulkCommand, bans: readonly BanToApply[]): Promise<void> {
		for (let at = 0; at < bans.length; at += bulkSize) {
			const chunk = bans.slice(at, at + bulkSize);
			const addresses = chunk.map(({ ip }) => ip);
			const problem = await runBulk(this.deps.run, bulk, addresses);
			if (problem === null) continue;
			this.line(`${this.#jail}: ${problem}; adding one by one`);
			if (!(await this.#oneByOne(action, chunk))) return;
		}
	}

	/** Nobody may stay in the firewall whom fail2ban no longer bans: it would never lift that. */
	async #liftGone(): Promise<void> {
		const answer = await this.deps.server.command(['get', this.#jail, 'banip']);
		const banned = new Set(Array.isArray(answer) ? answer : []);
		for (const { action, bans } of this.#added) {
			const gone = bans.filter(({ ip }) => !banned.has(ip));
			if (gone.length === 0) continue;
			this.line(`${this.#jail}: ${gone.length} were unbanned meanwhile`);
			const failed = await runAction(this.deps.server, this.#jail, { action, method: 'unban' }, gone);
			for (const text of failed.slice(0, maxLines)) this.line(`${this.#jail}: ${text}`);
		}
	}
}
