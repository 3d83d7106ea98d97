import { define, Ext } from './ext.ts';
import { requestUtils } from './requests.ts';

/** Enabled by the grid's selection and `enableFn`; asks `confirmMsg` before its handler runs. */
define('Proxmox.button.Button', {
	extend: 'Ext.button.Button',
	alias: 'widget.proxmoxButton',
	enableFn: () => undefined,
	confirmMsg: false,
	dangerous: false,
	parentXType: 'grid',

	initComponent() {
		const { handler } = this;
		if (handler) {
			this.handler = (button: any, event: any) => this.confirmed(handler, button, event);
		}
		this.callParent();
		if (this.selModel === undefined) {
			this.selModel = this.up(this.parentXType)?.getSelectionModel();
		}
		if (this.selModel) {
			this.mon(this.selModel, 'selectionchange', () => this.setDisabled(!this.isUsable()));
		}
	},
	selected(): any {
		return this.selModel?.getSelection()[0];
	},
	isUsable(): boolean {
		const record = this.selected();
		return Boolean(record) && this.enableFn(record) !== false;
	},
	confirmed(handler: any, button: any, event: any) {
		const record = this.selected();
		if (this.selModel && !this.isUsable()) {
			return;
		}
		const go = () => Ext.callback(handler, this.scope, [button, event, record], 0, this);
		const message = typeof this.confirmMsg === 'function' ? this.confirmMsg(record) : this.confirmMsg;
		if (!message) {
			go();
			return;
		}
		Ext.Msg.show({
			title: 'Confirm',
			icon: this.dangerous ? Ext.Msg.WARNING : Ext.Msg.QUESTION,
			message,
			buttons: Ext.Msg.YESNO,
			defaultFocus: this.dangerous ? 'no' : 'yes',
			callback: (answer: string) => answer === 'yes' && go(),
		});
	},
});

define('Proxmox.button.StdRemoveButton', {
	extend: 'Proxmox.button.Button',
	alias: 'widget.proxmoxStdRemoveButton',
	text: 'Remove',
	disabled: true,
	config: { baseurl: undefined, customConfirmationMessage: undefined },
	getUrl(record: any): string {
		return `${this.getBaseurl()}/${record.getId()}`;
	},
	getRecordName: (record: any) => record.getId(),
	confirmMsg(record: any): string {
		const text = this.getCustomConfirmationMessage() ?? 'Are you sure you want to remove entry {0}';
		return Ext.String.format(text, Ext.htmlEncode(`'${this.getRecordName(record)}'`));
	},
	handler(_button: any, _event: any, record: any) {
		requestUtils.API2Request({
			url: this.getUrl(record),
			method: 'DELETE',
			waitMsgTarget: this.waitMsgTarget,
			callback: (...args: any[]) => Ext.callback(this.callback, this.scope, args, 0, this),
			failure: requestUtils.alertResponseFailure,
		});
	},
});

/** Has the text of both states, so it keeps its width. */
define('Proxmox.button.AltText', {
	extend: 'Proxmox.button.Button',
	alias: 'widget.proxmoxAltTextButton',
	defaultText: '',
	altText: '',
	initComponent() {
		this.text = this.defaultText;
		this.callParent();
	},
});

define('Proxmox.button.Help', {
	extend: 'Ext.button.Button',
	alias: 'widget.proxmoxHelpButton',
	text: 'Help',
	iconCls: 'fa fa-question-circle',
	onlineHelp: undefined,
	setOnlineHelp(onlineHelp: string) {
		this.onlineHelp = onlineHelp;
	},
	handler() {
		const { proxmoxOnlineHelpInfo: map } = globalThis as any;
		if (map[this.onlineHelp]) {
			open(location.origin + map[this.onlineHelp].link);
		} else {
			Ext.Msg.alert('Help', 'Part of Proxmox VE, not of this stand-in.');
		}
	},
});
