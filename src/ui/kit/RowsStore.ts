import { answerOrder } from './answerOrder.ts';
import { define } from './define.ts';
import { translated } from './translated.ts';

/** The rows of a list, where an older answer that comes late shows nothing: it is of the past. */
interface RowsStore extends Proxmox.data.UpdateStore {
	isNews: WeakMap<Ext.data.Operation, () => boolean>;
	onProxyLoad(operation: Ext.data.Operation): void;
}

define<RowsStore>('PVEFail2ban.data.RowsStore', {
	extend: 'Proxmox.data.UpdateStore',

	constructor: function (this: RowsStore, config: object) {
		const ask = answerOrder();
		this.isNews = new WeakMap();
		this.callParent([config]);
		this.on('beforeload', (_store: unknown, operation: Ext.data.Operation) => {
			this.isNews.set(operation, ask());
		});
	},

	onProxyLoad: function (operation) {
		if (this.isNews.get(operation)?.()) {
			for (const { data } of operation.getRecords() ?? []) {
				translated(data);
			}
			this.callParent([operation]);
		}
	},
});

export function createRowsStore(config: object): Proxmox.data.UpdateStore {
	return Ext.create<RowsStore>('PVEFail2ban.data.RowsStore', config);
}
