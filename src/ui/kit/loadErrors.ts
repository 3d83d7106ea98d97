import { encode, format } from './text.ts';
import { translatedErrors } from './translated.ts';

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

interface HttpError {
	status: number;
	statusText: string;
	response?: { responseText?: string };
}

function isHttpError(error: unknown): error is HttpError {
	return typeof error === 'object' && error !== null && 'statusText' in error;
}

/** What the server said, translated where it can be. */
function told({ statusText, response }: HttpError): string {
	try {
		const { errors } = JSON.parse(response?.responseText ?? '') as { errors?: Record<string, string> };
		return translatedErrors(statusText, errors ?? {}).message;
	} catch {
		// a page of a proxy is no JSON
		return statusText;
	}
}

/** The error of a failed load as HTML. PVE's own text is not encoded everywhere, so it is not used. */
export function loadErrorText(error: unknown, node: string): Encoded {
	if (!isHttpError(error) || !error.statusText) {
		return encode(gettext('Connection error'));
	}
	return encode(meaning(error.status, node) ?? `${told(error)} (${error.status})`);
}

/** Masks the component while the store cannot be loaded. */
export function maskLoadErrors(component: Ext.Component, store: Ext.data.Store, node: string): void {
	Proxmox.Utils.monStoreErrors(component, store, false, (error) => {
		Proxmox.Utils.setErrorMask(component, loadErrorText(error, node));
		return true;
	});
}
