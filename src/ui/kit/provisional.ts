import type { Status } from '../../contract/types.ts';
import { getStatus } from './calls.ts';
import { inWindows } from './inWindows.ts';

/** What a change answers, or the status tells, if it waits for its confirmation. */
export type Provisional = Pick<NonNullable<Status['provisional']>, 'id' | 'seconds'>;

/** Until when (Unix milliseconds) a change that waits is taken for the one that this page makes, by node. */
const mine = new Map<string, number>();

/** A task may restart jails with many bans before its change waits. */
const longestMs = 600_000;

/**
 * To be called before a change: from then on a change of this user that waits is confirmed by this page, once. The
 * script of the window is loaded now, since afterwards the node may be out of reach.
 */
export function expectProvisional(node: string): void {
	mine.set(node, Date.now() + longestMs);
	inWindows(Ext.emptyFn);
}

/** The change of this page is over and does not wait: another page of this user may be locked out by the next one. */
export function forgetProvisional(node: string): void {
	mine.delete(node);
}

/** Opens the window that confirms the change, if this page is making one. */
export function confirmProvisional(node: string, provisional: Provisional | null | undefined): void {
	if (provisional && (mine.get(node) ?? 0) > Date.now()) {
		mine.delete(node);
		inWindows(({ checkConnection }) => checkConnection(node, provisional));
	}
}

/** To be called when the task of a change has ended: confirms it now if it waits, and is over with it. */
export async function confirmTask(node: string): Promise<void> {
	try {
		const { provisional } = await getStatus(node);
		if (provisional?.user === Proxmox.UserName) {
			confirmProvisional(node, provisional);
		}
		forgetProvisional(node);
	} catch {
		// The card's own poll asks again.
	}
}
