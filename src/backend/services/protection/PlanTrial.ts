import { type ApplyPlan, planApply } from '../../files/applyPlan.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import type { StagedTrial } from '../../files/StagedTrial.ts';
import { ApiError } from '../../kit/errors.ts';
import type { Message } from '../../kit/message.ts';
import { canBanMore } from '../lockout/banTightening.ts';
import { type Clients, entryOf, type JailChange, type JailPreviews } from '../lockout/JailPreviews.ts';

/** What fail2ban makes of a plan that is not written yet. */
export interface PlanTrial {
	/** Jails that run afterwards and do not now. */
	starts: string[];
	/** Running jails whose bans are lifted and set again. */
	restarts: string[];
	/** Why it would be refused; null: it would not. */
	problem: Message | null;
	/** Jails that can ban more than before. */
	tightened: JailChange[];
}

/** How long fail2ban's judgment of the same change is taken for true (milliseconds). */
const rememberedMs = 30_000;

export interface PlanTrialDeps {
	/** Asks fail2ban what it makes of a change. */
	tryChange: (snapshot: ConfigSnapshot, planned: PlannedChange) => ReturnType<StagedTrial['check']>;
	/** Unix milliseconds. */
	now: () => number;
}

/** Judges plans as the transaction will, and the same plan once: the wizard asks at each of its steps. */
export class PlanTrials {
	readonly #deps: PlanTrialDeps;
	#last: { key: string; time: number; seen: Promise<PlanTrial> } | null = null;

	constructor(deps: PlanTrialDeps) {
		this.#deps = deps;
	}

	of(snapshot: ConfigSnapshot, planned: PlannedChange, running: ReadonlySet<string>): Promise<PlanTrial> {
		const key = JSON.stringify([snapshot.digest, planned.edits, [...running]]);
		const time = this.#deps.now();
		if (this.#last?.key === key && time - this.#last.time < rememberedMs) return this.#last.seen;
		const seen = this.#judge(snapshot, planned, running);
		this.#last = { key, time, seen };
		return seen;
	}

	async #judge(
		snapshot: ConfigSnapshot,
		planned: PlannedChange,
		running: ReadonlySet<string>,
	): Promise<PlanTrial> {
		const starts = (planned.starts ?? []).filter((jail) => !running.has(jail));
		const nothing = { starts, restarts: [], problem: null, tightened: [] };
		if (planned.edits.length === 0) return nothing;
		try {
			const { before, after } = await this.#deps.tryChange(snapshot, planned);
			const [old, next] = [before.dumped.jails, after.dumped.jails];
			const plan = planApply(old, next, running, new Set(planned.starts));
			const restarts = plan.steps.flatMap(({ kind, jail }) => (kind === 'restart' ? [jail] : []));
			return { ...nothing, restarts, tightened: tightened(old, next, running, plan) };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return { ...nothing, problem: error.text };
		}
	}
}

function tightened(
	old: ReadonlyMap<string, JailCommands>,
	next: ReadonlyMap<string, JailCommands>,
	running: ReadonlySet<string>,
	{ changed, steps }: ApplyPlan,
): JailChange[] {
	return changed.flatMap((jail): JailChange[] => {
		const after = next.get(jail);
		const before = old.get(jail);
		if (after === undefined) return [];
		if (before !== undefined && running.has(jail) && !canBanMore(before, after)) return [];
		return [{ before, after, entry: entryOf(jail, running, steps, { before, after }) }];
	});
}

/** Addresses that jails ban at once by failures of the past, each once. */
export async function bansAtOnce(
	previews: JailPreviews,
	{ tightened }: PlanTrial,
	clients: Clients,
	seconds: number,
): Promise<string[]> {
	const around = await previews.surroundings(clients);
	const previewed = await previews.previewAll(tightened, around, { seconds });
	const hits = previewed.flatMap(({ 'at-once': atOnce, addresses }) =>
		atOnce ? addresses.flatMap(({ ip, banned }) => (banned ? [] : [ip])) : [],
	);
	return [...new Set(hits)];
}
