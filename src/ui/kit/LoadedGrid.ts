import { listUrl } from './api.ts';
import { define } from './define.ts';
import { maskLoadErrors } from './loadErrors.ts';
import { createRowsStore } from './RowsStore.ts';
import { createStatusStore, type StatusStore } from './StatusStore.ts';

/** A list that is loaded as a whole, and anew whenever the poll of its card says that something changed. */
export interface LoadedGrid<Row = unknown> extends Ext.grid.Panel {
	nodename: string;
	/** The poll; given where the list is part of another card, which then starts and ends it. */
	status: StatusStore;
	embedded: boolean;
	/** Its call, after which its model is named, and the field by which it is sorted. */
	list: 'jails' | 'filters' | 'ignore';
	sortedBy: string;
	extraParams: object;
	rows: Proxmox.data.UpdateStore;
	/** Called when the card is shown. */
	start(): void;
	onRows(records: Ext.data.Record<Row>[]): void;
	/** After a write: the list and the poll at once instead of within 5 s. */
	renew(): void;
	/** Lists only these rows. */
	limitTo(fits: (row: Row) => boolean): void;
}

define<LoadedGrid>('PVEFail2ban.grid.Loaded', {
	extend: 'Ext.grid.Panel',
	stateful: true,
	embedded: false,
	extraParams: {},
	onRows: Ext.emptyFn,

	initComponent: function () {
		const { nodename, embedded, list, extraParams } = this;
		const status = this.status ?? createStatusStore(nodename);
		const rows = createRowsStore({
			model: `pve-fail2ban-${list}`,
			proxy: { type: 'proxmox', url: listUrl(nodename, list), extraParams },
		});
		this.status = status;
		this.rows = rows;
		this.store = Ext.create('Proxmox.data.DiffStore', { rstore: rows, sorters: this.sortedBy });
		this.columns = this.columns.map((column) => ({ ...column }));
		this.callParent();

		// On the view: the poll's success must not lift the mask of a list that failed.
		maskLoadErrors(this.getView(), rows, nodename);
		this.mon(rows, 'load', (_store: unknown, records: Ext.data.Record[] | null, success: boolean) => {
			if (!success || !records) {
				// Else the list would stay as it is until the next change.
				status.last = undefined;
				return;
			}
			this.onRows(records);
			this.fireEvent('selectionchange', this.getSelectionModel(), this.getSelection());
		});
		this.mon(status, 'status', (_status: unknown, changed: boolean) => {
			if (changed) {
				rows.load();
			}
		});
		if (!embedded) {
			maskLoadErrors(this, status, nodename);
			this.on('activate', () => this.start());
		}
		this.on('destroy', () => {
			rows.destroy();
			if (!embedded) {
				status.destroy();
			}
		});
	},

	start: function () {
		this.status.startUpdate();
	},

	renew: function () {
		if (!this.destroyed) {
			this.rows.load();
			this.status.load();
		}
	},

	limitTo: function (fits) {
		const store = this.getStore();
		// Each filter is added to those before.
		store.clearFilter(true);
		store.filterBy(({ data }) => fits(data));
	},
});
