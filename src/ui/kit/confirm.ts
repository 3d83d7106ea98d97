/**
 * PVE's question before something is done; `dangerous` makes No the default, and `yes` names what is done instead of
 * Yes.
 */
export function confirm(
	message: Encoded,
	{ dangerous = false, yes }: { dangerous?: boolean; yes?: string } = {},
): Promise<boolean> {
	return new Promise((resolve) => {
		Ext.MessageBox.defaultButton = dangerous ? 2 : 1;
		Ext.Msg.show({
			title: gettext('Confirm'),
			icon: dangerous ? Ext.Msg.WARNING : Ext.Msg.QUESTION,
			message,
			buttons: Ext.Msg.YESNO,
			...(yes !== undefined && { buttonText: { yes, no: gettext('Cancel') } }),
			defaultFocus: dangerous ? 'no' : 'yes',
			callback: (button) => resolve(button === 'yes'),
		});
	});
}
