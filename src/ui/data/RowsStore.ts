import { define } from '../lib/define.ts';

/** The rows of a list. Of loads that overlap the last one counts: an older answer that comes late shows the past. */
interface RowsStore extends Proxmox.data.UpdateStore {
	newest: Ext.data.Operation | undefined;
	onProxyLoad(operation: Ext.data.Operation): void;
}

define<RowsStore>('PVEFail2ban.data.RowsStore', {
	extend: 'Proxmox.data.UpdateStore',

	constructor: function (this: RowsStore, config: object) {
		this.callParent([config]);
		this.on('beforeload', (_store: unknown, operation: Ext.data.Operation) => {
			this.newest = operation;
		});
	},

	onProxyLoad: function (operation) {
		if (operation === this.newest) {
			this.callParent([operation]);
		}
	},
});

export function createRowsStore(config: object): Proxmox.data.UpdateStore {
	return Ext.create<RowsStore>('PVEFail2ban.data.RowsStore', config);
}
