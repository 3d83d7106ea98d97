import type { DumpCommand } from '../../fail2ban/Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import { type RunningDifference, runningDifferences } from '../../files/compareRunning.ts';
import { dumpedJails, type JailCommands } from '../../files/jailCommands.ts';
import { withoutLog } from '../../files/judgeChange.ts';
import type { Caller } from '../../kit/caller.ts';
import type { DeepComparison } from '../server/ConfigCheck.ts';
import { lockedOut } from './BanGuard.ts';
import { canBanMore } from './banTightening.ts';
import type { Clients, JailChange, JailPreviews, Surroundings } from './JailPreviews.ts';
import { lockoutError } from './lockoutGuard.ts';
import type { Entry } from './previewTask.ts';

/** Files that the server is about to read: of all jails or of one. */
interface FilesRead {
	caller: Caller;
	client: string | undefined;
	forced: boolean;
	/** What `fail2ban-client -d` makes of the files. */
	dump: readonly DumpCommand[];
	jail: string | undefined;
	/** It starts anew, and sets the bans again that have not run out. */
	starts: boolean;
}

export interface FilesGuardDeps {
	server: Fail2banServer;
	previews: Pick<JailPreviews, 'surroundings' | 'previewAll'>;
	deep: DeepComparison;
}

/** Throws ApiError 409 `would-ban` if what somebody wrote into the files bans whom it must not. */
export type RefuseLockout = (read: FilesRead) => Promise<void>;

/** Seconds for the logs of all jails. */
const previewSeconds = 8;

/** Options that tell a list, whose running words the server joins. */
const lists = { ignoreip: 'ignoreip', logpath: 'logpaths', failregex: 'failregex' } as const;

/** A jail as it runs, as far as it differs from what the files say. */
function asItRuns(configured: JailCommands, differences: readonly RunningDifference[]): JailCommands {
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

function jailChange(
	configured: JailCommands,
	runs: boolean,
	differences: readonly RunningDifference[],
): JailChange | null {
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
	/** A start is the cure for a server that hangs. */
	async function surroundings(clients: Clients, starts: boolean): Promise<Surroundings> {
		try {
			return await previews.surroundings(clients);
		} catch (error) {
			if (!starts || !(error instanceof ServerError)) throw error;
			return previews.surroundings(clients, true);
		}
	}

	/** null: the server does not run. */
	async function differencesOf(
		dump: readonly DumpCommand[],
		jails: ReadonlyMap<string, JailCommands>,
	): Promise<RunningDifference[] | null> {
		try {
			const running = new Set(await server.jails());
			return [...(await runningDifferences(server, jails)), ...(await deep.differences(dump, running))];
		} catch (error) {
			if (error instanceof ServerError && error.code === 'not-running') return null;
			throw error;
		}
	}

	return async ({ caller, client, forced, dump, jail, starts }) => {
		if (forced) return;
		const { jails } = dumpedJails(dump);
		const configured = [...jails.values()].filter((one) => jail === undefined || one.jail === jail);
		const around = await surroundings([client, caller.clientIp], starts);
		/** Nothing is remembered from before. */
		const anew = starts && (around.running.size === 0 || around.database === null);
		const differences = anew ? [] : await differencesOf(dump, jails);
		// it bans nobody, and the task itself says that it does not run
		if (differences === null) return;
		const changes = configured.flatMap((one) => {
			const mine = differences.filter((difference) => difference.jail === one.jail);
			const found = jailChange(one, !anew && around.running.has(one.jail), mine);
			if (found === null) return [];
			return starts && found.entry === 'reload' ? { ...found, entry: 'restart' as const } : found;
		});
		if (changes.length === 0) return;
		const hits = lockedOut(await previews.previewAll(changes, around, { seconds: previewSeconds }));
		if (hits.length > 0) throw lockoutError(hits);
	};
}
