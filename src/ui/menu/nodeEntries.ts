import { helpId } from '../kit/helpPages.ts';

/** An entry of a menu of PVE's, which is also the configuration of its card. */
export interface MenuItem {
	xtype?: string;
	itemId?: string;
	title?: string;
	iconCls?: string;
	groups?: string[];
	nodename?: string;
	onlineHelp?: string;
	disabled?: boolean;
}

/** Below Fail2ban: xtype, the end of the id, title, icon, page of the help. */
type SubEntry = [xtype: string, id: string, title: string, icon: string, help: string];

/**
 * Puts Fail2ban and its sub-entries behind Firewall, or at the end where there is none. The entries are new
 * objects in each call, because PVE empties `groups`.
 * @param maySeeLog the user has Sys.Syslog
 */
export function addNodeEntries(items: MenuItem[], nodename: string, maySeeLog: boolean): void {
	const below: SubEntry[] = [
		['pveFail2banJails', 'jails', gettext('Jails'), 'lock', 'jails'],
		['pveFail2banBans', 'bans', gettext('Bans'), 'list-ol', 'bans'],
		['pveFail2banIgnore', 'ignore', gettext('Ignore List'), 'check-circle', 'ignore'],
		['pveFail2banFilters', 'filters', gettext('Filters'), 'filter', 'filters'],
		['pveFail2banOptions', 'options', gettext('Options'), 'gear', 'options'],
		['pveFail2banLog', 'log', gettext('Log'), 'list', 'log'],
	];
	const entries: MenuItem[] = [
		{
			xtype: 'pveFail2banOverview',
			itemId: 'fail2ban',
			title: gettext('Fail2ban'),
			iconCls: 'fa fa-ban',
			onlineHelp: helpId('overview'),
			nodename,
		},
		...below.map(([xtype, id, title, icon, help]) => ({
			xtype,
			itemId: `fail2ban-${id}`,
			title,
			iconCls: `fa fa-${icon}`,
			groups: ['fail2ban'],
			onlineHelp: helpId(help),
			disabled: id === 'log' && !maySeeLog,
			nodename,
		})),
	];
	const firewall = items.findIndex(({ itemId }) => itemId === 'firewall');
	items.splice(firewall < 0 ? items.length : firewall + 1, 0, ...entries);
}
