import { define } from '../kit/define.ts';
import { helpId } from '../kit/helpPages.ts';
import { protectionController } from './controller.ts';
import { wizardPages } from './pages.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openProtection: typeof openProtection;
	}
}

/** Protects the log-ins of a node: preset, jails, ignore list, and what that changes. */
interface SetUpProtection extends Ext.window.Window {
	nodename: string;
	/** Told when the task has ended. */
	done: () => void;
}

declare global {
	interface XTypes {
		pveFail2banProtection: SetUpProtection;
	}
}

define<SetUpProtection>('PVEFail2ban.window.SetUpProtection', {
	extend: 'PVE.window.Wizard',
	xtype: 'pveFail2banProtection',
	itemId: 'fail2banProtection',
	title: gettext('Set Up Protection'),
	width: 760,
	height: 570,
	controller: protectionController,
	done: Ext.emptyFn,

	initComponent: function () {
		const controller = () =>
			this.getController() as typeof protectionController & { ready: boolean; finish(): void };
		this.items = wizardPages(
			() => controller().finish(),
			() => controller().ready,
		);
		this.callParent();
		// PVE's wizards bring it for pages of which part is hidden.
		this.down('toolbar proxmoxcheckbox')?.hide();
		const help = this.down<Proxmox.button.Help>('#help');
		help.setOnlineHelp(helpId('protection'));
		help.show();
	},
});

export function openProtection(nodename: string, done: () => void): void {
	Ext.create('PVEFail2ban.window.SetUpProtection', { autoShow: true, nodename, done });
}
