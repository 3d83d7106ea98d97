import '../kit/RightButton.ts';
import type { Status } from '../../contract/types.ts';
import { define } from '../kit/define.ts';
import { encode } from '../kit/text.ts';
import { firstUseReasons } from './overviewState.ts';

/** Instead of empty lists, while nothing protects the node. */
export interface FirstUse extends Ext.panel.Panel {
	nodename: string;
	showReasons(status: Status): void;
}

declare global {
	interface XTypes {
		pveFail2banFirstUse: FirstUse;
	}
}

define<FirstUse>('PVEFail2ban.panel.FirstUse', {
	extend: 'Ext.panel.Panel',
	xtype: 'pveFail2banFirstUse',
	itemId: 'firstUse',
	border: false,
	layout: { type: 'vbox', align: 'center', pack: 'center' },
	bodyPadding: 20,

	initComponent: function () {
		this.items = [
			{
				xtype: 'component',
				itemId: 'reasons',
				style: 'text-align: center; line-height: 20px',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'protect',
				nodename: this.nodename,
				right: 'modify',
				margin: '15 0',
				text: gettext('Set Up Protection'),
				iconCls: 'fa fa-shield',
				handler: 'protect',
			},
			{
				xtype: 'component',
				html: encode(gettext('You see every change before it is made, and can revert it.')),
			},
		];
		this.callParent();
	},

	showReasons: function (status) {
		const lines = [
			gettext('No address is ever banned, no matter how many log-ins fail.'),
			...firstUseReasons(status),
		].map((line) => `<div>${encode(line)}</div>`);
		this.down<Ext.Component>('#reasons').setHtml(
			`<i class="fa fa-5x ${Proxmox.Utils.get_health_icon('critical', true)}"></i>` +
				`<h3>${encode(gettext('This node is not protected'))}</h3>${lines.join('')}`,
		);
	},
});
