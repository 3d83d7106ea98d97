import type { BanRow } from '../../contract/types.ts';
import { count, encode, format, plural } from '../kit/text.ts';
import { shortTime } from '../kit/time.ts';

type BanGrid = XTypes['pveFail2banBans'];

/** How many bans are listed, or why what was typed is not searched for. */
export function countText(grid: BanGrid): Encoded {
	const { badSearch, limits } = grid;
	if (badSearch !== null) {
		return `<span class="critical">${encode(badSearch)}</span>`;
	}
	const shown = grid.getStore().getTotalCount() || 0;
	const all = grid.status.last?.banned ?? shown;
	const limited = limits.search !== undefined || limits.jail !== undefined;
	const bans = plural(limited ? all : shown, '{0} Ban', '{0} Bans');
	return encode(
		limited
			? format(gettext('{0} of {1}'), count(shown), format(bans, count(Math.max(all, shown))))
			: format(bans, count(shown)),
	);
}

/** Only the rows on the screen, and only one cell of each: a refresh would lose focus and scroll. */
export function countDown(grid: BanGrid): void {
	const view = grid.getView();
	if (!view.rendered) {
		return;
	}
	const passed = Math.round((Date.now() - (grid.loadedAt || Date.now())) / 1000);
	for (const node of view.getNodes()) {
		const row = view.getRecord(node)?.data as BanRow | undefined;
		const cell = node.querySelector('.pve-fail2ban-remaining .x-grid-cell-inner');
		if (cell && typeof row?.remaining === 'number') {
			cell.textContent = shortTime(row.remaining - passed);
		}
	}
}
