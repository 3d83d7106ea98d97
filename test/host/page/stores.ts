import { define, Ext } from './ext.ts';

define('Proxmox.RestProxy', {
	extend: 'Ext.data.proxy.Rest',
	alias: 'proxy.proxmox',
	pageParam: null,
	startParam: null,
	limitParam: null,
	groupParam: null,
	sortParam: null,
	filterParam: null,
	noCache: false,

	constructor(config: any) {
		const reader = { responseType: undefined, type: 'json', rootProperty: config.root ?? 'data' };
		this.callParent([{ reader, ...config }]);
	},
	afterRequest(request: unknown, success: boolean) {
		this.fireEvent('afterload', this, request, success);
	},
});

define('KeyValue', { extend: 'Ext.data.Model', fields: ['key', 'value'], idProperty: 'key' });

/** Loads again and again between startUpdate and stopUpdate, `interval` ms after a load and its doubled time. */
define('Proxmox.data.UpdateStore', {
	extend: 'Ext.data.Store',
	alias: 'store.update',
	config: { interval: 3000, isStopped: true, autoStart: false },

	constructor(config: any) {
		this.updateTask = new Ext.util.DelayedTask(() => this.updateNow());
		const { interval = 3000, ...rest } = config ?? {};
		this.callParent([{ ...rest, interval }]);
		if (this.getAutoStart()) {
			this.startUpdate();
		}
	},
	updateNow() {
		if (this.destroyed || this.getIsStopped()) {
			return;
		}
		const start = Date.now();
		this.load(() => {
			if (!this.destroyed && !this.getIsStopped()) {
				this.updateTask.delay(this.getInterval() + (Date.now() - start) * 2);
			}
		});
	},
	startUpdate() {
		this.setIsStopped(false);
		this.updateTask.delay(1);
	},
	stopUpdate() {
		this.setIsStopped(true);
		this.updateTask.cancel();
	},
	destroy() {
		this.updateTask.cancel();
		this.callParent();
	},
});

/** Follows `rstore` and tells its view only once per load, so a grid neither flickers nor loses its selection. */
define('Proxmox.data.DiffStore', {
	extend: 'Ext.data.Store',
	alias: 'store.diff',
	sortAfterUpdate: false,
	autoDestroyRstore: false,

	constructor(config: any) {
		if (!config?.rstore) {
			throw new Error('DiffStore: no rstore');
		}
		const given = config.rstore;
		const owns = !given.isInstance;
		const rstore = owns ? Ext.create(`store.${given.type}`, given) : given;
		this.callParent([
			{ autoDestroyRstore: owns, ...config, rstore, model: rstore.getModel(), proxy: 'memory' },
		]);
		this.rstore = rstore;
		if (rstore.isLoaded()) {
			this.follow(true);
		}
		this.mon(rstore, 'load', (_store: unknown, _records: unknown, success: boolean) => this.follow(success));
	},
	follow(success: boolean) {
		if (!success || this.destroyed) {
			return;
		}
		this.suspendEvents();
		const all = this.getData().getSource() ?? this.getData();
		this.remove(all.getRange().filter((record: any) => !this.rstore.getById(record.getId())));
		for (const fresh of this.rstore.getRange()) {
			this.take(fresh);
		}
		this.filter();
		if (this.sortAfterUpdate) {
			this.sort();
		}
		this.resumeEvents();
		this.fireEvent('refresh', this);
		this.fireEvent('datachanged', this);
	},
	take(fresh: any) {
		const old = this.getById(fresh.getId());
		if (!old) {
			this.add(this.getModel().create({ ...fresh.data }));
			return;
		}
		old.beginEdit();
		for (const { name } of old.getFields()) {
			if (old.data[name] !== fresh.data[name]) {
				old.set(name, fresh.data[name]);
			}
		}
		old.endEdit(true);
		old.commit(true);
	},
	doDestroy() {
		if (this.autoDestroyRstore) {
			this.rstore.destroy();
		}
		this.rstore = null;
		this.callParent();
	},
});

/** An object of the API as rows of key and value. */
define('Proxmox.data.ObjectStore', {
	extend: 'Proxmox.data.UpdateStore',
	alias: 'store.proxmoxobject',

	constructor(config: any) {
		const transform = ({ data, ...rest }: any) => ({
			...rest,
			data: Object.entries(data ?? {}).map(([key, value]) => ({ key, value })),
		});
		const reader = { type: 'json', rootProperty: 'data', transform };
		this.callParent([{ model: 'KeyValue', proxy: { type: 'proxmox', url: config.url, reader }, ...config }]);
	},
	getValue(key: string) {
		return this.getById(key)?.get('value');
	},
});
