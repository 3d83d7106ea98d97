import { has, type Right } from './rights.ts';

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

/** Opens the menu at the mouse; `copied` is what Copy puts into the clipboard. */
export function showRowMenu(event: Ext.KeyEvent, entries: RowEntry[], copied: string): void {
	event.stopEvent();
	const menu = Ext.create<Ext.MenuInstance>('Ext.menu.Menu', {
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
	menu.showAt(event.getXY());
}
