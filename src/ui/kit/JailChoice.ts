import type { JailRow } from '../../contract/types.ts';
import { listJails } from './calls.ts';
import { define } from './define.ts';

/** A choice among the jails that run, with or without All Jails on top (whose value is empty). */
export interface JailChoice extends Ext.form.field.ComboBox {
	nodename: string;
	withAll: boolean;
	/** What the list was made from. */
	jails: JailRow[];
	/** Chosen as soon as it is known. */
	wanted: string | undefined;
	loadJails(): void;
	showJails(rows: JailRow[]): void;
	chosen(): JailRow | undefined;
}

declare global {
	interface XTypes {
		pveFail2banJailChoice: JailChoice;
	}
}

define<JailChoice>('PVEFail2ban.form.JailChoice', {
	extend: 'Ext.form.field.ComboBox',
	xtype: 'pveFail2banJailChoice',
	editable: false,
	queryMode: 'local',
	displayField: 'text',
	valueField: 'jail',
	jails: [],

	initComponent: function () {
		// Long names are cut in the field, not in the list.
		this.listConfig = { minWidth: 180, getInnerTpl: () => '{text:htmlEncode}' };
		this.store = Ext.create('Ext.data.Store', {
			fields: ['jail', 'text'],
			data: this.withAll ? [{ jail: '', text: gettext('All Jails') }] : [],
		});
		if (this.withAll) {
			this.value = '';
		}
		this.callParent();
		this.loadJails();
		this.on('expand', () => this.loadJails());
	},

	loadJails: function () {
		listJails(this.nodename).then(
			(rows) => this.destroyed || this.showJails(rows),
			// The card around shows that the node does not answer.
			() => undefined,
		);
	},

	showJails: function (rows) {
		const before = this.jails.map(({ jail }) => jail).join('\n');
		this.jails = rows.filter(({ running, banned }) => running || banned > 0);
		// New data closes an open list, so only when there is something new.
		if (this.jails.map(({ jail }) => jail).join('\n') !== before) {
			const all = this.withAll ? [{ jail: '', text: gettext('All Jails') }] : [];
			const names = this.jails.map(({ jail }) => ({ jail, text: jail }));
			const value = this.getValue();
			this.getStore().loadData([...all, ...names]);
			const first = this.jails.some(({ jail }) => jail === this.wanted) ? this.wanted : this.jails[0]?.jail;
			this.setValue(value ?? first ?? null);
		}
		this.fireEvent('jails', this);
	},

	chosen: function () {
		const value = this.getValue();
		return this.jails.find(({ jail }) => jail === value);
	},
});
