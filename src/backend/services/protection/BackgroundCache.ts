import { limited } from '../../kit/limited.ts';
import { within } from '../kit/within.ts';

/** Questions at the same time: each takes a processor for some seconds at most. */
const parallel = 2;

/** Finds answers behind the back of who asks: what is not found in time is there for the next call. */
export class BackgroundCache<T> {
	readonly #known = new Map<string, { time: number; answer: T | null }>();
	readonly #flights = new Map<string, Promise<void>>();
	readonly #places = limited(parallel);

	/**
	 * @param now Unix milliseconds
	 * @param fresh how long an answer is given again (milliseconds)
	 */
	constructor(
		private readonly now: () => number,
		private readonly fresh: number,
	) {}

	/**
	 * The answers by key; null: not found yet, or not to be found.
	 * @param answerWithinMs milliseconds
	 */
	async get(
		wanted: ReadonlyMap<string, () => Promise<T>>,
		answerWithinMs: number,
	): Promise<Map<string, T | null>> {
		const flights = [...wanted].map(([key, find]) => this.#start(key, find));
		await within(Promise.all(flights), Math.max(0, answerWithinMs));
		return new Map([...wanted.keys()].map((key) => [key, this.#known.get(key)?.answer ?? null]));
	}

	#start(key: string, find: () => Promise<T>): Promise<void> {
		const known = this.#known.get(key);
		if (known !== undefined && this.now() - known.time < this.fresh) return Promise.resolve();
		const running = this.#flights.get(key);
		if (running) return running;
		const flight = this.#run(key, find).finally(() => this.#flights.delete(key));
		this.#flights.set(key, flight);
		return flight;
	}

	async #run(key: string, find: () => Promise<T>): Promise<void> {
		try {
			this.#keep(key, await this.#places.run(find));
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			// a log that cannot be read is no reason to show nothing else
			this.#keep(key, null);
		}
	}

	#keep(key: string, answer: T | null): void {
		const time = this.now();
		for (const [other, { time: then }] of this.#known)
			if (time - then >= this.fresh) this.#known.delete(other);
		this.#known.set(key, { time, answer });
	}
}
