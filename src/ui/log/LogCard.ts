import '../kit/JailChoice.ts';
import '../kit/SearchField.ts';
import { base } from '../kit/api.ts';
import { controller, define } from '../kit/define.ts';
import { takeCardStart } from '../kit/openCard.ts';
import { type Failure, request } from '../kit/request.ts';
import { encode, format } from '../kit/text.ts';
import { resetJournal, showLastHour, watchSpans } from './journalSpans.ts';

/** fail2ban's own log, in PVE's view of a journal. */
interface LogCard extends Ext.panel.Panel {
	nodename: string;
}

declare global {
	interface XTypes {
		pveFail2banLog: LogCard;
	}
}

const levels = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

type JournalView = Proxmox.panel.JournalView;

const logController = controller<LogCard>()({
	hour(): Ext.button.Button {
		return this.getView().down('#hour');
	},

	lastHour(): void {
		showLastHour(this.getView().down<JournalView>('proxmoxJournalView'), this.hour());
	},

	limit(): void {
		const card = this.getView();
		const view = card.down<JournalView>('proxmoxJournalView');
		const value = (name: string) =>
			String(card.down<Ext.form.field.Base>(`#${name}`).getValue() ?? '').trim();
		const [jail, level, search] = ['jail', 'level', 'search'].map(value);
		const params = { ...(jail && { jail }), ...(level && { level }), ...(search && { search }) };
		const url = `${base(card.nodename)}/log?${Ext.Object.toQueryString(params)}`;
		if (view && view.url !== url) {
			view.url = url;
			resetJournal(view, this.hour());
		}
	},

	/** PVE's view does not show why a log cannot be read, so we ask before there is one. */
	open(): void {
		const card = this.getView();
		const { nodename } = card;
		const show = (item: Item) => {
			if (!card.destroyed) {
				card.add(item);
			}
		};
		request('GET', `${base(nodename)}/log`, { lastentries: 1 }, card).then(
			() => {
				show({ xtype: 'proxmoxJournalView', border: false, url: `${base(nodename)}/log?` });
				if (!card.destroyed) {
					this.hour().setDisabled(false);
					watchSpans(card.down<JournalView>('proxmoxJournalView'), this.hour());
					this.limit();
				}
			},
			({ message, html }: Failure) =>
				show({ xtype: 'component', itemId: 'none', margin: 20, html: message ? encode(message) : html }),
		);
	},
});

define<LogCard>('PVEFail2ban.panel.LogCard', {
	extend: 'Ext.panel.Panel',
	xtype: 'pveFail2banLog',
	controller: logController,
	layout: 'fit',
	listeners: { afterrender: 'open' },

	initComponent: function () {
		const change = { change: { fn: 'limit', buffer: 300 } };
		this.tbar = [
			{
				xtype: 'pveFail2banJailChoice',
				itemId: 'jail',
				nodename: this.nodename,
				withAll: true,
				value: takeCardStart('fail2ban-log').jail ?? '',
				width: 150,
				listeners: change,
			},
			{
				xtype: 'combobox',
				itemId: 'level',
				width: 170,
				editable: false,
				queryMode: 'local',
				value: '',
				store: [
					['', gettext('All Levels')],
					...levels.map((level) => [level, format(gettext('{0} and worse'), level)]),
				],
				listeners: change,
			},
			{ xtype: 'pveFail2banSearch', width: 250, maxLength: 200, listeners: change },
			'->',
			{
				xtype: 'button',
				itemId: 'hour',
				text: gettext('Last Hour'),
				enableToggle: true,
				disabled: true,
				toggleHandler: 'lastHour',
			},
		];
		this.callParent();
	},
});
