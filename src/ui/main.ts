import { addHelp } from './kit/help.ts';
import './menu/NodeMenu.ts';
import './lockout/NotApplied.ts';

Proxmox.Utils.override_task_descriptions({
	f2bstart: ['', gettext('Start fail2ban')],
	f2bstop: ['', gettext('Stop fail2ban')],
	f2brestart: ['', gettext('Restart fail2ban')],
	f2breload: ['', gettext('Reload fail2ban')],
	f2bunban: ['', gettext('Unban')],
	f2benforcement: ['', gettext('Re-apply bans')],
	f2bscan: [gettext('Jail'), gettext('Scan log')],
	f2bdefaults: ['', gettext('Change defaults')],
	f2bsettings: ['', gettext('Change server options')],
	f2bjailreload: [gettext('Jail'), gettext('Reload')],
	f2bjailrestart: [gettext('Jail'), gettext('Restart')],
	f2bjail: [gettext('Jail'), gettext('Change')],
	f2bprotection: ['', gettext('Set Up Protection')],
	f2brepair: ['', gettext('Repair Configuration')],
	f2bchanges: ['', gettext('Revert a change')],
	f2bfilters: ['', gettext('Change filter')],
	f2bfile: ['', gettext('Change configuration file')],
});

addHelp();
