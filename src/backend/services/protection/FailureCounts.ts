import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError } from '../../kit/errors.ts';
import { BackgroundCache } from './BackgroundCache.ts';
import { countedTime, type DetectionDeps, detect, detectionTask, snapshotOf } from './logDetection.ts';
import { planProtection } from './plan.ts';
import type { ProtectionRequest } from './request.ts';

/** What is known of the failures in a log. */
export interface FailureCount {
	failures: number;
	/** Not all lines were read. */
	atLeast: boolean;
}

/** How long a count is given again (milliseconds): one more failure changes little in a week's count. */
const freshMs = 60_000;

/** How many failures each jail that protects log-ins would have counted in the last week, by its own filter and log. */
export class FailureCounts {
	readonly #counts: BackgroundCache<FailureCount>;

	/** @param now Unix milliseconds */
	constructor(now: () => number) {
		this.#counts = new BackgroundCache<FailureCount>(now, freshMs);
	}

	/**
	 * By jail; null: not known yet. A jail whose log cannot be found is left out.
	 * @param answerWithinMs what is not found in this time is there for the next call
	 */
	async of(
		{ choices, input }: ProtectionRequest,
		snapshot: ConfigSnapshot,
		detection: DetectionDeps,
		answerWithinMs: number,
	): Promise<Map<string, FailureCount | null>> {
		const wanted = new Map<string, () => Promise<FailureCount>>();
		const keys = new Map<string, string>();
		for (const choice of choices.filter(({ reason }) => reason === null)) {
			const { jail } = choice;
			try {
				const alone = planProtection(snapshot, { ...input, choices: [choice], ignore: [] });
				const planned = snapshotOf(alone.config);
				const { source, filter } = detectionTask(planned, jail, detection);
				const key = JSON.stringify([{ ...source, since: countedTime }, filter]);
				keys.set(jail, key);
				wanted.set(key, async () => {
					const { matched, older } = await detect(planned, jail, detection);
					return { failures: matched, atLeast: older };
				});
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
			}
		}
		const found = await this.#counts.get(wanted, answerWithinMs);
		return new Map([...keys].map(([jail, key]) => [jail, found.get(key) ?? null]));
	}
}
