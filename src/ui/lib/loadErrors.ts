import { format } from './text.ts';

/** What it means that a list cannot be loaded, by HTTP status; null where the server's own words say more. */
function meaning(status: number, node: string): string | null {
	switch (status) {
		case 501:
			return format(gettext("pve-fail2ban is not installed on node '{0}'."), node);
		case 503:
			return gettext('The pve-fail2ban helper does not answer.');
		case 504:
			return gettext('fail2ban does not answer; a slow action may keep it busy.');
		default:
			return null;
	}
}

/** The error of a failed load as HTML. */
export function loadErrorText(error: unknown, node: string): Encoded {
	const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 0;
	const text = meaning(status, node);
	return text === null ? Proxmox.Utils.getResponseErrorMessage(error) : Ext.htmlEncode(text);
}

/** Masks the component while the store cannot be loaded. */
export function maskLoadErrors(component: Ext.Component, store: Ext.data.Store, node: string): void {
	Proxmox.Utils.monStoreErrors(component, store, false, (error) => {
		Proxmox.Utils.setErrorMask(component, loadErrorText(error, node));
		return true;
	});
}
