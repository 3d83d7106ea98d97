import { has } from '../kit/rights.ts';

type Workbench = XTypes['pveFail2banWorkbench'];

/** A choice whose values and texts are given as pairs. */
function choice(pairs: [string, string][]) {
	return {
		xtype: 'combobox' as const,
		queryMode: 'local' as const,
		displayField: 'text',
		valueField: 'id',
		editable: false,
		store: { fields: ['id', 'text'], data: pairs.map(([id, text]) => ({ id, text })) },
		listConfig: { minWidth: 160, getInnerTpl: () => '{text:htmlEncode}' },
	};
}

/** Where the lines come from, and the buttons that try the filter on them. */
export function sourceBar({ nodename, source }: Workbench): Item {
	const may = has('test');
	const change = { change: 'onSource' };
	const field = { disabled: !may, hidden: true, width: 240, listeners: { change: 'onSourceText' } };
	return {
		xtype: 'toolbar',
		itemId: 'sourceBar',
		dock: 'top',
		overflowHandler: 'scroller',
		...(!may && { listeners: { afterrender: { fn: 'explain' } } }),
		items: [
			{
				...choice([
					['jail', gettext('Jail')],
					['journalmatch', gettext('Journal')],
					['file', gettext('File')],
					['text', gettext('Text')],
				]),
				itemId: 'source',
				fieldLabel: gettext('Source'),
				labelWidth: 50,
				width: 150,
				disabled: !may,
				value: source,
				listeners: change,
			},
			{ ...choice([]), ...field, itemId: 'jail', width: 160, listeners: change },
			{ xtype: 'textfield', ...field, itemId: 'journalmatch', emptyText: '_SYSTEMD_UNIT=ssh.service' },
			{
				...choice([]),
				...field,
				itemId: 'file',
				editable: has('root'),
				// Tab would put the first of the list in the place of what was just typed
				autoSelect: false,
				emptyText: '/var/log/auth.log',
			},
			{
				...choice([
					['1h', gettext('1 hour')],
					['6h', gettext('6 hours')],
					['1d', gettext('1 day')],
					['7d', gettext('7 days')],
					['30d', gettext('30 days')],
				]),
				itemId: 'since',
				fieldLabel: gettext('Since'),
				labelWidth: 40,
				width: 145,
				value: '1d',
				disabled: !may,
				listeners: change,
			},
			'->',
			{
				xtype: 'checkbox',
				itemId: 'typing',
				boxLabel: gettext('Test While Typing'),
				boxLabelAlign: 'before',
				checked: true,
				disabled: !may,
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'test',
				nodename,
				right: 'test',
				text: gettext('Test'),
				iconCls: 'fa fa-play',
				handler: 'test',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'scan',
				nodename,
				right: 'test',
				text: gettext('Scan Whole Log'),
				handler: 'scan',
			},
		],
	};
}
