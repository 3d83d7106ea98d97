import { helpId, helpPages } from './helpPages.ts';

const file = '/pve2/js/pve-fail2ban-help.html';

interface HelpEntry {
	link: string;
	title: string;
	subtitle: string;
}

/** Older releases of Proxmox VE name their map otherwise; where there is none, help buttons say so. */
declare const proxmoxOnlineHelpInfo: Record<string, HelpEntry> | undefined;
declare const pveOnlineHelpInfo: Record<string, HelpEntry> | undefined;

/** Enters our pages in the map that Proxmox VE's Help buttons look into. */
export function addHelp(): void {
	const map =
		typeof proxmoxOnlineHelpInfo === 'object'
			? proxmoxOnlineHelpInfo
			: typeof pveOnlineHelpInfo === 'object'
				? pveOnlineHelpInfo
				: undefined;
	if (map) {
		for (const [id, title] of helpPages()) {
			map[helpId(id)] = { link: `${file}#${id}`, title: gettext('Fail2ban'), subtitle: title };
		}
	}
}
