import { define } from '../kit/define.ts';

/** A check box that can also be told to give its option back to the inherited value. */
interface OptionBox extends Proxmox.form.Checkbox {
	resetting: boolean;
	/** What the option is when it is given back. */
	inheritedValue: boolean;
	giveBack(): void;
	onUserChange(): void;
}

declare global {
	interface XTypes {
		pveFail2banOptionBox: OptionBox;
	}
}

define<OptionBox>('PVEFail2ban.form.OptionBox', {
	extend: 'Proxmox.form.Checkbox',
	xtype: 'pveFail2banOptionBox',
	resetting: false,
	inheritedValue: false,

	initComponent: function () {
		this.callParent();
		this.on('change', this.onUserChange, this);
	},

	giveBack: function () {
		this.setValue(this.inheritedValue);
		// After the change event, which takes it for a choice of the user.
		this.resetting = true;
		this.checkDirty();
	},

	onUserChange: function () {
		this.resetting = false;
	},

	// The value may be the same once it is inherited, but the file changes.
	isDirty: function () {
		return this.resetting || this.getValue() !== this.originalValue;
	},

	reset: function () {
		this.resetting = false;
		this.callParent();
		this.checkDirty();
	},
});
