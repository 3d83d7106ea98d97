import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, a minute at most; with load from elsewhere, what takes moments may take many seconds. */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
	const end = Date.now() + 60_000;
	while (!(await condition())) {
		if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
		await sleep(250);
	}
}
