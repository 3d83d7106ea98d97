import { define } from '../kit/define.ts';
import { maskLoadErrors } from '../kit/loadErrors.ts';
import { place } from '../kit/origin.ts';
import { rightButton } from '../kit/RightButton.ts';
import { renderText } from '../kit/render.ts';
import { rowListeners } from '../kit/rowListeners.ts';
import { createStatusStore, type StatusStore } from '../kit/StatusStore.ts';
import { encode, formatHtml } from '../kit/text.ts';
import { meaning, spoken } from './optionText.ts';
import '../lockout/Banners.ts';
import type { OptionsRow } from './OptionsRows.ts';
import { optionsController } from './optionsController.ts';

/** What holds for all jails, and what the server does. */
interface Options extends Ext.grid.Panel {
	nodename: string;
	status: StatusStore;
}

declare global {
	interface XTypes {
		pveFail2banOptions: Options;
	}
}

type OptionsRecord = Ext.data.Record<OptionsRow>;

function renderValue(_value: unknown, meta: Ext.grid.CellMeta, { data }: OptionsRecord): Encoded {
	const { kind = 'text', option } = data;
	const value = option.value ?? option.raw;
	meta.tdStyle = 'overflow-wrap: anywhere';
	if (!value) {
		return `<span class="pmx-opacity-75">${encode(gettext('not set'))}</span>`;
	}
	const words = meaning(kind, value);
	const said = encode(spoken(kind, value));
	const more =
		words === null || words === said ? '' : ` <span class="pmx-opacity-75">= ${encode(words)}</span>`;
	const other = option.differs
		? ` <i class="fa fa-exclamation-circle warning"></i> ${formatHtml(gettext('runs with {0}'), option.running)}`
		: '';
	return said + more + other;
}

/** The whole toolbar. */
function toolbar(nodename: string): Item {
	const of = ([record]: Ext.data.Record[]) => record?.data as unknown as OptionsRow | undefined;
	return {
		xtype: 'toolbar',
		dock: 'top',
		overflowHandler: 'scroller',
		items: [
			rightButton(nodename, 'edit', gettext('Edit'), {
				selects: 'one',
				fits: (records: Ext.data.Record[]) => of(records)?.kind !== undefined,
			}),
			rightButton(nodename, 'reset', gettext('Reset'), {
				right: 'modify',
				selects: 'one',
				fits: (records: Ext.data.Record[]) => {
					const option = of(records)?.option;
					return Boolean(option?.own && option.editable);
				},
			}),
			'->',
			rightButton(nodename, 'openFiles', gettext('Configuration Files')),
			rightButton(nodename, 'openChanges', gettext('Change History')),
		],
	};
}

define<Options>('PVEFail2ban.panel.Options', {
	extend: 'Ext.grid.Panel',
	xtype: 'pveFail2banOptions',
	controller: optionsController,
	stateful: true,
	stateId: 'grid-fail2ban-options',
	sortableColumns: false,
	viewConfig: {
		trackOver: false,
		listeners: rowListeners(),
	},
	listeners: { itemdblclick: 'edit' },
	columns: [
		{ text: gettext('Name'), dataIndex: 'label', width: 220, renderer: renderText },
		{ text: gettext('Value'), dataIndex: 'option', flex: 1, cellWrap: true, renderer: renderValue },
		{
			text: gettext('Origin'),
			dataIndex: 'id',
			width: 200,
			renderer: (_id: unknown, _meta: unknown, { data }: OptionsRecord) =>
				encode(place(data.option) || gettext('fail2ban default')),
		},
	],

	initComponent: function () {
		const { nodename } = this;
		const titles: Record<string, string> = { defaults: gettext('Defaults'), settings: gettext('Server') };
		this.status = createStatusStore(nodename);
		this.store = { fields: ['id'], data: [], groupField: 'scope' };
		this.features = [
			{
				ftype: 'grouping',
				collapsible: false,
				groupHeaderTpl: ['{groupValue:this.title}', { title: (scope: string) => encode(titles[scope]) }],
			},
		];
		this.dockedItems = [
			{ xtype: 'pveFail2banBanners', dock: 'top', nodename, status: this.status },
			toolbar(nodename),
		];
		this.callParent();
		maskLoadErrors(this, this.status, nodename);
		this.on('activate', () => this.status.startUpdate());
		this.on('destroy', () => this.status.destroy());
	},
});
