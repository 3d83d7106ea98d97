import { define } from './define.ts';

/** What a list is searched for: its cross and Escape clear it. */
export interface SearchField extends Ext.form.field.Text {
	/** What is typed, without the white space around it. */
	typed(): string;
}

declare global {
	interface XTypes {
		pveFail2banSearch: SearchField;
	}
}

define<SearchField>('PVEFail2ban.form.Search', {
	extend: 'Ext.form.field.Text',
	xtype: 'pveFail2banSearch',
	itemId: 'search',
	width: 160,
	maxLength: 64,
	enforceMaxLength: true,
	emptyText: gettext('Search'),
	triggers: {
		clear: {
			cls: 'pmx-clear-trigger',
			hidden: true,
			handler: (field: SearchField) => field.setValue(''),
		},
	},

	initComponent: function () {
		this.callParent();
		this.on('change', () => this.getTrigger('clear').setVisible(this.getRawValue() !== ''));
		this.on('specialkey', (_field: unknown, event: Ext.KeyEvent) => {
			if (event.getKey() === event.ESC) {
				event.stopEvent();
				this.setValue('');
			}
		});
	},

	typed: function () {
		return String(this.getValue() ?? '').trim();
	},
});
