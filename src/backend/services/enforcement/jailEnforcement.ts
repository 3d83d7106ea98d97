import type { EnforcementRow } from '../../../contract/types.ts';
import { parseNetwork } from '../../addresses/addresses.ts';
import { type FirewallState, type TargetState, targetWords } from '../../fail2ban/FirewallState.ts';
import { doesNothing } from '../../fail2ban/firewallActions.ts';
import { type FirewallTarget, firewallTarget } from '../../fail2ban/firewallTarget.ts';
import type { JailAction } from '../../fail2ban/jailActions.ts';
import { enumerate, type Message, msg, msgN, told } from '../../kit/message.ts';
import { HeldAddresses } from './HeldAddresses.ts';

/** One action of a jail for one family of addresses, and what the firewall has of it. */
export interface TargetEnforcement {
	action: JailAction;
	family: 4 | 6;
	target: FirewallTarget;
	state: TargetState;
	/** Bans that it does not hold; empty if that is not known. */
	missing: string[];
}

export interface JailEnforcement {
	jail: string;
	actions: readonly JailAction[];
	targets: TargetEnforcement[];
	/** Banned addresses that at least one action does not hold. */
	missing: string[];
	row: EnforcementRow;
	/** Why bans are missing, or why that is unknown. */
	reason: Message | null;
	/** No action of it enforces anything: there is none, or each does nothing at all. */
	idle: boolean;
	/** A set, a chain or the rule that leads to it is gone. */
	broken: boolean;
}

/** Addresses that an answer names. */
const maxAddresses = 100;

/** @param banned as fail2ban lists them */
export async function jailEnforcement(
	jail: string,
	banned: readonly string[],
	actions: readonly JailAction[],
	firewall: FirewallState,
): Promise<JailEnforcement> {
	const v6 = banned.filter((ip) => ip.includes(':'));
	const v4 = v6.length === 0 ? banned : banned.filter((ip) => !ip.includes(':'));
	const families: [4 | 6, readonly string[]][] =
		v6.length === 0
			? [[4, v4]]
			: v4.length === 0
				? [[6, v6]]
				: [
						[4, v4],
						[6, v6],
					];
	const targets: TargetEnforcement[] = [];
	let blind = false;
	for (const [family, addresses] of families) {
		let known = false;
		for (const action of actions) {
			const target = firewallTarget(action.properties, family);
			if (target === null) continue;
			known = true;
			const state = await firewall.stateOf(target);
			targets.push({ action, family, target, state, missing: missingIn(state, addresses) });
		}
		blind ||= !known;
	}
	const missing = [...new Set(targets.flatMap((target) => target.missing))];
	const idle = actions.every(doesNothing);
	const enforced =
		blind || targets.some(({ state }) => 'unknown' in state) ? null : banned.length - missing.length;
	const reason = reasonOf(actions, targets, { idle, blind, banned: banned.length });
	const row = told({
		jail,
		target:
			targets.length === 0 ? null : [...new Set(targets.map(({ target }) => targetWords(target)))].join(', '),
		banned: banned.length,
		enforced: actions.length === 0 ? 0 : enforced,
		missing: (actions.length === 0 ? banned : missing).slice(0, maxAddresses),
		'missing-total': actions.length === 0 ? banned.length : missing.length,
		reason,
	});
	const broken = banned.length > 0 && targets.some(({ state }) => 'broken' in state);
	return { jail, actions, targets, missing, row, reason, idle, broken };
}

function missingIn(state: TargetState, addresses: readonly string[]): string[] {
	if ('unknown' in state) return [];
	if ('broken' in state) return [...addresses];
	const held = new HeldAddresses(state.listing);
	return addresses.filter((ip) => !held.has(ip));
}

function reasonOf(
	actions: readonly JailAction[],
	targets: readonly TargetEnforcement[],
	{ idle, blind, banned }: { idle: boolean; blind: boolean; banned: number },
): Message | null {
	if (actions.length === 0) return msg('The jail runs without actions.');
	const names = enumerate(actions.map(({ name }) => `'${name}'`));
	if (idle)
		return msgN(
			actions.length,
			'Action {1} does nothing when an address is banned.',
			'Actions {1} do nothing when an address is banned.',
			names,
		);
	for (const { state } of targets) {
		if ('unknown' in state) return state.unknown;
	}
	if (blind)
		return msgN(
			actions.length,
			'Action {1} uses no firewall that can be checked (nftables, iptables, ipset).',
			'Actions {1} use no firewall that can be checked (nftables, iptables, ipset).',
			names,
		);
	for (const { state } of banned > 0 ? targets : []) {
		if ('broken' in state) return state.broken;
	}
	return oddBan(targets);
}

/** A ban that its target can never hold. */
function oddBan(targets: readonly TargetEnforcement[]): Message | null {
	for (const { target, state, missing } of targets) {
		const text = missing.find((ip) => parseNetwork(ip) === null);
		if (text !== undefined) return msg("'{0}' is not an address.", text);
		const network = missing.find((ip) => ip.includes('/'));
		// an ipset of addresses takes each address of a network instead
		if (network !== undefined && target.kind === 'nft' && 'listing' in state && state.listing.singlesOnly)
			// TRANSLATORS: {0}: e.g. "nftables set inet f2b-table addr-set-sshd", {1}: a network
			return msg('{0} holds single addresses only, not {1}.', targetWords(target), network);
	}
	return null;
}
