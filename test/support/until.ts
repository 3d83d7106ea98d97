import { setTimeout as sleep } from 'node:timers/promises';

interface Patience {
	/** A minute: with load from elsewhere, what takes moments may take many seconds. */
	timeoutMs?: number;
	everyMs?: number;
}

/**
 * Asks until the answer is as wanted (by default: until it is true) and resolves to that answer. Throws with the last
 * answer when time is up, so that a test never goes on with something else than it waited for.
 * @param what what is waited for, in words
 */
export async function until<Answer>(
	ask: () => Answer | Promise<Answer>,
	what: string,
	wanted: (answer: Answer) => boolean = Boolean,
	{ timeoutMs = 60_000, everyMs = 250 }: Patience = {},
): Promise<Answer> {
	const end = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ask();
		if (wanted(answer)) return answer;
		if (Date.now() > end) {
			throw new Error(`not within ${timeoutMs / 1000} s: ${what}; last: ${JSON.stringify(answer)}`);
		}
		await sleep(everyMs);
	}
}
