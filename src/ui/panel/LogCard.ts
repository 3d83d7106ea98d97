import '../form/JailChoice.ts';
import '../form/SearchField.ts';
import { base } from '../lib/api.ts';
import { controller, define } from '../lib/define.ts';
import { takeJump } from '../lib/jump.ts';
import { type Failure, request } from '../lib/request.ts';
import { encode, format } from '../lib/text.ts';

/** fail2ban's own log, in PVE's view of a journal (ui.md, 10). */
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

/** Empties the view and loads anew, as PVE 9 does after a change of its own filters; PVE 8 cannot. */
export function resetJournal(view: JournalView): void {
	const journal = view.getController() as Proxmox.panel.JournalController;
	if (journal.running && !journal.updateViewLater) {
		// the answer on its way is to the question before; as an inline controller its methods are its own
		const { updateView } = journal;
		journal.updateViewLater = updateView;
		journal.updateView = () => {
			journal.updateView = updateView;
			delete journal.updateViewLater;
		};
	}
	delete view.startcursor;
	delete view.endcursor;
	delete view.content;
	journal.lookup('content').setHtml('');
	if (view.getViewModel().get<boolean>('livemode')) {
		view.scrollToEnd = true;
		view.loadTask.delay(200, undefined, undefined, [true, false]);
	} else {
		// PVE 8 moves the end on by a day with each load
		const until = view.getViewModel().get<Date>('until');
		const before = until.getTime();
		journal.updateParams();
		until.setTime(before);
	}
}

const logController = controller<LogCard>()({
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
			resetJournal(view);
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
				value: takeJump('fail2ban-log').jail ?? '',
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
		];
		this.callParent();
	},
});
