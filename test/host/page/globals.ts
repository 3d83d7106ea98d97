import { Ext, provide } from './ext.ts';
import { requestUtils } from './requests.ts';
import { textUtils } from './texts.ts';

provide({
	/** There is no catalog here: English only. */
	gettext: (text: string) => text,
	ngettext: (one: string, many: string, n: number) => (n === 1 ? one : many),
	proxmoxOnlineHelpInfo: {},
	Proxmox: {
		NodeName: 'pve1',
		UserName: null,
		CSRFPreventionToken: null,
		Setup: { auth_cookie_name: 'PVEAuthCookie' },
		Utils: { ...textUtils, ...requestUtils },
	},
	PVE: { Utils: {} },
});

Ext.BLANK_IMAGE_URL = 'data:image/gif;base64,R0lGODlhAQABAID/AMDAwAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==';
