/** An entry of a menu of PVE's, which is also the configuration of its card. */
export interface MenuItem {
	xtype?: string;
	itemId?: string;
	title?: string;
	iconCls?: string;
	groups?: string[];
	nodename?: string;
}

/**
 * Puts Fail2ban and its sub-entries behind Firewall, or at the end where there is none. The entries are new
 * objects in each call, because PVE empties `groups`.
 */
export function addNodeEntries(items: MenuItem[], nodename: string): void {
	const entries: MenuItem[] = [
		{
			xtype: 'pveFail2banOverview',
			itemId: 'fail2ban',
			title: gettext('Fail2ban'),
			iconCls: 'fa fa-ban',
			nodename,
		},
		{
			xtype: 'pveFail2banJails',
			itemId: 'fail2ban-jails',
			title: gettext('Jails'),
			iconCls: 'fa fa-lock',
			groups: ['fail2ban'],
			nodename,
		},
		{
			xtype: 'pveFail2banBans',
			itemId: 'fail2ban-bans',
			title: gettext('Bans'),
			iconCls: 'fa fa-list-ol',
			groups: ['fail2ban'],
			nodename,
		},
	];
	const firewall = items.findIndex(({ itemId }) => itemId === 'firewall');
	items.splice(firewall < 0 ? items.length : firewall + 1, 0, ...entries);
}
