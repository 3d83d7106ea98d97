import { listUrl } from '../kit/api.ts';
import type { FieldKind } from './optionHints.ts';

type OptionRow = XTypes['pveFail2banOption'];

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

/** What is usually chosen; any other value that the server takes can be typed. */
const choices: { [kind in FieldKind]?: string[] } = {
	backend: ['auto', 'systemd', 'polling', 'pyinotify'],
	mode: ['normal', 'ddos', 'extra', 'aggressive'],
	protocol: ['tcp', 'udp'],
	usedns: ['warn', 'no', 'raw'],
};

/** Names of what is installed. */
function installed(node: string, list: 'filters' | 'actions'): object {
	return {
		fields: ['name', 'fragment', 'banaction'],
		sorters: 'name',
		filters: [({ data }: Ext.data.Record) => (list === 'filters' ? !data.fragment : data.banaction)],
		// A field whose list holds nothing yet would not tell when it is cleared.
		data: [{ banaction: true }],
		proxy: { type: 'proxmox', url: listUrl(node, list) },
	};
}

interface QueryPlan {
	combo: Ext.form.field.ComboBox;
	query: string;
	forceAll: boolean;
}

/** An empty list does not open, so the first one waits for its names. */
function loadFirst({ combo, query, forceAll }: QueryPlan): boolean {
	const store = combo.getStore();
	const first = store.getAt(0);
	if (!first || first.data.name !== undefined) {
		return true;
	}
	store.load((_records, _operation, success) => {
		// Not over another field that was entered meanwhile.
		if (success && combo.hasFocus) {
			combo.doQuery(query, forceAll);
		}
	});
	return false;
}

function combo(store: object, loads: boolean): Omit<Partial<Ext.form.field.ComboBox>, 'xtype'> {
	return {
		queryMode: 'local',
		displayField: 'name',
		valueField: 'name',
		// Tab would put the first of the list in the place of what was just typed
		autoSelect: false,
		listConfig: { minWidth: 180, getInnerTpl: () => '{name:htmlEncode}' },
		store,
		...(loads && { listeners: { beforequery: loadFirst } }),
	};
}

/** The kind of field that fits the kind of value. */
function fieldType({ kind, nodename, words = choices[kind] }: OptionRow): Item {
	if (words) {
		return {
			xtype: 'combobox',
			...combo({ fields: ['name'], data: words.map((name) => ({ name })) }, false),
		};
	}
	if (kind === 'filter' || kind === 'banaction') {
		const list = kind === 'filter' ? 'filters' : 'actions';
		return { xtype: 'combobox', ...combo(installed(nodename, list), true) };
	}
	if (kind === 'lines') {
		return { xtype: 'textarea', height: 70, fieldStyle: 'white-space: pre; overflow-x: auto' };
	}
	return kind === 'ignoreip' ? { xtype: 'textarea', height: 70 } : { xtype: 'textfield' };
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
		allowBlank: !me.required,
		validator: (value: string) => me.check(value),
		triggers: {
			clear: {
				// Before the arrow of a list.
				weight: -1,
				cls: 'pmx-clear-trigger',
				hidden: true,
				handler: (field: Ext.form.field.Text) => field.setValue(''),
			},
		},
		listeners: { change: () => me.onEdit() },
	};
	const type = fieldType(me) as ItemOf<'textfield'>;
	const field: Item = { ...type, ...text, listeners: { ...type.listeners, ...text.listeners } };
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
