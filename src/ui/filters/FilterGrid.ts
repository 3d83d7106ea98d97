import type { FilterRow } from '../../contract/types.ts';
import { rightButton } from '../kit/RightButton.ts';
import '../kit/SearchField.ts';
import { define } from '../kit/define.ts';
import type { LoadedGrid } from '../kit/LoadedGrid.ts';
import { renderLong } from '../kit/render.ts';
import { rowListeners } from '../kit/rowListeners.ts';
import { encode } from '../kit/text.ts';
import { filterController } from './filterController.ts';
import { isChecking, originWord, renderUsers, renderWarnings } from './filterRow.ts';
import '../kit/LoadedGrid.ts';

/** The filters of a node: what they are used for, and what is wrong with them. */
interface FilterGrid extends LoadedGrid<FilterRow> {
	/** To be selected when the list is there. */
	wanted: string | undefined;
	timer: number;
	/** How often the list was loaded in vain for the check of its filters. */
	waits: number;
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
	'used-by',
	'warnings',
	'kinds',
	'editable',
];

Ext.define('pve-fail2ban-filters', { extend: 'Ext.data.Model', fields, idProperty: 'name' });

type Button = [itemId: string, text: string, config?: Parameters<typeof rightButton>[3]];

function toolbar(nodename: string): Item[] {
	const button = (...[itemId, text, config]: Button) => rightButton(nodename, itemId, text, config);
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
		{ xtype: 'pveFail2banSearch', ...limits },
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
	{ text: gettext('Used By'), dataIndex: 'used-by', width: 170, sortable: false, renderer: renderUsers },
	{ text: gettext('Warnings'), dataIndex: 'warnings', width: 90, renderer: renderWarnings },
	{ text: gettext('File'), dataIndex: 'file', width: 200, renderer: renderLong },
];

define<FilterGrid>('PVEFail2ban.grid.Filters', {
	extend: 'PVEFail2ban.grid.Loaded',
	xtype: 'pveFail2banFilters',
	controller: filterController,
	stateId: 'grid-fail2ban-filters',
	list: 'filters',
	sortedBy: 'name',
	columns,
	waits: 0,

	viewConfig: {
		trackOver: false,
		emptyText: gettext('No filter matches.'),
		listeners: rowListeners('root'),
	},

	listeners: {
		itemdblclick: 'edit',
		selectionchange: 'onSelection',
	},

	initComponent: function () {
		this.tbar = { xtype: 'toolbar', overflowHandler: 'scroller', items: toolbar(this.nodename) } as never;
		this.callParent();
		(this.getController() as typeof filterController & { limit(): void }).limit();
		this.on('destroy', () => window.clearTimeout(this.timer));
	},

	onRows: function () {
		const wanted = this.wanted === undefined ? null : this.getStore().getById(this.wanted);
		if (wanted) {
			this.setSelection(wanted);
			this.ensureVisible(wanted);
			this.wanted = undefined;
		}
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
