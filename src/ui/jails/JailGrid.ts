import type { JailRow } from '../../contract/types.ts';
import { historyButton } from '../kit/historyButton.ts';
import { rightButton } from '../kit/RightButton.ts';
import '../kit/rows.ts';
import { define } from '../kit/define.ts';
import { takeCardStart } from '../kit/openCard.ts';
import { renderBanTime, renderCount, renderJailState, renderLong, renderText } from '../kit/render.ts';
import { rowListeners } from '../kit/rowListeners.ts';
import { createStatusStore } from '../kit/StatusStore.ts';
import '../lockout/Banners.ts';
import type { LoadedGrid } from '../kit/LoadedGrid.ts';
import { type JailController, jailController } from './jailController.ts';
import '../kit/LoadedGrid.ts';

/** The jails of a node: a card of its own, or a part of Overview. */
interface JailGrid extends LoadedGrid<JailRow> {
	/** To be selected when the list is there. */
	wanted: string | undefined;
	/** Whether disabled jails are listed at first. */
	all: boolean;
}

declare global {
	interface XTypes {
		pveFail2banJails: JailGrid;
	}
}

function toolbar(nodename: string, grid: JailGrid): Item {
	const ownOptions = ([record]: Ext.data.Record[]) => {
		const jail = record?.data as JailRow | undefined;
		return !jail?.stock || jail['own-options'] > 0;
	};
	const change = { right: 'modify', selects: 'one' } as const;
	const tell = (command: 'reload' | 'restart') => () => (grid.getController() as JailController)[command]();
	return {
		xtype: 'toolbar',
		itemId: 'jailbar',
		dock: 'top',
		overflowHandler: 'scroller',
		items: [
			rightButton(nodename, 'create', gettext('Create'), { right: 'modify' }),
			rightButton(nodename, 'edit', gettext('Edit'), { selects: 'one' }),
			rightButton(nodename, 'remove', gettext('Remove'), { ...change, fits: ownOptions }),
			'-',
			rightButton(nodename, 'toggle', gettext('Enable'), { ...change, minWidth: 62 }),
			rightButton(nodename, 'showBans', gettext('Show Bans'), { selects: 'one' }),
			rightButton(nodename, 'unbanAll', gettext('Unban All'), {
				...change,
				fits: ([record]) => ((record?.data as JailRow | undefined)?.banned ?? 0) > 0,
			}),
			{
				xtype: 'pveFail2banButton',
				itemId: 'more',
				nodename,
				...change,
				fits: ([record]: Ext.data.Record[]) => Boolean(record?.data.enabled),
				text: gettext('More'),
				menu: {
					xtype: 'pveFail2banMenu',
					items: [
						{ text: gettext('Reload Jail'), itemId: 'reload', handler: tell('reload') },
						{ text: gettext('Restart Jail'), itemId: 'restart', handler: tell('restart') },
					],
				},
			},
			historyButton(nodename, () => grid.renew()),
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
	{ text: gettext('Banned'), dataIndex: 'banned', width: 90, align: 'right', renderer: renderCount },
	{ text: gettext('Failed'), dataIndex: 'failed', width: 115, align: 'right', renderer: renderCount },
	{ text: gettext('Max. Retry'), dataIndex: 'maxretry', width: 125, align: 'right', renderer: renderText },
	{ text: gettext('Find Time'), dataIndex: 'findtime', width: 90, renderer: renderText },
	{ text: gettext('Ban Time'), dataIndex: 'bantime', width: 95, renderer: renderBanTime },
	{ text: gettext('Filter'), dataIndex: 'filter', width: 95, renderer: renderLong },
	{
		text: gettext('Total Banned'),
		dataIndex: 'total-banned',
		width: 110,
		align: 'right',
		hidden: true,
		renderer: renderCount,
	},
	{
		text: gettext('Total Failed'),
		dataIndex: 'total-failed',
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
	extend: 'PVEFail2ban.grid.Loaded',
	xtype: 'pveFail2banJails',
	controller: jailController,
	list: 'jails',
	sortedBy: 'jail',

	viewConfig: {
		trackOver: false,
		emptyText: gettext('No jails enabled.'),
		getRowClass: (record: Ext.data.Record<JailRow>) => (record.data.problem ? 'proxmox-warning-row' : ''),
		listeners: rowListeners(),
	},

	listeners: {
		itemdblclick: 'edit',
		selectionchange: 'onSelection',
	},

	initComponent: function () {
		const { nodename, embedded } = this;
		if (!embedded) {
			this.status = createStatusStore(nodename);
			const { jail, all } = takeCardStart('fail2ban-jails');
			this.wanted = jail;
			this.all = all === true || jail !== undefined;
		}
		this.extraParams = this.all ? { all: 1 } : {};
		this.stateId = embedded ? 'grid-fail2ban-overview-jails' : 'grid-fail2ban-jails';
		this.columns = columns.filter(
			({ dataIndex }) => !embedded || embeddedColumns.includes(dataIndex as string),
		);
		if (!embedded) {
			this.dockedItems = [
				{ xtype: 'pveFail2banBanners', dock: 'top', nodename, status: this.status },
				toolbar(nodename, this),
			];
		}
		this.callParent();
	},

	onRows: function () {
		const wanted = this.wanted === undefined ? null : this.getStore().getById(this.wanted);
		if (wanted) {
			this.setSelection(wanted);
		}
		this.wanted = undefined;
	},
});
