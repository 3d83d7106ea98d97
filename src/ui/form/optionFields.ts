import type { OptionRow } from './OptionRow.ts';

/** The parameter of an option: PVE allows no dot in a name. */
export function paramOf(option: string): string {
	return option.replaceAll('.', '-');
}

function row(field: Ext.Component): OptionRow {
	return field.up<OptionRow>('pveFail2banOption');
}

function boxItems({ option, label, labelWidth }: OptionRow): Item[] {
	return [
		{
			xtype: 'pveFail2banOptionBox',
			itemId: 'field',
			name: paramOf(option),
			fieldLabel: label,
			labelWidth,
			disabled: true,
			listeners: { change: (field: Ext.Component) => row(field).onEdit() },
		},
		{
			xtype: 'button',
			itemId: 'giveBack',
			hidden: true,
			margin: '0 0 0 8',
			ui: 'default-toolbar',
			iconCls: 'fa fa-undo',
			handler: (button: Ext.Component) => {
				const owner = row(button);
				owner.down<XTypes['pveFail2banOptionBox']>('#field').giveBack();
				owner.onEdit();
			},
		},
	];
}

/** What the row of an option holds before the text that tells its origin. */
export function fieldsOf(me: OptionRow): Item[] {
	const { option, kind, label, labelWidth, fieldWidth } = me;
	if (kind === 'bool') {
		return boxItems(me);
	}
	const text = {
		itemId: 'field',
		name: paramOf(option),
		fieldLabel: label,
		labelWidth,
		// The colon of the label and the gap behind it.
		width: labelWidth + 5 + fieldWidth,
		disabled: true,
		validator: (value: string) => me.check(value),
		triggers: {
			clear: {
				cls: 'pmx-clear-trigger',
				hidden: true,
				handler: (field: Ext.form.field.Text) => field.setValue(''),
			},
		},
		listeners: { change: () => me.onEdit() },
	};
	const field: Item =
		kind === 'ignoreip' ? { xtype: 'textarea', height: 70, ...text } : { xtype: 'textfield', ...text };
	if (kind !== 'bantime') {
		return [field];
	}
	return [
		field,
		{
			xtype: 'checkbox',
			itemId: 'permanent',
			boxLabel: gettext('Permanent'),
			margin: '0 0 0 10',
			disabled: true,
			submitValue: false,
			listeners: { change: () => me.onEdit() },
		},
	];
}
