/**
 * Gives the topmost window the keyboard when nothing has it, as after its focused button was disabled: Escape must
 * still close it.
 */
export function focusTopWindow(): void {
	// a window that is being closed is the topmost one until it is gone
	setTimeout(() => {
		if (document.activeElement === document.body) {
			Ext.WindowManager.getActive()?.focus();
		}
	});
}
