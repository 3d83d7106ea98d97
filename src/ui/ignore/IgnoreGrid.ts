import type { CheckRow, IgnoreRow } from '../../contract/types.ts';
import { historyButton } from '../kit/historyButton.ts';
import { type RightButton, rightButton } from '../kit/RightButton.ts';
import '../kit/SearchField.ts';
import { clientAddress } from '../kit/api.ts';
import { define } from '../kit/define.ts';
import type { LoadedGrid } from '../kit/LoadedGrid.ts';
import { place } from '../kit/origin.ts';
import { renderLong, renderMoment } from '../kit/render.ts';
import { rowListeners } from '../kit/rowListeners.ts';
import { count, encode, format, plural, tip } from '../kit/text.ts';
import { banner, showBanner } from '../lockout/Banners.ts';
import { getChecks } from './calls.ts';
import { ignoreController } from './ignoreController.ts';
import { fixedText, scopeText } from './ignoreRow.ts';
import '../kit/LoadedGrid.ts';

/** The addresses that are never banned. */
interface IgnoreGrid extends LoadedGrid<IgnoreRow> {
	/** The address of this browser; undefined: not known. */
	client: string | undefined;
}

declare global {
	interface XTypes {
		pveFail2banIgnore: IgnoreGrid;
	}
}

const fields: (keyof IgnoreRow)[] = [
	'id',
	'ip',
	'jail',
	'comment',
	'added',
	'user',
	'file',
	'line',
	'covers',
	'except',
	'banned',
	'fixed',
];

Ext.define('pve-fail2ban-ignore', { extend: 'Ext.data.Model', fields, idProperty: 'id' });

type Button = [itemId: string, text: string, config?: Parameters<typeof rightButton>[3]];

function button(nodename: string, ...[itemId, text, config]: Button): Item {
	return rightButton(nodename, itemId, text, { right: 'modify', ...config });
}

function toolbar(nodename: string, grid: IgnoreGrid): Item[] {
	const fits = (records: Ext.data.Record[]) => records.every(({ data }) => data.fixed === null);
	return [
		button(nodename, 'add', gettext('Add')),
		button(nodename, 'edit', gettext('Edit'), { selects: 'one', fits }),
		button(nodename, 'remove', gettext('Remove'), { selects: 'some', fits }),
		'-',
		button(nodename, 'addMine', gettext('Add My Address')),
		'->',
		historyButton(nodename, () => grid.renew()),
		{ xtype: 'pveFail2banSearch', listeners: { change: { fn: 'limit', buffer: 100 } } },
	];
}

function renderIp(ip: string, meta: Ext.grid.CellMeta, { data }: Ext.data.Record<IgnoreRow>): Encoded {
	const { fixed, banned, covers } = data;
	const text = covers ? format(gettext('{0} (you)'), ip) : ip;
	if (fixed !== null) {
		meta.tdAttr = tip(fixedText(data));
	} else if (banned?.length) {
		meta.tdAttr = tip(format(gettext('Still banned by: {0}'), banned.join(', ')));
	} else {
		return renderLong(text, meta);
	}
	return banned?.length ? `<i class="fa fa-exclamation-triangle"></i> ${encode(text)}` : encode(text);
}

const columns: Ext.grid.Column[] = [
	{ text: gettext('IP/CIDR'), dataIndex: 'ip', width: 180, hideable: false, renderer: renderIp },
	{
		text: gettext('Scope'),
		dataIndex: 'jail',
		width: 110,
		renderer: (_jail, meta, { data }: Ext.data.Record<IgnoreRow>) => renderLong(scopeText(data), meta),
	},
	{ text: gettext('Comment'), dataIndex: 'comment', flex: 1, renderer: renderLong },
	{
		text: gettext('Added'),
		dataIndex: 'added',
		width: 150,
		renderer: (added: number | null) => (added === null ? '' : renderMoment(added)),
	},
	{ text: gettext('User'), dataIndex: 'user', width: 110, renderer: renderLong },
	{
		text: gettext('File'),
		dataIndex: 'file',
		width: 170,
		renderer: (_file, meta, { data }: Ext.data.Record<IgnoreRow>) => renderLong(place(data), meta),
	},
];

define<IgnoreGrid>('PVEFail2ban.grid.Ignore', {
	extend: 'PVEFail2ban.grid.Loaded',
	xtype: 'pveFail2banIgnore',
	controller: ignoreController,
	stateId: 'grid-fail2ban-ignore',
	list: 'ignore',
	sortedBy: 'ip',
	columns,
	multiSelect: true,

	viewConfig: {
		trackOver: false,
		emptyText: gettext("No address is ignored except this node's own."),
		getRowClass: ({ data }: Ext.data.Record<IgnoreRow>) =>
			data.fixed !== null ? 'pmx-opacity-75' : data.banned?.length ? 'proxmox-warning-row' : '',
		listeners: rowListeners(),
	},

	listeners: { itemdblclick: 'edit' },

	initComponent: function () {
		const { nodename } = this;
		const unban = button(nodename, 'unban', gettext('Unban'));
		this.dockedItems = [
			{ xtype: 'toolbar', dock: 'top', overflowHandler: 'scroller', items: toolbar(nodename, this) },
			{ ...(banner('danger') as object), dock: 'top' } as Item,
			{ ...(banner('conflict', [unban]) as object), dock: 'top' } as Item,
		];
		this.callParent();
	},

	start: function () {
		clientAddress().then((client) => {
			if (!this.destroyed) {
				this.client = client;
				this.rows.getProxy().setExtraParams(client === undefined ? {} : { client });
				this.status.startUpdate();
			}
		});
	},

	onRows: function (records) {
		const rows = records.map(({ data }) => data);
		const showDanger = (check?: CheckRow) => {
			if (!this.destroyed) {
				showBanner(this, 'danger', check?.state === 'warning' ? encode(check.text) : null);
				this.down<RightButton>('#addMine').setReady(check?.state !== 'good');
			}
		};
		// as the Overview says it: networks, the jails' own lists and ignoreself count, too
		getChecks(this.nodename, 'client-ignored').then(
			([check]) => showDanger(check),
			() => showDanger(),
		);
		const wrong = rows.filter(({ banned }) => banned?.length).length;
		const conflict = plural(
			wrong,
			'{0} ignored entry still has active bans.',
			'{0} ignored entries still have active bans.',
		);
		showBanner(this, 'conflict', wrong > 0 ? encode(format(conflict, count(wrong))) : null);
	},
});
