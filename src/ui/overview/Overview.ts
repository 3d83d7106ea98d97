import type { CheckRow, Status } from '../../contract/types.ts';
import { answerOrder } from '../kit/answerOrder.ts';
import '../kit/RightButton.ts';
import type { RightButton } from '../kit/RightButton.ts';
import { createStatusStore, type StatusStore } from '../kit/StatusStore.ts';
import '../bans/BanGrid.ts';
import '../jails/JailGrid.ts';
import { getChecks } from '../ignore/calls.ts';
import { define } from '../kit/define.ts';
import { maskLoadErrors } from '../kit/loadErrors.ts';
import type { Failure } from '../kit/request.ts';
import { has } from '../kit/rights.ts';
import { encode } from '../kit/text.ts';
import '../lockout/Banners.ts';
import './FirstUse.ts';
import { inWindows } from '../kit/inWindows.ts';
import './HistoryPanel.ts';
import type { FirstUse } from './FirstUse.ts';
import { overviewController } from './overviewController.ts';
import { type Health, isFirstUse, overall, type StatusLine, statusLines } from './overviewState.ts';

/** Is this node protected, and what is wrong? */
interface Overview extends Ext.panel.Panel {
	nodename: string;
	status: StatusStore;
	/** null: none has answered yet. */
	checks: CheckRow[] | null;
	/** Unix milliseconds of the last call of the checks. */
	checked: number;
	askChecks: ReturnType<typeof answerOrder>;
	onStatus(status: Status, changed: boolean): void;
	loadChecks(): void;
	showLines(): void;
}

declare global {
	interface XTypes {
		pveFail2banOverview: Overview;
	}
}

/** Milliseconds. */
const checkIntervalMs = 60_000;

/** What the end of a line does. */
function lineIcon({ jail, link }: StatusLine): string {
	if (link === 'reapply') {
		return has('modify') ? 'fa fa-repeat' : 'x-hidden-display';
	}
	return jail || link ? 'fa fa-chevron-right' : 'x-hidden-display';
}

const statusPanel: Item = {
	xtype: 'panel',
	itemId: 'statusPanel',
	title: gettext('Status'),
	border: false,
	// as high as its lines, within bounds
	layout: { type: 'hbox', align: 'stretchmax' },
	items: [
		{
			xtype: 'box',
			itemId: 'state',
			flex: 2,
			margin: 10,
			data: { iconCls: '', text: '' },
			tpl: [
				'<center class="centered-flex-column" style="font-size:15px;line-height: 25px;">',
				'<i class="fa fa-4x {iconCls}"></i>',
				'{text:htmlEncode}',
				'</center>',
			],
		},
		{
			xtype: 'grid',
			itemId: 'statusLines',
			flex: 7,
			minHeight: 100,
			maxHeight: 260,
			margin: 10,
			hideHeaders: true,
			disableSelection: true,
			store: { fields: [], data: [] },
			viewConfig: { enableTextSelection: true, trackOver: false, stripeRows: false },
			columns: [
				{
					dataIndex: 'status',
					width: 50,
					align: 'center',
					renderer: (value: Health) =>
						`<i class="fa fa-fw ${Proxmox.Utils.get_health_icon(value, true)}"></i>`,
				},
				{
					dataIndex: 'message',
					flex: 1,
					cellWrap: true,
					renderer: (message: string, _meta, record) => {
						const { hint } = record.data as unknown as StatusLine;
						return hint
							? `${encode(message)}<div class="pmx-opacity-75">${encode(hint)}</div>`
							: encode(message);
					},
				},
				{
					xtype: 'actioncolumn',
					itemId: 'open',
					width: 40,
					align: 'center',
					items: [
						{
							getClass: (_value, _meta, record) => lineIcon(record.data as unknown as StatusLine),
							getTip: (_value, _meta, record) =>
								(record.data as unknown as StatusLine).link === 'reapply'
									? gettext('Re-apply')
									: gettext('Open'),
							handler: 'openLine',
						},
					],
				},
			],
		},
	],
};

function serviceButton(nodename: string, itemId: string, text: string): Item {
	return {
		xtype: 'pveFail2banButton',
		itemId,
		nodename,
		right: 'modify',
		disabled: true,
		text,
		handler: itemId,
	};
}

define<Overview>('PVEFail2ban.panel.Overview', {
	extend: 'Ext.panel.Panel',
	xtype: 'pveFail2banOverview',
	controller: overviewController,
	scrollable: 'y',
	layout: { type: 'vbox', align: 'stretch' },

	initComponent: function () {
		const { nodename } = this;
		this.status = createStatusStore(nodename);
		this.checks = null;
		this.checked = 0;
		this.askChecks = answerOrder();
		this.dockedItems = [
			{ xtype: 'pveFail2banBanners', dock: 'top', nodename, status: this.status },
			{
				xtype: 'toolbar',
				itemId: 'servicebar',
				dock: 'top',
				overflowHandler: 'scroller',
				items: [
					{
						xtype: 'pveFail2banButton',
						itemId: 'protect',
						nodename,
						right: 'modify',
						text: gettext('Set Up Protection'),
						iconCls: 'fa fa-shield',
						handler: 'protect',
					},
					'-',
					serviceButton(nodename, 'start', gettext('Start')),
					serviceButton(nodename, 'stop', gettext('Stop')),
					serviceButton(nodename, 'restart', gettext('Restart')),
					'->',
					{
						xtype: 'pveFail2banButton',
						itemId: 'testDetection',
						nodename,
						right: 'test',
						text: gettext('Test Detection'),
						iconCls: 'fa fa-play',
						handler: () => inWindows(({ openTestDetection }) => openTestDetection(nodename)),
					},
					{
						xtype: 'combobox',
						itemId: 'span',
						width: 100,
						editable: false,
						queryMode: 'local',
						value: 'day',
						store: [
							['day', gettext('Day')],
							['week', gettext('Week')],
							['month', gettext('Month')],
						],
						listeners: { change: 'onSpan' },
					},
				],
			},
		];
		const { status } = this;
		this.items = [
			{ xtype: 'pveFail2banFirstUse', nodename, hidden: true, flex: 1 },
			{ ...(statusPanel as object) } as Item,
			{
				xtype: 'pveFail2banJails',
				itemId: 'jails',
				title: gettext('Jails'),
				nodename,
				status,
				embedded: true,
				border: false,
				maxHeight: 190,
				minHeight: 100,
			},
			{
				xtype: 'pveFail2banBans',
				itemId: 'bans',
				title: gettext('Bans'),
				nodename,
				status,
				embedded: true,
				border: false,
				flex: 1,
				minHeight: 260,
				listeners: { written: 'onWritten' },
			},
			{ xtype: 'pveFail2banHistory', itemId: 'history', nodename, status },
		];
		this.callParent();

		maskLoadErrors(this, status, nodename);
		this.mon(status, 'status', this.onStatus, this);
		this.on('activate', () => status.startUpdate());
		this.on('destroy', () => status.destroy());
	},

	loadChecks: function () {
		this.checked = Date.now();
		const isNews = this.askChecks();
		const show = (checks: CheckRow[]) => {
			if (!this.destroyed && isNews()) {
				this.checks = checks;
				this.showLines();
			}
		};
		getChecks(this.nodename).then(show, ({ message }: Failure) =>
			show([{ id: 'checks', state: 'unknown', text: message, hint: null, link: null }]),
		);
	},

	showLines: function () {
		const { checks } = this;
		const status = this.status.last as Status;
		const { status: health, text } = overall(status, checks);
		this.down<Ext.Component>('#state').setData({
			iconCls: Proxmox.Utils.get_health_icon(health, true),
			text,
		});
		this.down<Ext.grid.Panel>('#statusLines')
			.getStore()
			.loadData(statusLines(status, checks ?? []));
	},

	onStatus: function (status, changed) {
		if (changed || Date.now() - this.checked >= checkIntervalMs) {
			this.loadChecks();
		}
		const first = isFirstUse(status);
		for (const itemId of ['statusPanel', 'jails', 'bans', 'history']) {
			this.down<Ext.Component>(`#${itemId}`).setHidden(first);
		}
		const screen = this.down<FirstUse>('#firstUse');
		screen.setHidden(!first);
		screen.showReasons(status);

		this.showLines();
		this.down<RightButton>('#start').setReady(!status.running);
		this.down<RightButton>('#stop').setReady(status.running);
		this.down<RightButton>('#restart').setReady(status.running);
	},
});
