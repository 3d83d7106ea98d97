import type { EnforcementRow } from '../../../contract/types.ts';
import { parseNetwork } from '../../addresses/addresses.ts';
import { type FirewallState, type TargetState, targetWords } from '../../fail2ban/FirewallState.ts';
import { doesNothing } from '../../fail2ban/firewallActions.ts';
import { type FirewallTarget, firewallTarget } from '../../fail2ban/firewallTarget.ts';
import type { JailAction } from '../../fail2ban/jailActions.ts';
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
	const row: EnforcementRow = {
		jail,
		target:
			targets.length === 0 ? null : [...new Set(targets.map(({ target }) => targetWords(target)))].join(', '),
		banned: banned.length,
		enforced: actions.length === 0 ? 0 : enforced,
		missing: (actions.length === 0 ? banned : missing).slice(0, maxAddresses),
		'missing-total': actions.length === 0 ? banned.length : missing.length,
		reason: reasonOf(actions, targets, { idle, blind, banned: banned.length }),
	};
	const broken = banned.length > 0 && targets.some(({ state }) => 'broken' in state);
	return { jail, actions, targets, missing, row, idle, broken };
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
): string | null {
	if (actions.length === 0) return 'The jail runs without actions.';
	const names = actions.map(({ name }) => `'${name}'`).join(', ');
	if (idle) return `Action ${names} does nothing when an address is banned.`;
	for (const { state } of targets) {
		if ('unknown' in state) return state.unknown;
	}
	if (blind) return `Action ${names} uses no firewall that can be looked into (nftables, iptables, ipset).`;
	for (const { state } of banned > 0 ? targets : []) {
		if ('broken' in state) return state.broken;
	}
	return oddBan(targets);
}

/** A ban that its target can never hold. */
function oddBan(targets: readonly TargetEnforcement[]): string | null {
	for (const { target, state, missing } of targets) {
		const text = missing.find((ip) => parseNetwork(ip) === null);
		if (text !== undefined) return `'${text}' is no address.`;
		const network = missing.find((ip) => ip.includes('/'));
		// an ipset of addresses takes each address of a network instead
		if (network !== undefined && target.kind === 'nft' && 'listing' in state && state.listing.singlesOnly)
			return `The ${targetWords(target)} holds single addresses only, not ${network}.`;
	}
	return null;
}
