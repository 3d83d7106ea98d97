import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { callerAddresses } from '../../system/callerAddresses.ts';
import type { SystemFiles } from '../../system/SystemFiles.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';
import type { Clients } from '../lockout/JailPreviews.ts';
import type { AddressFacts } from './ignoreProposals.ts';
import { readNodeFacts } from './nodeFacts.ts';
import { type ProtectionParams, type ProtectionRequest, readRequest } from './request.ts';

/** Where the facts about this node and its addresses come from. */
export interface FactSources {
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	system: SystemFiles;
	/** Unix milliseconds. */
	now: () => number;
}

/**
 * The addresses that the ignore list may need.
 * @param clients where the caller may come from; empty if the own address shall not be proposed
 */
export async function addressFacts(
	{ systemAddresses, ownAddresses, system }: FactSources,
	clients: Clients,
	user: string,
): Promise<AddressFacts> {
	const known = await systemAddresses();
	const own = new Set(ownAddresses());
	return {
		client: callerAddresses(clients, known)[0] ?? null,
		user,
		nodes: known.flatMap((each) => (each.kind === 'node' && !own.has(each.address) ? [each] : [])),
		networks: system.networks().filter(({ name }) => name.startsWith('vmbr')),
	};
}

/** What is asked for, in full. Throws ApiError 400. */
export function requestOf(
	{ system, now }: FactSources,
	snapshot: ConfigSnapshot,
	params: ProtectionParams,
	addresses: AddressFacts,
): ProtectionRequest {
	// whole minutes, so that the difference stays the same from one call to the next
	const stamp = { added: Math.floor(now() / 60_000) * 60, user: addresses.user };
	return readRequest(snapshot, params, { node: readNodeFacts(system), addresses, stamp });
}
