import { define, Ext } from './ext.ts';

/** A field that is empty is left out of a request, or named in `delete` if it has `deleteEmpty`. */
function submitData(field: any, value: unknown): object | null {
	if (field.disabled || !field.submitValue) {
		return null;
	}
	if (value !== null && value !== undefined) {
		return { [field.getName()]: value };
	}
	return field.getDeleteEmpty() ? { delete: field.getName() } : null;
}

define('Proxmox.form.Checkbox', {
	extend: 'Ext.form.field.Checkbox',
	alias: 'widget.proxmoxcheckbox',
	config: { defaultValue: undefined, deleteDefaultValue: false, deleteEmpty: false },
	inputValue: '1',

	getSubmitData() {
		const value = this.getSubmitValue();
		const isDefault = value !== null && value === this.getDefaultValue() && this.getDeleteDefaultValue();
		return isDefault && !this.disabled ? { delete: this.getName() } : submitData(this, value);
	},
	/** The API answers 1 for true. */
	setRawValue(value: unknown) {
		return this.callParent([value === 1 ? true : value]);
	},
});

define('Proxmox.form.field.Textfield', {
	extend: 'Ext.form.field.Text',
	alias: 'widget.proxmoxtextfield',
	config: { skipEmptyText: true, deleteEmpty: false, trimValue: false },

	getSubmitValue() {
		const value = this.processRawValue(this.getRawValue());
		const text = this.getTrimValue() ? String(value).trim() : value;
		return text === '' && this.getSkipEmptyText() ? null : text;
	},
	getSubmitData() {
		return submitData(this, this.getSubmitValue());
	},
	setAllowBlank(allowBlank: boolean) {
		this.allowBlank = allowBlank;
		this.validate();
	},
});

define('Proxmox.form.field.Integer', {
	extend: 'Ext.form.field.Number',
	alias: 'widget.proxmoxintegerfield',
	config: { deleteEmpty: false },
	allowDecimals: false,
	allowExponential: false,
	step: 1,

	getSubmitData() {
		const value = this.getSubmitValue();
		return submitData(this, value === '' ? null : value);
	},
});

/** A fixed choice: `comboItems` is a list of [value, text]. */
define('Proxmox.form.KVComboBox', {
	extend: 'Ext.form.field.ComboBox',
	alias: 'widget.proxmoxKVComboBox',
	config: { deleteEmpty: true },
	comboItems: undefined,
	displayField: 'value',
	valueField: 'key',
	queryMode: 'local',
	editable: false,

	initComponent() {
		this.store = Ext.create('Ext.data.ArrayStore', { model: 'KeyValue', data: this.comboItems ?? [] });
		this.callParent();
	},
	setComboItems(items: unknown[]) {
		this.getStore().loadData(items);
	},
	getSubmitData() {
		const value = this.getSubmitValue();
		return submitData(this, value === '' || value === '__default__' ? null : value);
	},
});

/** Shows its value, or lets it be edited where `editable`. */
define('Proxmox.form.field.DisplayEdit', {
	extend: 'Ext.form.FieldContainer',
	alias: 'widget.pmxDisplayEditField',
	editable: false,
	layout: 'fit',

	initComponent() {
		const { name, value, renderer, editConfig } = this;
		const edit = { xtype: 'textfield', name, value, ...editConfig };
		this.items = [this.editable ? edit : { xtype: 'displayfield', name, value, renderer }];
		this.callParent();
	},
});
