import type { IgnoreRow } from '../../contract/types.ts';
import '../kit/JailChoice.ts';
import { isAddress, isCidr, splitList } from '../kit/address.ts';
import { base } from '../kit/api.ts';
import { confirm } from '../kit/confirm.ts';
import { define } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { keepButtonsFresh } from '../kit/freshButtons.ts';
import { markFields } from '../kit/markFields.ts';
import type { Failure } from '../kit/request.ts';
import { isRoot } from '../kit/rights.ts';
import { encode, formatHtml } from '../kit/text.ts';
import { addIgnore } from '../lockout/calls.ts';

/** Never bans addresses again, and lifts their bans; of an entry that is there, edits the comment. */
interface IgnoreAddress extends Proxmox.window.Edit {
	nodename: string;
	/** Proposed addresses. */
	addresses: string[];
	/** The entry to be edited. */
	row: IgnoreRow | undefined;
	done: () => void;
	send(force: boolean): Promise<void>;
}

function check(value: string): true | string {
	const entries = splitList(value);
	const good = entries.length > 0 && entries.every((entry) => isAddress(entry) || isCidr(entry));
	return good ? true : gettext('Not a valid IP address or CIDR.');
}

define<IgnoreAddress>('PVEFail2ban.window.IgnoreAddress', {
	extend: 'Proxmox.window.Edit',
	itemId: 'fail2banIgnore',
	width: 420,
	onlineHelp: 'pve_fail2ban_ignore',

	initComponent: function () {
		const { row, nodename } = this;
		this.url = `${base(nodename)}/ignore`;
		this.isCreate = row === undefined;
		this.isAdd = this.isCreate;
		this.title = row ? formatHtml(gettext('Edit: {0}'), row.ip) : gettext('Ignore Address');
		const comment: Item = {
			xtype: 'textfield',
			name: 'comment',
			fieldLabel: gettext('Comment'),
			maxLength: 200,
			enforceMaxLength: true,
			value: row?.comment ?? '',
		};
		const scope = gettext('Scope');
		this.items = row
			? [
					{ xtype: 'displayfield', fieldLabel: gettext('IP/CIDR'), value: encode(row.ip) },
					{ xtype: 'displayfield', fieldLabel: scope, value: encode(row.jail ?? gettext('All Jails')) },
					comment,
				]
			: [
					{
						xtype: 'textarea',
						name: 'ip',
						fieldLabel: gettext('IP/CIDR'),
						emptyText: gettext('One per line, e.g. 192.0.2.7 or 10.0.0.0/24'),
						height: 80,
						value: this.addresses.join('\n'),
						allowBlank: false,
						validator: check,
					},
					{ xtype: 'pveFail2banJailChoice', name: 'jail', fieldLabel: scope, nodename, withAll: true },
					comment,
					{ xtype: 'proxmoxcheckbox', name: 'unban', fieldLabel: gettext('Unban Now'), value: true },
				];
		this.callParent();
		keepButtonsFresh(this);
	},

	send: async function (force) {
		const { row } = this;
		const { ip, jail, comment, unban } = this.getValues();
		const inJail = row ? row.jail : jail;
		await addIgnore(
			this.nodename,
			{
				ip: row?.ip ?? splitList(String(ip)).join(','),
				...(inJail && { jail: String(inJail) }),
				// an empty comment takes one away only where it was seen
				...((row || comment) && { comment: String(comment ?? '') }),
				...(!row && { unban: unban === '1' }),
				...(force && { force }),
			},
			this,
		);
		this.done();
		this.close();
	},

	submit: function () {
		this.send(false)
			.catch(async (thrown) => {
				const { status, message, errors } = thrown as Failure;
				if (status !== 409 || !errors.ip || !isRoot()) {
					throw thrown;
				}
				if (await confirm(encode(message), { dangerous: true, yes: gettext('Save Anyway') })) {
					await this.send(true);
				}
			})
			.catch((failure: Failure) => {
				markFields(this.formPanel.getForm(), failure.errors ?? {});
				showFailure(failure, this.nodename);
			});
	},
});
