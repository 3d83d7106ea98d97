import type { OptionValue } from '../../contract/types.ts';
import { place } from '../kit/origin.ts';
import { renderText } from '../kit/render.ts';
import type { Failure } from '../kit/request.ts';
import { encode } from '../kit/text.ts';
import { getEffectiveJail } from './windowCalls.ts';

const wrapped = 'white-space: pre-wrap; overflow-wrap: anywhere';

/** Where the value stands, or that none of the files says it. */
function where(at: Parameters<typeof place>[0], value: string): string {
	return place(at) || (value === '' ? '' : gettext('fail2ban default'));
}

function renderValue(value: string | null, meta: Ext.grid.CellMeta): Encoded {
	meta.tdStyle = wrapped;
	return value === null ? `<span class="pmx-opacity-75">${encode(gettext('not set'))}</span>` : encode(value);
}

function renderOverrides(overrides: OptionValue['overrides'], meta: Ext.grid.CellMeta): Encoded {
	meta.tdStyle = wrapped;
	return overrides
		.map((one) => {
			const value = one.value ?? one.raw ?? '';
			return encode(`${value} (${where(one, value)})`);
		})
		.join('<br>');
}

const columns: Ext.grid.Column[] = [
	{ text: gettext('Option'), dataIndex: 'name', width: 150, renderer: renderText },
	{ text: gettext('Value'), dataIndex: 'value', flex: 1, cellWrap: true, renderer: renderValue },
	{
		text: gettext('Origin'),
		dataIndex: 'file',
		width: 180,
		cellWrap: true,
		renderer: (_file, _meta, { data }: Ext.data.Record<OptionValue>) => encode(where(data, data.value ?? '')),
	},
	{
		text: gettext('Overrides'),
		dataIndex: 'overrides',
		flex: 1,
		sortable: false,
		cellWrap: true,
		renderer: renderOverrides,
	},
];

type View = 'options' | 'ini' | 'commands';

/** Shows the options as a list, as one INI section, or as the commands that the server gets. */
async function showView(tab: Ext.panel.Panel, view: View, nodename: string, jail: string): Promise<void> {
	const text = tab.down<Ext.Component>('#effective');
	tab.down('#allOptions').setHidden(view !== 'options');
	text.setHidden(view === 'options');
	if (view === 'options') {
		return;
	}
	text.setHtml('');
	const found = await getEffectiveJail(nodename, jail, tab).then(
		({ ini, commands, problem }) => {
			const lines = view === 'ini' ? ini : commands.join('\n');
			return encode([view === 'commands' && problem, lines].filter(Boolean).join('\n'));
		},
		(failure: Failure) => failure.html,
	);
	if (!tab.destroyed) {
		text.setHtml(found);
	}
}

/** Everything, to read. */
export function allOptionsTab({ nodename, jail }: { nodename: string; jail: string | undefined }): Item {
	const button = (value: View, text: string) => ({ value, text, itemId: value });
	const views: Item = {
		xtype: 'segmentedbutton',
		itemId: 'views',
		value: 'options',
		items: [
			button('options', gettext('Options')),
			button('ini', gettext('Merged Files')),
			button('commands', gettext('Server Commands')),
		] as unknown as Item[],
		listeners: {
			toggle: (views: Ext.button.Segmented, _button: unknown, pressed: boolean) =>
				pressed && showView(views.up('#all'), views.getValue() as View, nodename, jail as string),
		},
	};
	return {
		xtype: 'panel',
		itemId: 'all',
		title: gettext('All Options'),
		bodyPadding: 0,
		layout: { type: 'vbox', align: 'stretch' },
		scrollable: false,
		...(jail !== undefined && { tbar: [views] }),
		items: [
			{
				xtype: 'grid',
				itemId: 'allOptions',
				flex: 1,
				border: false,
				disableSelection: true,
				viewConfig: { enableTextSelection: true, trackOver: false },
				store: { fields: [], data: [], sorters: 'name' },
				columns: columns.map((column) => ({ ...column })),
			},
			{
				xtype: 'component',
				itemId: 'effective',
				flex: 1,
				hidden: true,
				padding: 10,
				scrollable: true,
				style: `font-family: monospace; ${wrapped}; user-select: text`,
			},
		],
	};
}
