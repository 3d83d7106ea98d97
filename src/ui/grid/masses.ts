import type { JailRow } from '../../contract/types.ts';
import { count, format } from '../lib/text.ts';

interface View {
	node: string;
	/** Bans of the node. */
	total: number;
	/** Bans in the list as it is limited now. */
	shown: number;
	jail: JailRow | undefined;
	limits: { jail?: string; search?: string };
}

/** An entry of Unban's menu: everything of one kind, whether it is loaded or not. */
export interface Mass {
	itemId: string;
	text: string;
	question: string;
	/** How many bans it lifts. */
	bans: number;
	params: { jail?: string; cidr?: string; all?: boolean };
}

/** What can be unbanned at once, from the narrowest to everything. */
export function masses({ node, total, shown, jail, limits }: View): Mass[] {
	const again = gettext('They can connect again at once.');
	const found: Mass[] = [];
	const cidr = limits.search?.includes('/') ? limits.search : undefined;
	if (cidr !== undefined && limits.jail !== undefined) {
		const args = [cidr, limits.jail, count(shown)];
		found.push({
			itemId: 'unbanCidr',
			text: format(gettext("Unban All in {0} in Jail '{1}' ({2})"), ...args),
			question: `${format(gettext("Unban all {2} addresses in {0} in jail '{1}'?"), ...args)} ${again}`,
			bans: shown,
			params: { cidr, jail: limits.jail },
		});
	} else if (cidr !== undefined) {
		const args = [cidr, count(shown)];
		found.push({
			itemId: 'unbanCidr',
			text: format(gettext('Unban All in {0} ({1})'), ...args),
			question: `${format(gettext('Unban all {1} addresses in {0}?'), ...args)} ${again}`,
			bans: shown,
			params: { cidr },
		});
	}
	if (limits.jail !== undefined) {
		const bans = jail?.banned ?? shown;
		const args = [limits.jail, count(bans)];
		found.push({
			itemId: 'unbanJail',
			text: format(gettext("Unban All in Jail '{0}' ({1})"), ...args),
			question: `${format(gettext("Unban all {1} addresses in jail '{0}'?"), ...args)} ${again}`,
			bans,
			params: { jail: limits.jail },
		});
	}
	const args = [count(total), node];
	found.push({
		itemId: 'unbanEverything',
		text: format(gettext('Unban All ({0})'), ...args),
		question: `${format(gettext("Unban all {0} addresses on node '{1}'?"), ...args)} ${again}`,
		bans: total,
		params: { all: true },
	});
	return found;
}
