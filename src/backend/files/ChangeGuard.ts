import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
import type { ApplyStep } from './applyPlan.ts';
import type { ChangeRequest } from './ConfigChange.ts';
import type { DumpedJails } from './jailCommands.ts';
import type { ServerState } from './ServerSync.ts';

/** A change that was judged and is not written yet. */
export interface GuardedChange {
	request: Pick<ChangeRequest, 'caller' | 'client' | 'forced' | 'provisional'>;
	before: DumpedJails;
	after: DumpedJails;
	server: ServerState;
	/** Jails that run now. */
	running: readonly string[];
	/** What will be told to the server. */
	steps: readonly ApplyStep[];
}

/** Why a change can be made only provisionally. */
export interface ProvisionalReason {
	/** In words for the log. */
	reason: string;
	/** Bans that will come; before them a confirmation proves nothing. */
	bans: AddressesByJail;
	/** Nobody knows whom it bans, or when. */
	blind: boolean;
}

/** Stands between the judgment of a change and its first byte: whom would it lock out? */
export interface ChangeGuard {
	/**
	 * Throws ApiError 409 `would-ban` for a change that bans somebody it must not, unless it is forced. Otherwise answers
	 * why it can be made only provisionally; null: it may stand at once.
	 */
	judge(change: GuardedChange): Promise<ProvisionalReason | null>;
}
