import { has, type Right } from './rights.ts';
import { type RowEntry, showRowMenu } from './rowMenu.ts';

/** What the controller of a list does with a row. */
export interface RowController {
	/** Enter. */
	openRow(record: Ext.data.Record): void;
	/** Delete, with the right. */
	deleteRow(record: Ext.data.Record): void;
	/** Entries of the menu of a right click, and what its Copy puts into the clipboard. */
	rowMenu(record: Ext.data.Record): [entries: RowEntry[], copied: string];
}

/** A method of a `RowController`, for the view's listeners. */
type OnRow = (
	view: Ext.grid.View,
	record: Ext.data.Record,
	row: unknown,
	index: unknown,
	event: Ext.KeyEvent,
) => void;

function controllerOf(view: Ext.grid.View): RowController {
	return view.lookupController() as RowController;
}

/** Listeners of the view of a list: the keys, and a right click, on a row. */
export function rowListeners(right: Right = 'modify'): { itemkeydown: OnRow; itemcontextmenu: OnRow } {
	return {
		itemkeydown: (view, record, _row, _index, event) => {
			if (event.getKey() === event.ENTER) {
				controllerOf(view).openRow(record);
			} else if (event.getKey() === event.DELETE && has(right)) {
				controllerOf(view).deleteRow(record);
			}
		},
		itemcontextmenu: (view, record, _row, _index, event) => {
			const rowMenu = controllerOf(view).rowMenu(record);
			const list = view.up<Ext.grid.Panel>('grid');
			const selected = list.getSelection();
			showRowMenu(event, list, selected.includes(record) ? selected : [record], rowMenu);
		},
	};
}
