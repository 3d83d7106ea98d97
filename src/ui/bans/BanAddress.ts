import { keepButtonsFresh } from '../kit/freshButtons.ts';
import type { JailChoice } from '../kit/JailChoice.ts';
import '../kit/JailChoice.ts';
import { isAddress, splitList } from '../kit/address.ts';
import { base } from '../kit/api.ts';
import { controller, define } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { markFields } from '../kit/markFields.ts';
import type { Failure } from '../kit/request.ts';
import { count, encode, format, plural } from '../kit/text.ts';
import { parseTime, timeInWords } from '../kit/time.ts';
import { guarded } from '../lockout/lockout.ts';
import { createBans } from './calls.ts';

/** Bans addresses by hand. */
interface BanAddress extends Proxmox.window.Edit {
	nodename: string;
	/** Proposed jail. */
	jail: string | undefined;
	/** Proposed address. */
	address: string;
	done: () => void;
}

function check(value: string): true | string {
	const entries = splitList(value);
	return entries.length > 0 && entries.every(isAddress) ? true : gettext('Not a valid IP address.');
}

const banAddressController = controller<BanAddress>()({
	showDuration(choice: JailChoice): void {
		const bantime = choice.chosen()?.bantime;
		const seconds = bantime === undefined ? null : parseTime(bantime);
		const text =
			seconds === -1
				? gettext("Banned permanently, the jail's Ban Time.")
				: format(gettext("Banned for {0}, the jail's Ban Time."), timeInWords(seconds ?? 0));
		this.getView()
			.down<Ext.Component>('#duration')
			.setHtml(seconds === null ? '' : encode(text));
	},
});

define<BanAddress>('PVEFail2ban.window.BanAddress', {
	extend: 'Proxmox.window.Edit',
	itemId: 'fail2banBan',
	title: gettext('Ban Address'),
	isCreate: true,
	submitText: gettext('Ban'),
	width: 420,
	controller: banAddressController,

	initComponent: function () {
		this.url = `${base(this.nodename)}/bans`;
		this.items = [
			{
				xtype: 'textarea',
				name: 'ip',
				fieldLabel: gettext('IP Address'),
				emptyText: gettext('One address per line'),
				height: 80,
				value: this.address,
				allowBlank: false,
				validator: check,
			},
			{
				xtype: 'pveFail2banJailChoice',
				name: 'jail',
				fieldLabel: gettext('Jail'),
				nodename: this.nodename,
				wanted: this.jail,
				allowBlank: false,
				listeners: { change: 'showDuration', jails: 'showDuration' },
			},
			{ xtype: 'component', itemId: 'duration', cls: 'pmx-hint', padding: 5, html: '&#160;' },
		];
		this.callParent();
		keepButtonsFresh(this);
	},

	submit: function () {
		const node = this.nodename;
		const { ip, jail } = this.getValues();
		const params = { ip: splitList(String(ip)).join(','), jail: String(jail) };
		guarded({
			node,
			call: ({ force = false }) => createBans(node, { ...params, ...(force && { force }) }, this),
			anyway: gettext('Ban Anyway'),
		}).then(
			(answer) => {
				if (answer === null) {
					return;
				}
				this.done();
				this.close();
				if (answer.already > 0) {
					const text = plural(
						answer.already,
						'{0} address was already banned.',
						'{0} addresses were already banned.',
					);
					Ext.Msg.alert(gettext('Ban Address'), encode(format(text, count(answer.already))));
				}
			},
			(failure: Failure) => {
				markFields(this.formPanel.getForm(), failure.errors ?? {});
				showFailure(failure, node);
			},
		);
	},
});
