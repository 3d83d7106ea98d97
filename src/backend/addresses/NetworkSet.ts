import { contains, type Network, parseNetwork } from './addresses.ts';

type Entry = string | Network | null | undefined;

function networkOf(entry: Entry): Network | null {
	return typeof entry === 'string' ? parseNetwork(entry) : (entry ?? null);
}

/** Addresses and networks of a list. Texts that are neither, such as host names, stand for nothing. */
export class NetworkSet {
	readonly networks: readonly Network[];

	constructor(entries: Iterable<Entry>) {
		this.networks = [...entries].flatMap((entry) => networkOf(entry) ?? []);
	}

	/** Whether one network of the list holds all of an address or network. */
	covers(entry: Entry): boolean {
		const inner = networkOf(entry);
		return inner !== null && this.networks.some((network) => contains(network, inner));
	}

	/** Whether an address or network has any address in common with the list. */
	overlaps(entry: Entry): boolean {
		const other = networkOf(entry);
		return (
			other !== null && this.networks.some((network) => contains(network, other) || contains(other, network))
		);
	}
}
