/** The pages of the help: id, which is also the name of `docs/guide/<id>.md`, and title. */
export const helpPages: readonly (readonly [id: string, title: string])[] = [
	['overview', 'Overview'],
	['checks', 'Check List'],
	['jails', 'Jails'],
	['bans', 'Bans'],
	['enforcement', 'Enforcement'],
	['ignore', 'Ignore List'],
	['filters', 'Filters'],
	['workbench', 'Workbench'],
	['options', 'Options'],
	['files', 'Configuration Files'],
	['changes', 'Change History'],
	['log', 'Log'],
	['protection', 'Set Up Protection'],
	['repair', 'Repair Configuration'],
	['lockout', 'Lockout Guard'],
	['permissions', 'Permissions'],
	['messages', 'Error Messages'],
];

/** What `onlineHelp` of a screen is: `pve_fail2ban_<id>`. */
export function helpId(page: string): string {
	return `pve_fail2ban_${page.replaceAll('-', '_')}`;
}
