import { shared } from './shared.ts';
import { formatHtml } from './text.ts';

/**
 * What the second script brings: the large windows. Each one adds itself beside its own function, so that this module
 * imports none of them.
 */
// biome-ignore lint/suspicious/noEmptyInterface: each window declares its part of it
export interface Windows {}

/** The version of the second script, by its content. */
declare const WINDOWS_VERSION: string;

let loading: Promise<Windows> | undefined;

function load(): Promise<Windows> {
	const own = Ext.ns('PVEFail2ban');
	own.shared = shared;
	return new Promise((resolve, reject) => {
		const script = document.createElement('script');
		script.src = `/pve2/js/pve-fail2ban-windows.js?ver=${WINDOWS_VERSION}`;
		script.onload = () => resolve(own.windows as Windows);
		script.onerror = () => {
			script.remove();
			reject(new Error(script.src));
		};
		document.head.append(script);
	});
}

/**
 * Calls a function of the second script, which is loaded the first time: most visits to Proxmox VE's interface need
 * none of its windows.
 */
export function inWindows(use: (windows: Windows) => void): void {
	loading ??= load();
	loading.then(use, (error: Error) => {
		// the next click tries again
		loading = undefined;
		Ext.Msg.alert(gettext('Error'), formatHtml(gettext('Could not be loaded: {0}'), error.message));
	});
}
