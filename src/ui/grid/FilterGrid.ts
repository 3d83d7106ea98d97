import type { FilterRow } from '../../contract/types.ts';
import '../button/RightButton.ts';
import type { RightButton } from '../button/RightButton.ts';
import { createStatusStore, type StatusStore } from '../data/StatusStore.ts';
import { listUrl } from '../lib/api.ts';
import { define } from '../lib/define.ts';
import { isChecking, originWord, renderUsers, renderWarnings } from '../lib/filterRow.ts';
import { maskLoadErrors } from '../lib/loadErrors.ts';
import { renderLong } from '../lib/render.ts';
import { encode } from '../lib/text.ts';
import { filterController } from './filterController.ts';

/** The filters of a node: what they are used for, and what is wrong with them (ui.md, 8). */
export interface FilterGrid extends Ext.grid.Panel {
	nodename: string;
	status: StatusStore;
	rows: Proxmox.data.UpdateStore;
	/** To be selected when the list is there. */
	wanted: string | undefined;
	timer: number;
	/** How often the list was loaded in vain for the check of its filters. */
	waits: number;
	onRows(store: unknown, records: unknown, success: boolean): void;
}

declare global {
	interface XTypes {
		pveFail2banFilters: FilterGrid;
	}
}

const fields: (keyof FilterRow)[] = [
	'name',
	'file',
	'origin',
	'fragment',
	'usedBy',
	'warnings',
	'kinds',
	'editable',
];

Ext.define('pve-fail2ban-filter', { extend: 'Ext.data.Model', fields, idProperty: 'name' });

function toolbar(nodename: string): Item[] {
	const button = (itemId: string, text: string, config: Partial<Omit<RightButton, 'xtype'>> = {}): Item => ({
		xtype: 'pveFail2banButton',
		itemId,
		nodename,
		text,
		handler: itemId,
		...config,
	});
	const limits = { listeners: { change: { fn: 'limit', buffer: 100 } } };
	return [
		button('create', gettext('Create'), { right: 'root' }),
		button('copy', gettext('Copy'), { right: 'root', selects: 'one' }),
		button('edit', gettext('View'), { selects: 'one', minWidth: 50 }),
		button('remove', gettext('Remove'), {
			right: 'root',
			selects: 'one',
			fits: ([record]) => record?.data.origin !== 'package',
		}),
		'-',
		button('test', gettext('Test'), { right: 'test', selects: 'one', iconCls: 'fa fa-play' }),
		'->',
		{
			xtype: 'checkbox',
			itemId: 'onlyUsed',
			boxLabel: gettext('Show only used filters'),
			boxLabelAlign: 'before',
			checked: true,
			...limits,
		},
		{
			xtype: 'textfield',
			itemId: 'search',
			width: 160,
			emptyText: gettext('Search'),
			maxLength: 64,
			enforceMaxLength: true,
			triggers: { clear: { cls: 'pmx-clear-trigger', hidden: true, handler: 'clearSearch' } },
			listeners: { ...limits.listeners, specialkey: 'onSearchKey' },
		},
	];
}

const columns: Ext.grid.Column[] = [
	{ text: gettext('Name'), dataIndex: 'name', flex: 1, minWidth: 120, hideable: false, renderer: renderLong },
	{
		text: gettext('Origin'),
		dataIndex: 'origin',
		width: 100,
		renderer: (origin: FilterRow['origin']) => encode(originWord(origin)),
	},
	{ text: gettext('Used By'), dataIndex: 'usedBy', width: 170, sortable: false, renderer: renderUsers },
	{ text: gettext('Warnings'), dataIndex: 'warnings', width: 90, renderer: renderWarnings },
	{ text: gettext('File'), dataIndex: 'file', width: 200, renderer: renderLong },
];

define<FilterGrid>('PVEFail2ban.grid.Filters', {
	extend: 'Ext.grid.Panel',
	xtype: 'pveFail2banFilters',
	controller: filterController,
	stateful: true,
	stateId: 'grid-fail2ban-filters',
	waits: 0,

	viewConfig: {
		trackOver: false,
		emptyText: gettext('No filter matches.'),
		listeners: { itemkeydown: 'onKey', itemcontextmenu: 'onContextMenu' },
	},

	listeners: {
		itemdblclick: 'edit',
		selectionchange: 'onSelection',
	},

	initComponent: function () {
		const { nodename } = this;
		this.status = createStatusStore(nodename);
		this.rows = Ext.create<Proxmox.data.UpdateStore>('Proxmox.data.UpdateStore', {
			model: 'pve-fail2ban-filter',
			proxy: { type: 'proxmox', url: listUrl(nodename, 'filters') },
		});
		this.store = Ext.create('Proxmox.data.DiffStore', { rstore: this.rows, sorters: 'name' });
		this.columns = columns.map((column) => ({ ...column }));
		this.tbar = { xtype: 'toolbar', overflowHandler: 'scroller', items: toolbar(nodename) } as never;
		this.callParent();
		(this.getController() as typeof filterController & { limit(): void }).limit();

		maskLoadErrors(this.getView(), this.rows, nodename);
		maskLoadErrors(this, this.status, nodename);
		this.mon(this.rows, 'load', this.onRows, this);
		this.mon(this.status, 'status', (_status: unknown, changed: boolean) => {
			if (changed) {
				this.rows.load();
			}
		});
		this.on('activate', () => this.status.startUpdate());
		this.on('destroy', () => {
			window.clearTimeout(this.timer);
			this.rows.destroy();
			this.status.destroy();
		});
	},

	onRows: function (_store, _records, success) {
		if (!success) {
			// Else the list would stay as it is until the next change.
			this.status.last = undefined;
			return;
		}
		const wanted = this.wanted === undefined ? null : this.getStore().getById(this.wanted);
		if (wanted) {
			this.setSelection(wanted);
			this.ensureVisible(wanted);
			this.wanted = undefined;
		}
		this.fireEvent('selectionchange', this.getSelectionModel(), this.getSelection());
		// The list has the filters in use checked, one after the other.
		window.clearTimeout(this.timer);
		let checking = false;
		this.rows.each((record) => {
			checking ||= isChecking(record.data as unknown as FilterRow);
		});
		this.waits = checking ? this.waits + 1 : 0;
		if (checking && this.waits < 20) {
			this.timer = window.setTimeout(() => this.rows.load(), 3000);
		}
	},
});
