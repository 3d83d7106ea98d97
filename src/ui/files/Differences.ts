import type { PendingOption } from '../../contract/types.ts';
import { define } from '../kit/define.ts';
import { place } from '../kit/origin.ts';
import { renderText } from '../kit/render.ts';
import { encode } from '../kit/text.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openDifferences: typeof openDifferences;
	}
}

/** Where the configuration on disk is not what fail2ban runs with. */
interface Differences extends Ext.window.Window {
	nodename: string;
	pending: PendingOption[];
}

function renderValue(value: string | null, meta: Ext.grid.CellMeta): Encoded {
	meta.tdStyle = 'white-space: pre-wrap';
	return value === null ? `<span class="pmx-opacity-75">${encode(gettext('not set'))}</span>` : encode(value);
}

define<Differences>('PVEFail2ban.window.Differences', {
	extend: 'Ext.window.Window',
	title: gettext('Difference'),
	itemId: 'fail2banDifferences',
	modal: true,
	width: 800,
	height: 400,
	layout: 'fit',

	initComponent: function () {
		this.items = [
			{
				xtype: 'grid',
				itemId: 'differences',
				border: false,
				disableSelection: true,
				store: { fields: [], data: this.pending, sorters: ['jail', 'option'] },
				viewConfig: { enableTextSelection: true, trackOver: false },
				columns: [
					{
						text: gettext('Jail'),
						dataIndex: 'jail',
						width: 100,
						renderer: (jail: string) => encode(jail || gettext('Server')),
					},
					{ text: gettext('Option'), dataIndex: 'option', width: 140, renderer: renderText },
					{ text: gettext('Running'), dataIndex: 'running', flex: 1, cellWrap: true, renderer: renderValue },
					{
						text: gettext('On Disk'),
						dataIndex: 'configured',
						flex: 1,
						cellWrap: true,
						renderer: renderValue,
					},
					{
						text: gettext('File'),
						dataIndex: 'file',
						width: 180,
						renderer: (_value, _meta, record) => encode(place(record.data)),
					},
				],
			},
		];
		this.buttons = [
			{ xtype: 'button', itemId: 'close', text: gettext('Close'), handler: () => this.close() },
		];
		this.callParent();
	},
});

export function openDifferences(nodename: string, pending: PendingOption[]): void {
	Ext.create('PVEFail2ban.window.Differences', { autoShow: true, nodename, pending });
}
