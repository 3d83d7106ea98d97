import type { Caller } from '../caller.ts';
import type { DumpCommand } from '../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../fail2ban/Fail2banServer.ts';
import { type RunningDifference, runningDifferences } from '../files/compareRunning.ts';
import { dumpedJails, type JailCommands } from '../files/jailCommands.ts';
import { withoutLog } from '../files/judgeChange.ts';
import { lockedOut } from './BanGuard.ts';
import { canBanMore } from './banTightening.ts';
import type { DeepLook } from './ConfigCheck.ts';
import type { JailOutlook, JailPreviews } from './JailPreviews.ts';
import { lockoutError } from './lockoutGuard.ts';
import type { Entry } from './previewTask.ts';

/** Files that the server is about to read: of all jails or of one. */
export interface FilesRead {
	caller: Caller;
	client: string | undefined;
	forced: boolean;
	/** What `fail2ban-client -d` makes of the files. */
	dump: readonly DumpCommand[];
	jail: string | undefined;
}

export interface FilesGuardDeps {
	server: Fail2banServer;
	previews: Pick<JailPreviews, 'surroundings' | 'foreseeAll'>;
	deep: DeepLook;
}

/** Throws ApiError 409 `would-ban` if what somebody wrote into the files bans whom it must not. */
export type RefuseLockout = (read: FilesRead) => Promise<void>;

/** Seconds for the logs of all jails. */
const patience = 8;

/** Options that tell a list, whose running words the server joins. */
const lists = { ignoreip: 'ignoreip', logpath: 'logpaths', failregex: 'failregex' } as const;

/** A jail as it runs, as far as it differs from what the files say. */
export function asItRuns(configured: JailCommands, differences: readonly RunningDifference[]): JailCommands {
	const runs: JailCommands = { ...configured, settings: new Map(configured.settings) };
	for (const { option, running } of differences) {
		if (option in lists)
			runs[lists[option as keyof typeof lists]] = (running ?? '').split(/\s+/).filter(Boolean);
		// in which way it differs is not known, so it counts as one that lets more through
		else if (option === 'ignoreregex') runs.ignoreregex = [...configured.ignoreregex, running ?? ''];
		else if (option === 'journalmatch') runs.journalmatches = [running ?? ''];
		else if (option === 'backend') runs.backend = running ?? '';
		else if (option === 'running' || option.startsWith('action')) continue;
		else if (running === null) runs.settings.delete(option);
		else runs.settings.set(option, running);
	}
	return runs;
}

function outlook(
	configured: JailCommands,
	runs: boolean,
	differences: readonly RunningDifference[],
): JailOutlook | null {
	if (withoutLog(configured)) return null;
	if (!runs) return { before: undefined, after: configured, entry: 'start' };
	const before = asItRuns(configured, differences);
	if (!canBanMore(before, configured)) return null;
	const restarts = differences.some(({ option }) => option.startsWith('action') || option === 'backend');
	const more = configured.logpaths.some((file) => !before.logpaths.includes(file));
	const entry: Entry = restarts || more ? 'restart' : 'reload';
	return { before, after: configured, entry };
}

/**
 * The lockout guard for files that were edited outside. There is nothing to be confirmed here: nobody has the earlier
 * bytes.
 */
export function filesGuard({ server, previews, deep }: FilesGuardDeps): RefuseLockout {
	return async ({ caller, client, forced, dump, jail }) => {
		if (forced) return;
		try {
			const { jails } = dumpedJails(dump);
			const running = new Set(await server.jails());
			const differences = [
				...(await runningDifferences(server, jails)),
				...(await deep.differences(dump, running)),
			];
			const looked = [...jails.values()].flatMap((configured) => {
				if (jail !== undefined && configured.jail !== jail) return [];
				const mine = differences.filter((difference) => difference.jail === configured.jail);
				return outlook(configured, running.has(configured.jail), mine) ?? [];
			});
			if (looked.length === 0) return;
			const around = await previews.surroundings([client, caller.clientIp]);
			const hits = lockedOut(await previews.foreseeAll(looked, around, { seconds: patience }));
			if (hits.length > 0) throw lockoutError(hits);
		} catch (error) {
			// it bans nobody, and the task itself says that it does not run
			if (!(error instanceof ServerError) || error.code !== 'not-running') throw error;
		}
	};
}
