import '../../form/ExpressionField.ts';
import type { EditedOption } from '../../lib/testParams.ts';
import { encode } from '../../lib/text.ts';
import { hitGrid } from './hits.ts';

/** One expression a line; `flex` is its share of the height that is left. */
function expressions(name: EditedOption, minHeight: number, flex?: number): Item {
	return {
		xtype: 'pveFail2banExpression',
		name,
		itemId: name,
		fieldLabel: name,
		labelAlign: 'top',
		anchor: '100%',
		...(flex ? { flex, minHeight } : { height: minHeight }),
		listeners: { change: 'onTyping' },
	};
}

const advanced = { labelAlign: 'top' as const, anchor: '100%', listeners: { change: 'onTyping' } };

/** The options of the filter (left half), what is wrong with them, and how often each expression hits. */
export function expressionPanel(): Item {
	return {
		xtype: 'panel',
		itemId: 'expressions',
		flex: 42,
		border: false,
		bodyPadding: 10,
		scrollable: 'y',
		layout: { type: 'vbox', align: 'stretch' },
		items: [
			expressions('failregex', 110, 1),
			expressions('ignoreregex', 85),
			{
				xtype: 'fieldset',
				itemId: 'advanced',
				title: encode(gettext('Advanced')),
				collapsible: true,
				collapsed: true,
				layout: 'anchor',
				items: [
					expressions('prefregex', 70),
					{
						...advanced,
						xtype: 'textfield',
						name: 'datepattern',
						itemId: 'datepattern',
						fieldLabel: 'datepattern',
					},
					{
						...advanced,
						xtype: 'textfield',
						name: 'maxlines',
						itemId: 'maxlines',
						fieldLabel: 'maxlines',
						maskRe: /\d/,
						emptyText: '1',
					},
					{
						...advanced,
						xtype: 'textarea',
						name: 'journalmatch',
						itemId: 'filterMatch',
						fieldLabel: 'journalmatch',
						height: 65,
					},
					{
						...advanced,
						xtype: 'combobox',
						itemId: 'mode',
						fieldLabel: gettext('Mode'),
						editable: false,
						hidden: true,
						queryMode: 'local',
						displayField: 'text',
						valueField: 'id',
						store: { fields: ['id', 'text'], data: [] },
					},
				],
			},
			hitGrid(),
			{
				xtype: 'component',
				itemId: 'warnings',
				maxHeight: 150,
				scrollable: 'y',
				cls: 'pmx-hint',
				hidden: true,
				padding: 5,
				margin: '5 0 0 0',
			},
		],
	};
}
