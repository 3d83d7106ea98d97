import './ExpressionField.ts';
import { encode } from '../kit/text.ts';
import { hitGrid } from './hits.ts';
import type { EditedOption } from './testParams.ts';

/** One expression a line. */
function expressions(name: EditedOption, height?: number): Item {
	return {
		xtype: 'pveFail2banExpression',
		name,
		itemId: name,
		fieldLabel: name,
		labelAlign: 'top',
		anchor: '100%',
		...(height && { height }),
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
			// ExtJS 7 gives the text area itself the least height of the field, label and all: hence the box around it.
			{ xtype: 'container', layout: 'fit', flex: 1, minHeight: 110, items: [expressions('failregex')] },
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
