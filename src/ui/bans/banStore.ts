import { listUrl } from '../kit/api.ts';
import '../kit/rows.ts';

/** Rows asked for at once. */
const page = 200;

/** The bans of a node, loaded a page at a time as the list is scrolled, sorted and searched by the server. */
export function createBanStore(node: string, jail: string | undefined): Ext.data.Store {
	return Ext.create<Ext.data.Store>('Ext.data.BufferedStore', {
		model: 'pve-fail2ban-ban',
		pageSize: page,
		leadingBufferZone: page,
		trailingBufferZone: page,
		remoteSort: true,
		sorters: [{ property: 'since', direction: 'DESC' }],
		proxy: {
			type: 'proxmox',
			url: listUrl(node, 'bans'),
			startParam: 'start',
			limitParam: 'limit',
			sortParam: 'sort',
			directionParam: 'dir',
			simpleSortMode: true,
			extraParams: jail ? { jail } : {},
			reader: { type: 'json', rootProperty: 'data', totalProperty: 'total' },
		},
	});
}
