import { define } from '../kit/define.ts';
import { renderCount, renderLong } from '../kit/render.ts';
import { has, missing } from '../kit/rights.ts';
import { showRowMenu } from '../kit/rowMenu.ts';
import { tip } from '../kit/text.ts';
import '../bans/BanAddress.ts';
import '../ignore/IgnoreAddress.ts';
import type { BanRow } from '../../contract/types.ts';
import { unbanAddresses } from '../bans/unbanAddresses.ts';
import { inWindows } from '../kit/inWindows.ts';
import type { History } from './HistoryChart.ts';

type Row = History['addresses'][number];

/** The addresses or the networks with the most failures. */
interface TopList extends Ext.grid.Panel {
	nodename: string;
	/** Networks instead of addresses. */
	networks: boolean;
	/** Told after a change. */
	done: () => void;
}

declare global {
	interface XTypes {
		pveFail2banTop: TopList;
	}
}

function number(text: string, dataIndex: string, width: number): Ext.grid.Column {
	return { text, dataIndex, width, align: 'right', renderer: renderCount };
}

interface Action {
	itemId: string;
	text: (row: Row) => string;
	icon: (row: Row) => string;
	write: boolean;
	fits: (row: Row) => boolean;
	run: (row: Row) => void;
}

function actions({ nodename, done }: TopList): Action[] {
	const open = (name: string, config: object) =>
		Ext.create(`PVEFail2ban.window.${name}`, { autoShow: true, nodename, done, ...config });
	return [
		{
			itemId: 'why',
			text: () => gettext('Why Banned'),
			icon: () => 'question-circle',
			write: false,
			fits: ({ bans, banned }) => bans > 0 || Boolean(banned),
			run: ({ ip }) => inWindows(({ showWhyBanned }) => showWhyBanned(nodename, ip, done)),
		},
		{
			itemId: 'ban',
			text: ({ banned }) => (banned ? gettext('Unban') : gettext('Ban')),
			icon: ({ banned }) => (banned ? 'unlock' : 'ban'),
			write: true,
			fits: () => true,
			run: ({ ip, banned }) =>
				banned
					? unbanAddresses(nodename, [{ ip } as BanRow], done, undefined)
					: open('BanAddress', { address: ip }),
		},
		{
			itemId: 'ignore',
			text: () => gettext('Ignore'),
			icon: () => 'check-circle',
			write: true,
			fits: () => true,
			run: ({ ip }) => open('IgnoreAddress', { addresses: [ip] }),
		},
	];
}

function icons(grid: TopList): Ext.grid.Column {
	const may = has('modify');
	return {
		xtype: 'actioncolumn',
		itemId: 'icons',
		width: 80,
		align: 'center',
		hideable: false,
		menuDisabled: true,
		sortable: false,
		renderer: (_value, meta) => {
			if (!may) {
				meta.tdAttr = tip(missing('modify', grid.nodename));
			}
			return '';
		},
		items: actions(grid).map(({ text, icon, write, fits, run }) => ({
			disabled: write && !may,
			getClass: (_value, _meta, record) => {
				const row = record.data as unknown as Row;
				return fits(row) ? `fa fa-${icon(row)}` : 'x-hidden-display';
			},
			getTip: (_value: unknown, _meta: unknown, record: Ext.data.Record) =>
				text(record.data as unknown as Row),
			handler: (_view, _row, _column, _item, _event, record) => run(record.data as unknown as Row),
		})),
	};
}

// Of a store `idProperty` is no config: without a model of its own each load would give its rows new ids.
for (const key of ['ip', 'network']) {
	Ext.define(`pve-fail2ban-top-${key}`, { extend: 'Ext.data.Model', fields: [], idProperty: key });
}

define<TopList>('PVEFail2ban.panel.TopList', {
	extend: 'Ext.grid.Panel',
	xtype: 'pveFail2banTop',
	border: false,
	viewConfig: { trackOver: false, stripeRows: false },

	initComponent: function () {
		const { networks } = this;
		const key = networks ? 'network' : 'ip';
		this.title = networks ? gettext('Top Networks') : gettext('Top Addresses');
		this.store = Ext.create('Ext.data.Store', { model: `pve-fail2ban-top-${key}`, data: [] });
		this.columns = [
			{
				text: networks ? gettext('Network') : gettext('Address'),
				dataIndex: key,
				flex: 1,
				minWidth: 120,
				renderer: renderLong,
			},
			...(networks ? [number(gettext('Addresses'), 'addresses', 90)] : []),
			number(gettext('Failed'), 'found', 110),
			number(gettext('Bans'), 'bans', 80),
			...(networks ? [] : [icons(this)]),
		];
		this.callParent();
		if (!networks) {
			this.on('itemcontextmenu', (_view: unknown, record: Ext.data.Record, ...rest: unknown[]) => {
				const row = record.data as unknown as Row;
				const entries = actions(this)
					.filter(({ fits }) => fits(row))
					.map(({ itemId, text, write, run }) => ({
						itemId,
						text: text(row),
						...(write && { right: 'modify' as const }),
						handler: () => run(row),
					}));
				showRowMenu(rest[2] as Ext.KeyEvent, this, [record], [entries, row.ip]);
			});
		}
	},
});
