import type { BanDetail, BanEvent, BanOfJail } from '../../contract/types.ts';
import '../kit/RightButton.ts';
import { controller, define } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { renderCount, renderEnforced, renderLong, renderMoment } from '../kit/render.ts';
import type { Failure } from '../kit/request.ts';
import { copy } from '../kit/rowMenu.ts';
import { markLine } from '../kit/testLine.ts';
import { encode, formatHtml } from '../kit/text.ts';
import { banEventText, eventRows, noLinesText } from './banWords.ts';
import { getBan } from './calls.ts';
import '../ignore/IgnoreAddress.ts';
import { unbanAddresses } from './unbanAddresses.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		showWhyBanned: typeof showWhyBanned;
	}
}

/** Why an address is banned, whether the firewall enforces it, and what happened before. */
interface WhyBanned extends Ext.window.Window {
	nodename: string;
	ip: string;
	/** Told after a change. */
	done: () => void;
	detail: BanDetail;
	showDetail(): void;
}

const asInLog = 'font:12px monospace;white-space:pre-wrap;overflow-wrap:anywhere';

/** The lines of all jails, each jail by its name where there are several. */
function linesHtml(jails: BanOfJail[]): Encoded {
	return jails
		.map((ban) => {
			const lines = ban.lines?.map(({ text, spans }) => `<div>${markLine(text, spans)}</div>`).join('');
			const head = jails.length > 1 ? `<b>${encode(ban.jail)}</b><br>` : '';
			return `<div style="margin-bottom:5px">${head}${lines || encode(noLinesText(ban))}</div>`;
		})
		.join('');
}

/** Everything that the window shows, as text. */
function asText({ ip, jails, history }: BanDetail): string {
	const time = (seconds: number | null) =>
		seconds === null ? gettext('never') : Proxmox.Utils.render_timestamp(seconds);
	return [
		ip,
		...jails.flatMap((ban) => [
			[ban.jail, time(ban.since), time(ban.until), ban.count].join('\t'),
			...(ban.lines?.map(({ text }) => text) ?? []),
		]),
		...eventRows(history).map((event) => [time(event.time), event.jail, banEventText(event)].join('\t')),
	].join('\n');
}

const whyController = controller<WhyBanned>()({
	copy(): void {
		copy(asText(this.getView().detail));
	},

	changed(): void {
		const view = this.getView();
		view.done();
		view.close();
	},

	ignore(): void {
		const { nodename, ip } = this.getView();
		Ext.create('PVEFail2ban.window.IgnoreAddress', {
			autoShow: true,
			nodename,
			addresses: [ip],
			done: () => this.changed(),
		});
	},

	unban(): void {
		const view = this.getView();
		const rows = view.detail.jails.map(({ jail }) => ({ ip: view.ip, jail }));
		unbanAddresses(view.nodename, rows, () => this.changed(), view);
	},
});

function grid(itemId: string, emptyText: string, config: object): Item {
	return {
		xtype: 'grid',
		itemId,
		border: false,
		disableSelection: true,
		store: { fields: [], data: [] },
		viewConfig: { enableTextSelection: true, trackOver: false, stripeRows: false, emptyText },
		...config,
	} as Item;
}

define<WhyBanned>('PVEFail2ban.window.WhyBanned', {
	extend: 'Ext.window.Window',
	itemId: 'fail2banWhy',
	modal: true,
	width: 760,
	controller: whyController,
	layout: { type: 'vbox', align: 'stretch' },

	initComponent: function () {
		const { nodename } = this;
		this.title = formatHtml(gettext('Why Banned: {0}'), this.ip);
		this.height = Math.min(540, window.innerHeight - 60);
		this.items = [
			grid('jails', gettext('Nobody bans this address now.'), {
				maxHeight: 120,
				minHeight: 60,
				columns: [
					{ text: gettext('Jail'), dataIndex: 'jail', flex: 1, renderer: renderLong },
					{ text: gettext('Since'), dataIndex: 'since', width: 150, renderer: renderMoment },
					{ text: gettext('Until'), dataIndex: 'until', width: 150, renderer: renderMoment },
					{ text: gettext('Count'), dataIndex: 'count', width: 80, align: 'right', renderer: renderCount },
					{
						text: gettext('In Firewall'),
						dataIndex: 'enforced',
						width: 100,
						align: 'center',
						renderer: renderEnforced,
					},
				],
			}),
			{ xtype: 'component', itemId: 'leak', userCls: 'pmx-hint', padding: 5, hidden: true, html: '' },
			{
				xtype: 'panel',
				itemId: 'lines',
				title: gettext('Log Lines'),
				border: false,
				flex: 1,
				scrollable: 'y',
				bodyPadding: 5,
				bodyStyle: asInLog,
				html: '',
			},
			grid('history', gettext('No earlier events are recorded.'), {
				title: gettext('History'),
				flex: 1,
				columns: [
					{ text: gettext('Time'), dataIndex: 'time', width: 150, renderer: renderMoment },
					{ text: gettext('Jail'), dataIndex: 'jail', width: 90, renderer: renderLong },
					{
						text: gettext('Event'),
						dataIndex: 'event',
						flex: 1,
						renderer: (_value: unknown, _meta: unknown, { data }: Ext.data.Record<BanEvent>) =>
							encode(banEventText(data)),
					},
				],
			}),
		];
		const right = (itemId: string, text: string): Item => ({
			xtype: 'pveFail2banButton',
			itemId,
			nodename,
			right: 'modify',
			text,
			handler: itemId,
		});
		this.fbar = [
			{ xtype: 'button', itemId: 'copy', text: gettext('Copy'), handler: 'copy' },
			'->',
			right('ignore', gettext('Ignore')),
			right('unban', gettext('Unban')),
			{ xtype: 'button', itemId: 'close', text: gettext('Close'), handler: () => this.close() },
		];
		this.callParent();
		this.on('afterrender', () => {
			getBan(nodename, this.ip, this).then(
				(detail) => {
					if (!this.destroyed) {
						this.detail = detail;
						this.showDetail();
					}
				},
				(failure: Failure) => {
					this.close();
					showFailure(failure, nodename);
				},
			);
		});
	},

	showDetail: function () {
		const { jails, history, complete } = this.detail;
		const leaks = jails.some(({ enforced }) => enforced !== null && !enforced);
		this.down<Ext.grid.Panel>('#jails').getStore().loadData(jails);
		const leak = gettext(
			'fail2ban counts this address as banned, but the firewall lets it in. Restart fail2ban.',
		);
		this.down<Ext.Component>('#leak').setHtml(leaks ? encode(leak) : '');
		this.down<Ext.Component>('#leak').setHidden(!leaks);
		this.down<Ext.Component>('#lines').setHtml(linesHtml(jails));
		const rows = this.down<Ext.grid.Panel>('#history');
		rows.getStore().loadData(eventRows(history));
		if (!complete) {
			rows.setTitle(gettext('History (older log entries were not read)'));
		}
	},
});

/** Opens the window; `done` is told after a change. */
export function showWhyBanned(nodename: string, ip: string, done: () => void): void {
	Ext.create('PVEFail2ban.window.WhyBanned', { autoShow: true, nodename, ip, done });
}
