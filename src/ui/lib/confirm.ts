/** PVE's question before something is done; `dangerous` makes No the default. */
export function confirm(message: Encoded, { dangerous = false } = {}): Promise<boolean> {
	return new Promise((resolve) => {
		Ext.MessageBox.defaultButton = dangerous ? 2 : 1;
		Ext.Msg.show({
			title: gettext('Confirm'),
			icon: dangerous ? Ext.Msg.WARNING : Ext.Msg.QUESTION,
			message,
			buttons: Ext.Msg.YESNO,
			defaultFocus: dangerous ? 'no' : 'yes',
			callback: (button) => resolve(button === 'yes'),
		});
	});
}
