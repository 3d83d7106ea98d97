import type { OptionValue } from '../../contract/types.ts';
import { define } from '../kit/define.ts';
import { isTrue } from '../kit/isTrue.ts';
import { inherited, ownText } from '../kit/origin.ts';
import { has, isRoot, missing } from '../kit/rights.ts';
import { encode } from '../kit/text.ts';
import { optionHelp } from './optionHelp.ts';
import { checkOption, type FieldKind } from './optionHints.ts';
import { meaning, originText, resetText } from './optionText.ts';
import './OptionBox.ts';
import { fieldsOf } from './optionFields.ts';

/**
 * One option of a jail: its field, what the value means and where it comes from. Fires `edited`
 * whenever the value may have changed.
 */
export interface OptionRow extends Ext.container.Container {
	nodename: string;
	/** As fail2ban names it. */
	option: string;
	kind: FieldKind;
	label: string;
	labelWidth: number;
	/** Width of the field without its label. */
	fieldWidth: number;
	/** For the tooltip, where the kind of value alone does not tell enough. */
	example: string;
	/** To choose from, where the kind of value has no choice of its own. */
	words: string[] | undefined;
	/** Must be set: nothing is inherited. */
	required: boolean;
	current: OptionValue | undefined;
	/** Whether something else on the form allows the field. */
	allowed: boolean;
	loadOption(option: OptionValue): void;
	setAllowed(allowed: boolean): void;
	/** What the jail would have, as text. */
	effective(): string;
	/** What must be sent: a new value, `null` to give it back, undefined for nothing. */
	change(): string | null | undefined;
	typed(): string;
	check(value: string): true | string;
	field(): Ext.form.field.Text;
	box(): Ext.form.field.Checkbox;
	updateFields(): void;
	onEdit(): void;
}

declare global {
	interface XTypes {
		pveFail2banOption: OptionRow;
	}
}

define<OptionRow>('PVEFail2ban.form.OptionRow', {
	extend: 'Ext.container.Container',
	xtype: 'pveFail2banOption',
	layout: { type: 'hbox', align: 'middle' },
	margin: '0 0 5 0',
	labelWidth: 120,
	fieldWidth: 170,
	kind: 'text',
	example: '',
	required: false,
	allowed: true,

	initComponent: function () {
		this.itemId = `option-${this.option.replaceAll('.', '-')}`;
		this.items = [
			...fieldsOf(this),
			{
				xtype: 'component',
				itemId: 'origin',
				cls: 'pmx-opacity-75',
				flex: 1,
				padding: '0 0 0 10',
				style: 'overflow-wrap: anywhere',
			},
		];
		this.callParent();
	},

	field: function () {
		return this.down('#field');
	},

	box: function () {
		return this.down(this.kind === 'bool' ? '#field' : '#permanent');
	},

	loadOption: function (option) {
		this.current = option;
		const own = ownText(option);
		if (this.kind === 'bool') {
			const box = this.down<XTypes['pveFail2banOptionBox']>('#field');
			box.resetting = false;
			box.inheritedValue = isTrue(inherited(option).value);
			box.setValue(isTrue(option.value ?? option.raw));
			box.resetOriginalValue();
			this.down<Ext.button.Button>('#giveBack').setTooltip(encode(resetText(this.kind, option)));
		} else {
			const field = this.field();
			const permanent = this.kind === 'bantime' && own.trim() === '-1';
			const value = option.own ? inherited(option).value : (option.value ?? option.raw ?? '');
			// a value may begin on the line below its option
			const shown = meaning(this.kind, value) === gettext('permanent') ? gettext('permanent') : value.trim();
			field.setEmptyText(shown);
			field.setValue(permanent ? '' : own);
			field.resetOriginalValue();
			const trigger = field.getTrigger('clear');
			trigger.el?.dom.setAttribute('data-qtip', encode(resetText(this.kind, option)));
			if (this.kind === 'bantime') {
				this.box().setValue(permanent);
				this.box().resetOriginalValue();
			}
		}
		this.onEdit();
	},

	setAllowed: function (allowed) {
		this.allowed = allowed;
		this.updateFields();
	},

	typed: function () {
		if (this.kind === 'bool') {
			const box = this.down<XTypes['pveFail2banOptionBox']>('#field');
			if (box.resetting || !box.isDirty()) {
				return box.resetting ? '' : ownText(this.current as OptionValue);
			}
			return box.getValue() ? '1' : '0';
		}
		if (this.kind === 'bantime' && this.box().getValue()) {
			return '-1';
		}
		return this.field().getRawValue().trim();
	},

	effective: function () {
		const typed = this.current ? this.typed() : '';
		if (typed !== '' || !this.current) {
			return typed;
		}
		return this.current.own ? inherited(this.current).value : (this.current.value ?? this.current.raw ?? '');
	},

	change: function () {
		if (!this.current || this.field().disabled === true) {
			return this.kind === 'bantime' && this.current && this.box().isDirty() ? '-1' : undefined;
		}
		const typed = this.typed();
		if (typed === ownText(this.current).trim()) {
			return undefined;
		}
		return typed === '' ? null : typed;
	},

	check: function (value) {
		if (value.trim() === '' || (this.current && value === ownText(this.current))) {
			return true;
		}
		return checkOption(this.kind, value, isRoot());
	},

	updateFields: function () {
		const option = this.current;
		if (!option) {
			return;
		}
		// The helper knows root@pam, but not the privileges that PVE checks.
		const editable = option.editable && has('modify');
		const may = editable && !option['blocked-by'] && this.allowed;
		if (this.kind === 'bool') {
			this.field().setDisabled(!may);
			const box = this.down<XTypes['pveFail2banOptionBox']>('#field');
			this.down('#giveBack').setHidden(!may || !option.own || box.resetting);
		} else {
			const permanent = this.kind === 'bantime' && Boolean(this.box().getValue());
			this.field().setDisabled(!may || permanent);
			this.field()
				.getTrigger('clear')
				.setVisible(may && !permanent && this.field().getRawValue() !== '');
			if (this.kind === 'bantime') {
				this.box().setDisabled(!may);
			}
		}
		const why =
			editable || option['blocked-by'] ? '' : missing(has('modify') ? 'root' : 'modify', this.nodename);
		this.el?.dom.setAttribute('data-qtip', optionHelp(this.option, this.kind, this.example, why));
	},

	onEdit: function () {
		if (!this.current) {
			return;
		}
		this.updateFields();
		this.down<Ext.Component>('#origin').setHtml(encode(originText(this.kind, this.current, this.typed())));
		this.fireEvent('edited', this);
	},
});
