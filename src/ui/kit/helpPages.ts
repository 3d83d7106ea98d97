/** The pages of the help: id, which is also the name of `docs/guide/<id>.md`, and title. */
export function helpPages(): [id: string, title: string][] {
	return [
		['overview', gettext('Overview')],
		['checks', gettext('Check List')],
		['jails', gettext('Jails')],
		['bans', gettext('Bans')],
		['enforcement', gettext('Enforcement')],
		['ignore', gettext('Ignore List')],
		['filters', gettext('Filters')],
		['workbench', gettext('Workbench')],
		['options', gettext('Options')],
		['files', gettext('Configuration Files')],
		['changes', gettext('Change History')],
		['log', gettext('Log')],
		['protection', gettext('Set Up Protection')],
		['repair', gettext('Repair Configuration')],
		['lockout', gettext('Lockout Guard')],
		['permissions', gettext('Permissions')],
		['messages', gettext('Error Messages')],
	];
}

/** What `onlineHelp` of a screen is: `pve_fail2ban_<id>`. */
export function helpId(page: string): string {
	return `pve_fail2ban_${page.replaceAll('-', '_')}`;
}
