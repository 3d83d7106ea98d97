import { rightButton } from '../kit/RightButton.ts';
import { createStatusStore, type StatusStore } from '../kit/StatusStore.ts';
import '../kit/JailChoice.ts';
import '../kit/SearchField.ts';
import { define } from '../kit/define.ts';
import { maskLoadErrors } from '../kit/loadErrors.ts';
import { takeCardStart } from '../kit/openCard.ts';
import { renderCount, renderLong, renderMoment, renderRemaining } from '../kit/render.ts';
import { has, missing } from '../kit/rights.ts';
import { rowListeners } from '../kit/rowListeners.ts';
import '../kit/LastingMenu.ts';
import { tip } from '../kit/text.ts';
import './BanSelection.ts';
import { banController, hasReason } from './banController.ts';
import { createBanStore } from './banStore.ts';

/** The bans of a node: a card of its own, or a part of Overview. */
interface BanGrid extends Ext.grid.Panel {
	nodename: string;
	/** Inside Overview: fewer columns and buttons, fed by Overview's poll. */
	status: StatusStore;
	embedded: boolean;
	/** What the list is limited to now. */
	limits: { jail?: string; search?: string };
	/** Why the text in the search is not searched for; null: it is. */
	badSearch: string | null;
	/** The list was asked for before the first status, and not compared with it yet. */
	early: boolean;
	/** There are newer bans than the list shows. */
	outdated: boolean;
	/** Unix milliseconds of the last load, to count down what remains. */
	loadedAt: number;
}

declare global {
	interface XTypes {
		pveFail2banBans: BanGrid;
		splitbutton: Ext.button.Button;
	}
}

function toolbar({ nodename, embedded, limits }: BanGrid): Item[] {
	const may = has('modify');
	const ban = rightButton(nodename, 'ban', gettext('Ban'), { right: 'modify' });
	const selected: Item[] = [
		{
			xtype: 'splitbutton',
			itemId: 'unban',
			text: gettext('Unban'),
			disabled: !may,
			...(!may && { tooltip: Ext.htmlEncode(missing('modify', nodename)), style: 'pointer-events: auto' }),
			handler: 'unbanSelected',
			// Filled when it opens: it depends on what the list is limited to.
			showEmptyMenu: true,
			menu: { xtype: 'pveFail2banMenu', items: [], listeners: { beforeshow: 'fillBulkUnbans' } },
		},
		rightButton(nodename, 'ignore', gettext('Ignore'), {
			right: 'modify',
			selects: 'some',
			handler: 'ignoreSelected',
		}),
		rightButton(nodename, 'why', gettext('Why Banned'), {
			selects: 'one',
			fits: ([record]) => hasReason(record),
			handler: 'whySelected',
		}),
		'-',
	];
	const reload: Item = {
		xtype: 'button',
		itemId: 'reload',
		text: gettext('Reload'),
		iconCls: 'fa fa-refresh',
		hidden: embedded,
		handler: 'reload',
	};
	const choice: Item = {
		xtype: 'pveFail2banJailChoice',
		itemId: 'jailChoice',
		nodename,
		withAll: true,
		value: limits.jail ?? '',
		width: 130,
		listeners: { change: 'onJail' },
	};
	return [
		ban,
		...(embedded ? [] : selected),
		reload,
		'->',
		{ xtype: 'tbtext', itemId: 'count', text: '' },
		...(embedded ? [] : [choice]),
		{
			xtype: 'pveFail2banSearch',
			emptyText: gettext('Address or CIDR'),
			listeners: { change: { fn: 'onSearch', buffer: 300 } },
		},
	];
}

function rowIcons(nodename: string): Ext.grid.Column {
	const disabled = !has('modify');
	return {
		xtype: 'actioncolumn',
		itemId: 'icons',
		width: 80,
		align: 'center',
		hideable: false,
		menuDisabled: true,
		sortable: false,
		renderer: (_value, meta) => {
			// Disabled icons get no mouse events, the cell around them does.
			if (disabled) {
				meta.tdAttr = tip(missing('modify', nodename));
			}
			return '';
		},
		items: [
			{
				getClass: (_value, _meta, record) =>
					hasReason(record) ? 'fa fa-question-circle' : 'x-hidden-display',
				tooltip: gettext('Why Banned'),
				handler: (view, _row, _column, _item, _event, record) => {
					banControllerOf(view).why(record);
				},
			},
			{
				iconCls: 'fa fa-unlock',
				tooltip: gettext('Unban'),
				disabled,
				handler: (view, _row, _column, _item, _event, record) => {
					banControllerOf(view).unbanRow(record);
				},
			},
			{
				iconCls: 'fa fa-check-circle',
				tooltip: gettext('Ignore'),
				disabled,
				handler: (view, _row, _column, _item, _event, record) => {
					banControllerOf(view).ignoreRow(record);
				},
			},
		],
	};
}

interface RowHandlers {
	why(record: Ext.data.Record): void;
	unbanRow(record: Ext.data.Record): void;
	ignoreRow(record: Ext.data.Record): void;
}

function banControllerOf(view: unknown): RowHandlers {
	return (view as Ext.Component).up<BanGrid>('pveFail2banBans').getController() as RowHandlers;
}

function columns({ nodename, embedded }: BanGrid): Ext.grid.Column[] {
	const all: Ext.grid.Column[] = [
		{
			text: gettext('Address'),
			dataIndex: 'ip',
			flex: 1,
			minWidth: 130,
			hideable: false,
			renderer: renderLong,
		},
		{ text: gettext('Jail'), dataIndex: 'jail', width: 90, renderer: renderLong },
		{ text: gettext('Since'), dataIndex: 'since', width: 150, renderer: renderMoment },
		{ text: gettext('Until'), dataIndex: 'until', width: 150, renderer: renderMoment },
		{
			text: gettext('Remaining'),
			dataIndex: 'remaining',
			itemId: 'remaining',
			tdCls: 'pve-fail2ban-remaining',
			width: 95,
			sortable: false,
			renderer: renderRemaining,
		},
		{ text: gettext('Count'), dataIndex: 'count', width: 80, align: 'right', renderer: renderCount },
		rowIcons(nodename),
	];
	return all.filter(({ dataIndex }) => !embedded || dataIndex !== 'until');
}

define<BanGrid>('PVEFail2ban.grid.Bans', {
	extend: 'Ext.grid.Panel',
	xtype: 'pveFail2banBans',
	controller: banController,
	stateful: true,
	badSearch: null,

	viewConfig: {
		trackOver: false,
		stripeRows: false,
		emptyText: gettext('Nobody is banned.'),
		listeners: {
			...rowListeners(),
			itemdblclick: 'onDoubleClick',
			scroll: { element: 'el', fn: 'onScroll', buffer: 100 },
		},
	},

	initComponent: function () {
		const { nodename, embedded } = this;
		this.limits = embedded ? {} : takeCardStart('fail2ban-bans');
		if (!embedded) {
			this.status = createStatusStore(nodename);
		}
		this.store = createBanStore(nodename, this.limits.jail);
		this.stateId = embedded ? 'grid-fail2ban-overview-bans' : 'grid-fail2ban-bans';
		this.columns = columns(this);
		if (!embedded) {
			this.selModel = { selType: 'pveFail2banBans' };
		}
		this.dockedItems = [
			{ xtype: 'toolbar', itemId: 'banbar', dock: 'top', overflowHandler: 'scroller', items: toolbar(this) },
		];
		this.callParent();

		const store = this.getStore();
		this.on('destroy', () => {
			store.destroy();
			if (!embedded) {
				this.status.destroy();
			}
		});
		if (!embedded) {
			maskLoadErrors(this, this.status, nodename);
			this.on('activate', () => {
				// not only once the status is there, so that the first rows come sooner; a saved order has asked already
				if (!store.isLoading()) {
					store.load();
				}
				this.early = true;
				this.status.startUpdate();
			});
		}
	},
});
