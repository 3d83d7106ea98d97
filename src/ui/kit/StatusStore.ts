import type { Status } from '../../contract/types.ts';
import { listUrl } from './api.ts';
import { define } from './define.ts';
import { confirmProvisional } from './provisional.ts';
import { translated } from './translated.ts';

/**
 * The one poll of a card: GET /status each 4 s. Fires `status` (status, changed) after each answer; `changed`
 * says that lists loaded before are out of date.
 */
export interface StatusStore extends Proxmox.data.UpdateStore {
	nodename: string;
	last: Status | undefined;
	onAnswer(store: Ext.data.Store, records: Ext.data.Record<Status>[] | null, success: boolean): void;
}

define<StatusStore>('PVEFail2ban.data.StatusStore', {
	extend: 'Proxmox.data.UpdateStore',

	constructor: function (this: StatusStore, config: { nodename: string }) {
		this.callParent([
			{
				// UpdateStore waits twice the load time on top, and a ban shall show within 5 s
				interval: 4000,
				fields: [],
				proxy: { type: 'proxmox', url: listUrl(config.nodename, 'status') },
			},
		]);
		this.nodename = config.nodename;
		this.on('load', this.onAnswer, this);
	},

	onAnswer: function (_store, records, success) {
		const status = translated(records?.[0]?.data);
		if (!success || !status) {
			return;
		}
		// Failures are counted without a new token, and the lists show them too.
		const changed = this.last?.token !== status.token || this.last.failed !== status.failed;
		this.last = status;
		this.fireEvent('status', status, changed);
		if (status.provisional?.user === Proxmox.UserName) {
			confirmProvisional(this.nodename, status.provisional);
		}
	},
});

/** The poll of a card, not yet started. */
export function createStatusStore(node: string): StatusStore {
	return Ext.create<StatusStore>('PVEFail2ban.data.StatusStore', { nodename: node } as object);
}
