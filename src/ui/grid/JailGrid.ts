import type { JailRow } from '../../contract/types.ts';
import '../button/RightButton.ts';
import '../data/rows.ts';
import { createStatusStore, type StatusStore } from '../data/StatusStore.ts';
import { listUrl } from '../lib/api.ts';
import { define } from '../lib/define.ts';
import { takeJump } from '../lib/jump.ts';
import { maskLoadErrors } from '../lib/loadErrors.ts';
import { renderBanTime, renderCount, renderJailState, renderLong, renderText } from '../lib/render.ts';
import '../panel/Banners.ts';
import { type JailController, jailController } from './jailController.ts';

/** The jails of a node (ui.md, 5): a card of its own, or a part of Overview. */
export interface JailGrid extends Ext.grid.Panel {
	nodename: string;
	/** Inside Overview: without toolbar and banners, fed by Overview's poll. */
	status: StatusStore;
	embedded: boolean;
	rows: Proxmox.data.UpdateStore;
	/** To be selected when the list is there. */
	wanted: string | undefined;
	/** Whether disabled jails are listed at first. */
	all: boolean;
	reload(): void;
}

declare global {
	interface XTypes {
		pveFail2banJails: JailGrid;
	}
}

function toolbar(nodename: string, grid: JailGrid): Item {
	const ownOptions = ([record]: Ext.data.Record[]) => {
		const jail = record?.data as JailRow | undefined;
		return !jail?.stock || jail.ownOptions > 0;
	};
	const tell = (command: 'reload' | 'restart') => () => (grid.getController() as JailController)[command]();
	return {
		xtype: 'toolbar',
		itemId: 'jailbar',
		dock: 'top',
		overflowHandler: 'scroller',
		items: [
			{
				xtype: 'pveFail2banButton',
				itemId: 'create',
				nodename,
				right: 'modify',
				text: gettext('Create'),
				handler: 'create',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'edit',
				nodename,
				selects: 'one',
				text: gettext('Edit'),
				handler: 'edit',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'remove',
				nodename,
				right: 'modify',
				selects: 'one',
				fits: ownOptions,
				text: gettext('Remove'),
				handler: 'remove',
			},
			'-',
			{
				xtype: 'pveFail2banButton',
				itemId: 'toggle',
				nodename,
				right: 'modify',
				selects: 'one',
				text: gettext('Enable'),
				minWidth: 62,
				handler: 'toggle',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'showBans',
				nodename,
				selects: 'one',
				text: gettext('Show Bans'),
				handler: 'showBans',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'unbanAll',
				nodename,
				right: 'modify',
				selects: 'one',
				fits: ([record]) => ((record?.data as JailRow | undefined)?.banned ?? 0) > 0,
				text: gettext('Unban All'),
				handler: 'unbanAll',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'more',
				nodename,
				right: 'modify',
				selects: 'one',
				fits: ([record]) => Boolean(record?.data.enabled),
				text: gettext('More'),
				menu: {
					items: [
						{ text: gettext('Reload Jail'), itemId: 'reload', handler: tell('reload') },
						{ text: gettext('Restart Jail'), itemId: 'restart', handler: tell('restart') },
					],
				},
			},
			'->',
			{
				xtype: 'checkbox',
				itemId: 'onlyEnabled',
				boxLabel: gettext('Show only enabled jails'),
				boxLabelAlign: 'before',
				checked: !grid.all,
				listeners: { change: 'showOnlyEnabled' },
			},
		],
	};
}

const columns: Ext.grid.Column[] = [
	{ text: gettext('Jail'), dataIndex: 'jail', flex: 1, minWidth: 100, hideable: false, renderer: renderLong },
	{ text: gettext('Status'), dataIndex: 'running', width: 110, renderer: renderJailState },
	{ text: gettext('Banned'), dataIndex: 'banned', width: 80, align: 'right', renderer: renderCount },
	{ text: gettext('Failed'), dataIndex: 'failed', width: 70, align: 'right', renderer: renderCount },
	{ text: gettext('Max. Retry'), dataIndex: 'maxretry', width: 105, align: 'right', renderer: renderText },
	{ text: gettext('Find Time'), dataIndex: 'findtime', width: 90, renderer: renderText },
	{ text: gettext('Ban Time'), dataIndex: 'bantime', width: 100, renderer: renderBanTime },
	{ text: gettext('Filter'), dataIndex: 'filter', width: 110, renderer: renderLong },
	{
		text: gettext('Total Banned'),
		dataIndex: 'totalBanned',
		width: 110,
		align: 'right',
		hidden: true,
		renderer: renderCount,
	},
	{
		text: gettext('Total Failed'),
		dataIndex: 'totalFailed',
		width: 110,
		align: 'right',
		hidden: true,
		renderer: renderCount,
	},
	{ text: gettext('Backend'), dataIndex: 'backend', width: 100, hidden: true, renderer: renderText },
	{
		text: gettext('Source'),
		dataIndex: 'source',
		flex: 1,
		minWidth: 150,
		hidden: true,
		renderer: renderText,
	},
];

/** Overview has no room for the rest. */
const embeddedColumns = ['jail', 'running', 'banned', 'failed', 'maxretry', 'findtime', 'bantime'];

define<JailGrid>('PVEFail2ban.grid.Jails', {
	extend: 'Ext.grid.Panel',
	xtype: 'pveFail2banJails',
	controller: jailController,
	stateful: true,

	viewConfig: {
		trackOver: false,
		emptyText: gettext('No jails enabled.'),
		getRowClass: (record: Ext.data.Record<JailRow>) => (record.data.problem ? 'proxmox-warning-row' : ''),
		listeners: { itemkeydown: 'onKey', itemcontextmenu: 'onContextMenu' },
	},

	listeners: {
		itemdblclick: 'edit',
		selectionchange: 'onSelection',
	},

	initComponent: function () {
		const { nodename, embedded } = this;
		if (!embedded) {
			this.status = createStatusStore(nodename);
			const { jail, all } = takeJump('fail2ban-jails');
			this.wanted = jail;
			this.all = all === true || jail !== undefined;
		}
		this.rows = Ext.create<Proxmox.data.UpdateStore>('Proxmox.data.UpdateStore', {
			model: 'pve-fail2ban-jail',
			proxy: {
				type: 'proxmox',
				url: listUrl(nodename, 'jails'),
				extraParams: this.all ? { all: 1 } : {},
			},
		});
		this.store = Ext.create('Proxmox.data.DiffStore', { rstore: this.rows, sorters: 'jail' });
		this.stateId = embedded ? 'grid-fail2ban-overview-jails' : 'grid-fail2ban-jails';
		this.columns = columns
			.filter(({ dataIndex }) => !embedded || embeddedColumns.includes(dataIndex as string))
			.map((column) => ({ ...column }));
		if (!embedded) {
			this.dockedItems = [
				{ xtype: 'pveFail2banBanners', dock: 'top', nodename, status: this.status },
				toolbar(nodename, this),
			];
		}
		this.callParent();

		// On the view: the poll's success must not lift the mask of a list that failed.
		maskLoadErrors(this.getView(), this.rows, nodename);
		this.mon(this.rows, 'load', (_store: unknown, _records: unknown, success: boolean) => {
			if (!success) {
				// Else the list would stay as it is until the next ban.
				this.status.last = undefined;
				return;
			}
			const wanted = this.wanted === undefined ? null : this.getStore().getById(this.wanted);
			if (wanted) {
				this.setSelection(wanted);
			}
			this.wanted = undefined;
			this.fireEvent('selectionchange', this.getSelectionModel(), this.getSelection());
		});
		this.mon(this.status, 'status', (_status: unknown, changed: boolean) => {
			if (changed) {
				this.reload();
			}
		});
		if (!embedded) {
			maskLoadErrors(this, this.status, nodename);
			this.on('activate', () => this.status.startUpdate());
		}
		this.on('destroy', () => {
			this.rows.destroy();
			if (!embedded) {
				this.status.destroy();
			}
		});
	},

	reload: function () {
		this.rows.load();
	},
});
