import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
import type { Message } from '../kit/message.ts';
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
	/** What will be sent to the server. */
	steps: readonly ApplyStep[];
}

/** Why a change can be made only provisionally. */
export interface ProvisionalReason {
	/** The rest of a sentence that begins with "It must be confirmed:". */
	reason: Message;
	/** Bans that will come; before them a confirmation proves nothing. */
	bans: AddressesByJail;
	/** It is not known which addresses it bans, or when. */
	blind: boolean;
}

/** Asked after a change was judged and before its first byte is written: would it lock anybody out? */
export interface ChangeGuard {
	/**
	 * Throws ApiError 409 `would-ban` for a change that bans an address it must not, unless it is forced. Otherwise returns
	 * why the change can only be made provisionally; null: it needs no confirmation.
	 */
	judge(change: GuardedChange): Promise<ProvisionalReason | null>;
}
