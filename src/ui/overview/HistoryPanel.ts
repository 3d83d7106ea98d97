import { define } from '../kit/define.ts';
import type { Failure } from '../kit/request.ts';
import type { StatusStore } from '../kit/StatusStore.ts';
import { encode } from '../kit/text.ts';
import { getHistory } from './calls.ts';
import './HistoryChart.ts';
import { type History, type HistoryChart, type Span, spans } from './HistoryChart.ts';
import './TopAddresses.ts';

/** What was tried and banned over time, from one call: chart, addresses, networks. */
export interface HistoryPanel extends Ext.panel.Panel {
	nodename: string;
	/** Overview's poll: it begins and ends with the card. */
	status: StatusStore;
	span: Span;
	/** Unix milliseconds of the last call. */
	asked: number;
	load(): void;
	onStatus(): void;
	setSpan(span: Span): void;
	showHistory(history: History): void;
}

declare global {
	interface XTypes {
		pveFail2banHistory: HistoryPanel;
	}
}

/** Milliseconds. */
const intervalMs = 60_000;

define<HistoryPanel>('PVEFail2ban.panel.HistoryPanel', {
	extend: 'Ext.panel.Panel',
	xtype: 'pveFail2banHistory',
	title: gettext('Failed Log-ins and Bans'),
	border: false,
	span: 'day',
	asked: 0,

	initComponent: function () {
		const { nodename } = this;
		const done = () => this.load();
		const list = (networks: boolean): Item => ({
			xtype: 'pveFail2banTop',
			itemId: networks ? 'networks' : 'addresses',
			flex: 1,
			nodename,
			networks,
			done,
		});
		this.items = [
			{ xtype: 'component', itemId: 'note', hidden: true, padding: '5 10' },
			{ xtype: 'pveFail2banHistoryChart', itemId: 'chart' },
			{
				xtype: 'container',
				itemId: 'lists',
				height: 230,
				layout: { type: 'hbox', align: 'stretch' },
				items: [list(false), list(true)],
			},
		];
		this.callParent();
		this.mon(this.status, 'status', this.onStatus, this);
	},

	onStatus: function () {
		if (!this.hidden && Date.now() - this.asked >= intervalMs) {
			this.load();
		}
	},

	setSpan: function (span) {
		this.span = span;
		this.load();
	},

	load: function () {
		if (this.destroyed) {
			return;
		}
		const { span } = this;
		const asked = Date.now();
		this.asked = asked;
		const until = Math.ceil(asked / 1000);
		const { seconds, bucket } = spans[span];
		const current = () => !this.destroyed && this.asked === asked;
		getHistory(this.nodename, { since: until - seconds, until, bucket }).then(
			(history) => {
				if (current()) {
					this.showHistory(history);
					// the rest of a long log is read meanwhile
					this.asked = history.complete ? asked : asked - intervalMs;
				}
			},
			({ message }: Failure) => {
				if (current()) {
					this.showHistory({ note: message, series: [], addresses: [], networks: [] } as unknown as History);
				}
			},
		);
	},

	showHistory: function ({ note, series, addresses, networks }) {
		const some = series.some(({ found, bans }) => found + bans > 0);
		const chart = this.down<HistoryChart>('#chart');
		chart.setHidden(!some);
		if (some) {
			chart.showSeries(series, this.span);
		}
		const text = note ?? (some ? null : gettext('No failed log-ins in this time.'));
		const line = this.down<Ext.Component>('#note');
		line.setHidden(text === null);
		line.setHtml(encode(text));
		line.toggleCls('pmx-hint', note !== null);
		this.down<Ext.Component>('#lists').setHidden(addresses.length === 0);
		this.down<Ext.grid.Panel>('#addresses').getStore().loadData(addresses);
		this.down<Ext.grid.Panel>('#networks').getStore().loadData(networks);
	},
});
