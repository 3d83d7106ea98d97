import { formatNetwork, parseAddress } from '../addresses/addresses.ts';
import type { SystemAddress } from './systemAddresses.ts';

/**
 * The addresses by which the caller reaches this node, as far as they are known. One that belongs to the node itself or
 * to another node of the cluster only says that the call was handed on; a gateway may be what a log sees of the caller.
 * Empty: nobody knows.
 */
export function callerAddresses(
	given: readonly (string | null | undefined)[],
	system: readonly SystemAddress[],
): string[] {
	const handedOn = new Set(system.filter(({ kind }) => kind !== 'gateway').map(({ address }) => address));
	const found = given.flatMap((text) => {
		const parsed = text ? parseAddress(text) : null;
		if (parsed === null) return [];
		const address = formatNetwork(parsed);
		const loopback = address === '::1' || (parsed.family === 4 && address.startsWith('127.'));
		return handedOn.has(address) || loopback ? [] : [address];
	});
	return [...new Set(found)];
}
