import type { Status } from '../../contract/types.ts';
import { inWindows } from './windows.ts';

/** What a change answers, or the status tells, if it waits for its confirmation. */
export type Provisional = Pick<NonNullable<Status['provisional']>, 'id' | 'seconds'>;

/** Nodes on which this page has changed something: what others wait for is theirs to confirm. */
const changed = new Set<string>();

/**
 * To be called before a change: from then on a change of this user that waits is confirmed by this page. The script
 * of the window is loaded now, since afterwards the node may be out of reach.
 */
export function expectProvisional(node: string): void {
	changed.add(node);
	inWindows(Ext.emptyFn);
}

/** Opens the window that confirms the change, if this page has made one. */
export function confirmProvisional(node: string, provisional: Provisional | null | undefined): void {
	if (provisional && changed.has(node)) {
		inWindows(({ checkConnection }) => checkConnection(node, provisional));
	}
}
