import { formatNetwork, isSingle, type Network, parseNetwork } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type Message, msg } from '../../kit/message.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { ignorePlace } from '../ignore/plan.ts';
import type { IgnoredAddress } from './plan.ts';

export interface IgnoreProposal {
	address: string;
	kind: 'client' | 'node' | 'gateway' | 'loopback' | 'network' | 'existing' | 'asked';
	text: Message;
	chosen: boolean;
	present: boolean;
}

/** Where proposals come from. */
export interface AddressFacts {
	/** The caller's address; null: not known. */
	client: string | null;
	/** Who asks, for the comment of their address. */
	user: string;
	/** Nodes of the cluster, without this one. */
	nodes: readonly { address: string; name: string }[];
	/** Networks of this node's bridges. */
	networks: readonly { name: string; cidr: string }[];
}

const loopback = ['127.0.0.0/8', '::1'];

function tidy(text: string): { address: string; network: Network } | null {
	const network = parseNetwork(text.trim());
	return network === null ? null : { address: formatNetwork(network), network };
}

/** What each of these jails ignores today; a jail that is still to be made inherits from [DEFAULT]. */
function ignoredToday(snapshot: ConfigSnapshot, jails: readonly string[]): NetworkSet[] {
	const config = new EditedConfig(snapshot);
	const scopes = jails.length === 0 ? [null] : jails;
	return scopes.map((jail) => {
		const place = (jail === null ? null : ignorePlace(config, jail)) ?? ignorePlace(config, null);
		return new NetworkSet(place?.effective ?? []);
	});
}

/**
 * Whom to ignore: loopback, the cluster, the caller, networks of bridges; then what is asked for besides, and what is
 * ignored already. Gateways are not proposed: behind one stands everybody whose address is translated.
 * @param asked what shall be ignored; undefined: what is proposed
 */
export function ignoreProposals(
	snapshot: ConfigSnapshot,
	facts: AddressFacts,
	jails: readonly string[],
	asked: readonly string[] | undefined,
): IgnoreProposal[] {
	const lists = ignoredToday(snapshot, jails);
	const isPresent = (network: Network) => lists.every((list) => list.covers(network));
	const wanted = asked && new NetworkSet(asked.map((text) => text.trim()));
	const found = new Map<string, IgnoreProposal>();
	const add = (text: string, kind: IgnoreProposal['kind'], words: Message, ticked: boolean) => {
		const parsed = tidy(text);
		if (parsed === null || found.has(parsed.address)) return;
		const { address, network } = parsed;
		const present = isPresent(network);
		const chosen = wanted === undefined ? ticked : wanted.covers(network);
		found.set(address, { address, kind, text: words, chosen: present || chosen, present });
	};
	if (facts.client !== null) add(facts.client, 'client', msg('Your address (this browser)'), true);
	for (const address of loopback) add(address, 'loopback', msg('This node itself (loopback)'), true);
	for (const { address, name } of facts.nodes) add(address, 'node', msg("Cluster node '{0}'", name), true);
	for (const { name, cidr } of facts.networks) {
		const parsed = tidy(cidr);
		if (parsed !== null && !isSingle(parsed.network))
			// TRANSLATORS: {0}: a bridge, e.g. vmbr0
			add(cidr, 'network', msg('Network of {0}', name), false);
	}
	for (const text of asked ?? []) add(text, 'asked', msg('Added by you'), true);
	const defaults = ignorePlace(new EditedConfig(snapshot), null)?.effective ?? [];
	for (const text of defaults) add(text, 'existing', msg('Already ignored'), true);
	return [...found.values()];
}

/** What to write, with a comment that says whose address it is. */
export function chosenAddresses(proposals: readonly IgnoreProposal[], user: string): IgnoredAddress[] {
	const comment = ({ kind, text }: IgnoreProposal) => {
		if (kind === 'client') return `address of ${user}`;
		if (kind === 'asked' || kind === 'existing') return '';
		// comments in a file stay English
		const english = String(text);
		return english.charAt(0).toLowerCase() + english.slice(1);
	};
	return proposals
		.filter(({ chosen, present }) => chosen && !present)
		.map((proposal) => ({ address: proposal.address, comment: comment(proposal) }));
}
