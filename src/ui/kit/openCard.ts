/** What a card shall show when another one opens it. Kept in memory only: the address names just the card. */
interface CardStart {
	jail?: string;
	/** Disabled jails, too. */
	all?: boolean;
}

const waiting = new Map<string, CardStart>();

/** Opens a card of the node, e.g. `fail2ban-bans`. */
export function openCard(card: string, start: CardStart = {}): void {
	waiting.set(card, start);
	Ext.state.Manager.getProvider().set('nodetab', { value: card }, true);
}

/** What the card was opened with; only once. */
export function takeCardStart(card: string): CardStart {
	const start = waiting.get(card) ?? {};
	waiting.delete(card);
	return start;
}
