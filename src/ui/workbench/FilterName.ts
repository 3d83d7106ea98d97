import { base } from '../kit/api.ts';
import { define } from '../kit/define.ts';
import { keepButtonsFresh } from '../kit/freshButtons.ts';

/** Asks for the name of a new filter. */
interface FilterName extends Proxmox.window.Edit {
	nodename: string;
	named: (name: string, window: Ext.window.Window) => void;
}

define<FilterName>('PVEFail2ban.window.FilterName', {
	extend: 'Proxmox.window.Edit',
	itemId: 'fail2banFilterName',
	subject: gettext('Filter'),
	isCreate: true,
	width: 380,

	initComponent: function () {
		this.url = `${base(this.nodename)}/filters`;
		this.items = [
			{
				xtype: 'textfield',
				name: 'name',
				fieldLabel: gettext('Name'),
				allowBlank: false,
				validator: (value) =>
					/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(value) ||
					gettext('Letters, digits, - and _, at most 64 characters.'),
			},
		];
		this.callParent();
		keepButtonsFresh(this);
	},

	submit: function () {
		this.named(String(this.getValues().name), this);
	},
});

/** Asks for a name; `named` is called with it and the window, which it closes once the filter is made. */
export function askFilterName(nodename: string, named: FilterName['named']): void {
	Ext.create('PVEFail2ban.window.FilterName', { autoShow: true, nodename, named });
}
