import { has, type Right } from './rights.ts';
import './LastingMenu.ts';

/** An entry of the menu that a right click on a row opens. */
export interface RowEntry {
	text: string;
	itemId: string;
	right?: Right;
	/** Greyed out whatever the rights. */
	disabled?: boolean;
	handler: () => void;
}

/** Puts a text into the clipboard. */
export function copy(text: string): void {
	// Missing where the page is not served over TLS.
	navigator.clipboard?.writeText(text);
}

/** Whether a list still has one of the rows; of a list that is loaded by the page only the loaded part is known. */
function hasSome(store: Ext.data.Store, ids: string[]): boolean {
	const partly = store.isBufferedStore && store.getTotalCount() > store.getPageSize();
	return partly || store.isLoading() || ids.some((id) => store.indexOfId(id) >= 0);
}

/**
 * Opens the menu of some rows of a list at the mouse; `copied` is what Copy puts into the clipboard. It stays open while
 * the list is loaded anew, until none of its rows is left.
 */
export function showRowMenu(
	event: Ext.KeyEvent,
	list: Ext.grid.Panel,
	rows: Ext.data.Record[],
	[entries, copied]: [entries: RowEntry[], copied: string],
): void {
	event.stopEvent();
	const menu = Ext.create<Ext.MenuInstance>('PVEFail2ban.menu.Lasting', {
		items: [
			...entries.map(({ text, itemId, right, disabled, handler }) => ({
				text,
				itemId,
				handler,
				disabled: Boolean(disabled) || !has(right),
			})),
			'-',
			{ text: gettext('Copy'), itemId: 'copy', handler: () => copy(copied) },
		],
		listeners: {
			// Destroying it at once would take the entry away before its handler ran.
			hide: { fn: (menu: Ext.MenuInstance) => menu.destroy(), buffer: 100 },
		},
	});
	const store = list.getStore();
	const ids = rows.map((row) => row.getId());
	menu.mon(store, 'refresh', () => {
		if (!hasSome(store, ids)) {
			menu.hide();
		}
	});
	menu.showAt(event.getXY());
}
