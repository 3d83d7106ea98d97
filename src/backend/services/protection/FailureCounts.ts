import { within } from '../within.ts';

/** What is known of the failures in a log. */
export interface FailureCount {
	failures: number;
	/** Not all lines were read. */
	atLeast: boolean;
}

/** How long a count is shown before it is made again (milliseconds). */
const fresh = 60_000;

/** Counts at once: each takes a processor for some seconds at most. */
const atOnce = 2;

/** Counts failures behind the back of who asks: what is not counted in time is there for the next call. */
export class FailureCounts {
	readonly #known = new Map<string, { time: number; count: FailureCount | null }>();
	readonly #flights = new Map<string, Promise<void>>();
	readonly #waiting: (() => void)[] = [];
	#busy = 0;

	constructor(private readonly now: () => number) {}

	/**
	 * The counts by key; null: not counted yet, or not countable.
	 * @param patience milliseconds
	 */
	async get(
		wanted: ReadonlyMap<string, () => Promise<FailureCount>>,
		patience: number,
	): Promise<Map<string, FailureCount | null>> {
		const flights = [...wanted].map(([key, count]) => this.#start(key, count));
		await within(Promise.all(flights), patience);
		return new Map([...wanted.keys()].map((key) => [key, this.#known.get(key)?.count ?? null]));
	}

	#start(key: string, count: () => Promise<FailureCount>): Promise<void> {
		const known = this.#known.get(key);
		if (known !== undefined && this.now() - known.time < fresh) return Promise.resolve();
		const running = this.#flights.get(key);
		if (running) return running;
		const flight = this.#run(key, count).finally(() => this.#flights.delete(key));
		this.#flights.set(key, flight);
		return flight;
	}

	async #run(key: string, count: () => Promise<FailureCount>): Promise<void> {
		if (this.#busy >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
		this.#busy++;
		try {
			this.#keep(key, await count());
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			// a log that cannot be read is no reason to show nothing else
			this.#keep(key, null);
		} finally {
			this.#busy--;
			this.#waiting.shift()?.();
		}
	}

	#keep(key: string, count: FailureCount | null): void {
		const time = this.now();
		for (const [other, { time: then }] of this.#known) if (time - then >= fresh) this.#known.delete(other);
		this.#known.set(key, { time, count });
	}
}
