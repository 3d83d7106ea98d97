import type { JailPreview as Preview, PreviewedAddress } from '../../contract/types.ts';
import { define } from '../kit/define.ts';
import { renderCount } from '../kit/render.ts';
import type { Failure } from '../kit/request.ts';
import { hasNodePrivilege } from '../kit/rights.ts';
import { count, encode, format, plural } from '../kit/text.ts';
import { critical, previewText, remarkText } from './previewWords.ts';
import { previewJail } from './windowCalls.ts';

/** Whom the options in a form would ban, by the failures in the jail's own log. */
export interface JailPreview extends Ext.container.Container {
	nodename: string;
	answer: Preview | undefined;
	/** What is to be asked next, as text, and what was asked last. */
	wanted: string;
	asked: string;
	busy: boolean;
	timer: number;
	/** The form holds these changes of a jail; null: none that can be looked at. */
	follow(jail: string, changes: object | null): void;
	ask(): void;
	say(html: Encoded, more?: boolean): void;
	showAnswer(answer: Preview): void;
	open(): void;
}

declare global {
	interface XTypes {
		pveFail2banJailPreview: JailPreview;
	}
}

/** Milliseconds after the last key. */
const typingPauseMs = 1000;

define<JailPreview>('PVEFail2ban.form.JailPreview', {
	extend: 'Ext.container.Container',
	xtype: 'pveFail2banJailPreview',
	itemId: 'preview',
	hidden: true,
	layout: { type: 'hbox', align: 'middle' },
	padding: '0 10 5 10',
	minHeight: 30,
	wanted: '',
	asked: '',
	busy: false,
	timer: 0,

	initComponent: function () {
		this.items = [
			{ xtype: 'component', itemId: 'text', flex: 1, style: 'overflow-wrap: anywhere' },
			{ xtype: 'button', itemId: 'show', text: gettext('Show'), handler: () => this.open() },
		];
		this.callParent();
		this.on('destroy', () => window.clearTimeout(this.timer));
	},

	follow: function (jail, changes) {
		const wanted = changes === null ? '' : JSON.stringify([jail, changes]);
		if (wanted === this.wanted || !hasNodePrivilege('Sys.Syslog')) {
			return;
		}
		this.wanted = wanted;
		this.asked = '';
		window.clearTimeout(this.timer);
		this.setHidden(wanted === '');
		if (wanted !== '') {
			this.say(
				`<i class="fa fa-spinner fa-spin"></i> ${encode(gettext('Checking which addresses would be banned…'))}`,
			);
			this.timer = window.setTimeout(() => this.ask(), typingPauseMs);
		}
	},

	ask: function () {
		const { wanted } = this;
		if (this.busy || this.destroyed || wanted === '') {
			return;
		}
		this.busy = true;
		this.asked = wanted;
		const [jail, changes] = JSON.parse(wanted) as [string, object];
		const told = (tell: () => void) => {
			this.busy = false;
			if (this.destroyed) {
				return;
			}
			if (this.asked === wanted) {
				tell();
			} else if (this.asked === '') {
				// something else was typed meanwhile
				window.clearTimeout(this.timer);
				this.timer = window.setTimeout(() => this.ask(), typingPauseMs);
			}
		};
		previewJail(this.nodename, jail, changes).then(
			(answer) => told(() => this.showAnswer(answer)),
			({ message, html }: Failure) => told(() => this.say(encode(message) || html)),
		);
	},

	say: function (html, more = false) {
		this.down('#text').setHtml(html);
		this.down('#show').setHidden(!more);
		this.updateLayout();
	},

	showAnswer: function (answer) {
		this.answer = answer;
		this.say(previewText(answer), answer.addresses.length > 0);
	},

	open: function () {
		const { addresses, total, since, lines, truncated } = this.answer as Preview;
		const read = plural(
			lines,
			'Failures since {0}, from {1} log line.',
			'Failures since {0}, from {1} log lines.',
		);
		const notes = [
			format(read, Proxmox.Utils.render_timestamp(since), count(lines)),
			...(truncated ? [gettext('Not all lines could be read in time; the oldest are missing.')] : []),
			...(total > addresses.length
				? [format(gettext('Only the first {0} addresses are shown.'), count(addresses.length))]
				: []),
		];
		Ext.create('Ext.window.Window', {
			autoShow: true,
			itemId: 'fail2banPreview',
			title: gettext('Would Be Banned'),
			modal: true,
			width: 520,
			height: 360,
			layout: 'fit',
			items: [
				{
					xtype: 'grid',
					border: false,
					store: { fields: [], data: addresses },
					viewConfig: { enableTextSelection: true, trackOver: false },
					columns: [
						{
							text: gettext('Address'),
							dataIndex: 'ip',
							width: 180,
							renderer: (ip: string, _meta: unknown, { data }: Ext.data.Record<PreviewedAddress>) =>
								data.own || data.what !== null ? critical(encode(ip)) : encode(ip),
						},
						{
							text: gettext('Failures'),
							dataIndex: 'failures',
							width: 90,
							align: 'right',
							renderer: renderCount,
						},
						{
							text: gettext('Remark'),
							dataIndex: 'what',
							flex: 1,
							renderer: (_what: unknown, _meta: unknown, { data }: Ext.data.Record<PreviewedAddress>) =>
								encode(remarkText(data)),
						},
					],
				},
			],
			bbar: [{ xtype: 'tbtext', text: notes.map(encode).join('<br>') }],
		});
	},
});
