import type { JailRow } from '../../contract/types.ts';
import { count, format, plural, sentences } from '../kit/text.ts';

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
export interface BulkUnban {
	itemId: string;
	text: string;
	question: string;
	/** How many bans it lifts. */
	bans: number;
	params: { jail?: string; cidr?: string; all?: boolean };
}

/** The question, with {0} for the number of bans, and what follows from a yes. */
function ask(question: string, bans: number, ...args: string[]): string {
	const again = plural(bans, 'It can connect again immediately.', 'They can connect again immediately.');
	return sentences(format(question, count(bans), ...args), again);
}

/** What can be unbanned at once, from the narrowest to everything. */
export function bulkUnbans({ node, total, shown, jail, limits }: View): BulkUnban[] {
	const found: BulkUnban[] = [];
	const cidr = limits.search?.includes('/') ? limits.search : undefined;
	if (cidr !== undefined && limits.jail !== undefined) {
		found.push({
			itemId: 'unbanCidr',
			text: format(gettext("Unban All in {0} in Jail '{1}' ({2})"), cidr, limits.jail, count(shown)),
			question: ask(
				plural(
					shown,
					"Unban {0} address of {1} in jail '{2}'?",
					"Unban all {0} addresses of {1} in jail '{2}'?",
				),
				shown,
				cidr,
				limits.jail,
			),
			bans: shown,
			params: { cidr, jail: limits.jail },
		});
	} else if (cidr !== undefined) {
		found.push({
			itemId: 'unbanCidr',
			text: format(gettext('Unban All in {0} ({1})'), cidr, count(shown)),
			question: ask(
				plural(shown, 'Unban {0} address of {1}?', 'Unban all {0} addresses of {1}?'),
				shown,
				cidr,
			),
			bans: shown,
			params: { cidr },
		});
	}
	if (limits.jail !== undefined) {
		const bans = jail?.banned ?? shown;
		found.push({
			itemId: 'unbanJail',
			text: format(gettext("Unban All in Jail '{0}' ({1})"), limits.jail, count(bans)),
			question: ask(
				plural(bans, "Unban {0} address in jail '{1}'?", "Unban all {0} addresses in jail '{1}'?"),
				bans,
				limits.jail,
			),
			bans,
			params: { jail: limits.jail },
		});
	}
	found.push({
		itemId: 'unbanEverything',
		text: format(gettext('Unban All ({0})'), count(total)),
		question: ask(
			plural(total, "Unban {0} address on node '{1}'?", "Unban all {0} addresses on node '{1}'?"),
			total,
			node,
		),
		bans: total,
		params: { all: true },
	});
	return found;
}
