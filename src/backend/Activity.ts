/** Knows whether anything is under way, so that the helper neither exits nor stops in the middle of it. */
export class Activity {
	#running = 0;
	#last: number;
	#waiting: (() => void)[] = [];
	readonly #now: () => number;

	/** @param now milliseconds of a clock that never goes back */
	constructor(now: () => number) {
		this.#now = now;
		this.#last = now();
	}

	async during<T>(work: () => Promise<T>): Promise<T> {
		this.#running++;
		try {
			return await work();
		} finally {
			this.#running--;
			this.#last = this.#now();
			if (this.#running === 0) for (const resolve of this.#waiting.splice(0)) resolve();
		}
	}

	/** Milliseconds since something was under way; 0 while something is. */
	idle(): number {
		return this.#running > 0 ? 0 : this.#now() - this.#last;
	}

	/** Resolves when nothing is under way. */
	settled(): Promise<void> {
		return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
	}
}
