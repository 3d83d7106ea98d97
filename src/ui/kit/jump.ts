/** What a card shall show when it opens by a jump. Kept in memory only: the address names just the card. */
interface Jump {
	jail?: string;
	/** Disabled jails, too. */
	all?: boolean;
}

const waiting = new Map<string, Jump>();

/** Opens a card of the node, e.g. `fail2ban-bans`. */
export function jumpTo(card: string, jump: Jump = {}): void {
	waiting.set(card, jump);
	Ext.state.Manager.getProvider().set('nodetab', { value: card }, true);
}

/** What a jump to the card brought along; only once. */
export function takeJump(card: string): Jump {
	const jump = waiting.get(card) ?? {};
	waiting.delete(card);
	return jump;
}
