/**
 * Lets the buttons of an edit window follow what was typed last. ExtJS reports that a form became valid or dirty a
 * moment after its fields and only where that differs from its last report; when fields change faster than that, OK
 * may stay greyed out although the form is valid and dirty.
 */
export function keepButtonsFresh(window: Proxmox.window.Edit): void {
	const form = window.formPanel.getForm();
	const renew = () => {
		if (!window.destroyed) {
			form.fireEvent('dirtychange', form, form.isDirty());
		}
	};
	for (const field of window.query<Ext.form.field.Base>('[isFormField]')) {
		field.on('change', renew, window, { buffer: 50 });
	}
}
