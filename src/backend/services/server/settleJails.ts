import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import { type RunningDifference, runningDifferences } from '../../files/compareRunning.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { isStopped, lostActions } from './ConfigCheck.ts';

/** Milliseconds between two questions. */
const betweenMs = 250;

/** What is wrong with a jail, in words, for the task log. */
export function wrongText(difference: RunningDifference): string {
	const { jail } = difference;
	return isStopped(difference)
		? `Jail '${jail}' is not running.`
		: `Jail '${jail}' runs without its actions.`;
}

/**
 * Waits until all jails run with their actions; answers what is still wrong in the end. Throws Error when the
 * server does not answer.
 * @param time milliseconds
 */
export async function settleJails(
	server: Fail2banServer,
	jails: ReadonlyMap<string, JailCommands>,
	time: number,
): Promise<RunningDifference[]> {
	// a clock that somebody sets must not prolong the wait
	const end = performance.now() + time;
	for (;;) {
		const wrong = await wrongJails(server, jails);
		if (wrong !== null && wrong.length === 0) return [];
		if (performance.now() >= end) {
			if (wrong === null) throw new Error('fail2ban does not answer.');
			return wrong;
		}
		await new Promise((resolve) => setTimeout(resolve, betweenMs));
	}
}

/** null: the server does not answer yet. */
async function wrongJails(
	server: Fail2banServer,
	jails: ReadonlyMap<string, JailCommands>,
): Promise<RunningDifference[] | null> {
	try {
		const found = await runningDifferences(server, jails);
		return found.filter((difference) => isStopped(difference) || lostActions(difference));
	} catch (error) {
		if (!(error instanceof ServerError)) throw error;
		return null;
	}
}
