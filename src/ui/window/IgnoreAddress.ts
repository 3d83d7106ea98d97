import '../form/JailChoice.ts';
import { isAddress, isCidr, splitList } from '../lib/address.ts';
import { addIgnore, base } from '../lib/api.ts';
import { define } from '../lib/define.ts';
import { showFailure } from '../lib/failure.ts';
import type { Failure } from '../lib/request.ts';

/** Never bans addresses again, and lifts their bans (ui.md, 6). */
interface IgnoreAddress extends Proxmox.window.Edit {
	nodename: string;
	/** Proposed addresses. */
	addresses: string[];
	done: () => void;
}

function check(value: string): true | string {
	const entries = splitList(value);
	const good = entries.length > 0 && entries.every((entry) => isAddress(entry) || isCidr(entry));
	return good ? true : gettext('Not a valid IP address or CIDR.');
}

define<IgnoreAddress>('PVEFail2ban.window.IgnoreAddress', {
	extend: 'Proxmox.window.Edit',
	itemId: 'fail2banIgnore',
	title: gettext('Ignore Address'),
	isCreate: true,
	isAdd: true,
	width: 420,

	initComponent: function () {
		this.url = `${base(this.nodename)}/ignore`;
		this.items = [
			{
				xtype: 'textarea',
				name: 'ip',
				fieldLabel: gettext('IP/CIDR'),
				height: 80,
				value: this.addresses.join('\n'),
				allowBlank: false,
				validator: check,
			},
			{
				xtype: 'pveFail2banJailChoice',
				name: 'jail',
				fieldLabel: gettext('Scope'),
				nodename: this.nodename,
				withAll: true,
			},
			{
				xtype: 'textfield',
				name: 'comment',
				fieldLabel: gettext('Comment'),
				maxLength: 200,
				enforceMaxLength: true,
			},
			{ xtype: 'proxmoxcheckbox', name: 'unban', fieldLabel: gettext('Unban Now'), value: true },
		];
		this.callParent();
	},

	submit: function () {
		const { ip, jail, comment, unban } = this.getValues();
		addIgnore(
			this.nodename,
			{
				ip: splitList(String(ip)).join(','),
				...(jail && { jail: String(jail) }),
				...(comment && { comment: String(comment) }),
				unban: unban === '1',
			},
			this,
		).then(
			() => {
				this.done();
				this.close();
			},
			(failure: Failure) => {
				this.formPanel.getForm().markInvalid(failure.errors ?? {});
				showFailure(failure, this.nodename);
			},
		);
	},
});
