import { ApiError } from '../errors.ts';
import { contains, type Network, parseAddress } from './addresses.ts';
import type { SystemAddress } from './systemAddresses.ts';

/** What must not be banned without the caller's word: the addresses in use, gateways, cluster nodes. */
export interface Guarded {
	/** The caller's address as the API module saw it, and as the browser's own question found it. */
	clients: readonly (string | null | undefined)[];
	system: readonly SystemAddress[];
}

export interface WouldBan {
	address: string;
	/** null: it is the caller's own. */
	what: string | null;
}

/** Guarded addresses that are in one of the networks, the caller's own first. */
export function wouldBan(networks: readonly Network[], { clients, system }: Guarded): WouldBan[] {
	const own = [...new Set(clients)].flatMap((address) => (address ? [{ address, what: null }] : []));
	return [...own, ...system].filter(({ address }) => {
		const parsed = parseAddress(address);
		return parsed !== null && networks.some((network) => contains(network, parsed));
	});
}

/**
 * The refusal of a change that bans guarded addresses.
 * @param duration in words, e.g. "for 30 days"
 */
export function wouldBanError(found: readonly WouldBan[], duration: string): ApiError {
	const sentences = found.map(({ address, what }) => {
		if (what === null) return `This bans ${address}, the address you use now, ${duration}.`;
		const harm = what.startsWith('cluster')
			? 'Banning it can break the cluster.'
			: 'Banning it can cut off this node.';
		return `${address} is ${what}. ${harm}`;
	});
	return new ApiError(409, 'would-ban', sentences.join(' '), {
		'would-ban': found.map(({ address }) => address).join(','),
	});
}
