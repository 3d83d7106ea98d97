import type { JailRow } from '../../contract/types.ts';
import { listJails } from '../kit/calls.ts';
import { define } from '../kit/define.ts';
import { renderJailState, renderText } from '../kit/render.ts';
import type { Failure } from '../kit/request.ts';
import { count, encode } from '../kit/text.ts';
import { testFilter } from '../workbench/windowCalls.ts';
import { detectedText } from './detectedText.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openTestDetection: typeof openTestDetection;
	}
}

/** Waits for a log-in that fails, and says whether a jail sees it. */
interface TestDetection extends Ext.window.Window {
	nodename: string;
	/** Unix seconds at which it was opened. */
	since: number;
	/** Unix milliseconds at which it gives up. */
	until: number;
	/** Lines told already. */
	told: Set<string>;
	start(): Promise<void>;
	look(jail: JailRow): Promise<void>;
	say(html: Encoded): void;
}

/** Milliseconds between two rounds, and until it gives up. */
const pauseMs = 3000;
const giveUpAfterMs = 300_000;

define<TestDetection>('PVEFail2ban.window.TestDetection', {
	extend: 'Ext.window.Window',
	title: gettext('Test Detection'),
	itemId: 'fail2banTestDetection',
	modal: true,
	width: 600,
	height: 400,
	layout: { type: 'vbox', align: 'stretch' },

	initComponent: function () {
		this.since = Math.floor(Date.now() / 1000);
		this.until = Date.now() + giveUpAfterMs;
		this.told = new Set();
		this.items = [
			{
				xtype: 'grid',
				itemId: 'jails',
				border: false,
				flex: 1,
				disableSelection: true,
				store: { model: 'pve-fail2ban-jails', data: [], sorters: ['jail'] },
				viewConfig: { trackOver: false, emptyText: gettext('No jails enabled.') },
				columns: [
					{ text: gettext('Jail'), dataIndex: 'jail', width: 130, renderer: renderText },
					{ text: gettext('Status'), dataIndex: 'running', width: 120, renderer: renderJailState },
					{ text: gettext('Source'), dataIndex: 'source', flex: 1, cellWrap: true, renderer: renderText },
				],
			},
			{ xtype: 'component', itemId: 'said', padding: 10, minHeight: 110, maxHeight: 200, scrollable: 'y' },
		];
		this.buttons = [
			{ xtype: 'button', itemId: 'close', text: gettext('Close'), handler: () => this.close() },
		];
		this.callParent();
		this.start();
	},

	say: function (html) {
		this.down<Ext.Component>('#said').setHtml(html);
	},

	start: async function () {
		const waiting = encode(gettext('Log in once with a wrong password (web interface or SSH). Waiting…'));
		this.say(`<i class="fa fa-spinner fa-spin"></i> ${waiting}`);
		while (!this.destroyed && Date.now() < this.until && this.told.size === 0) {
			try {
				const jails = (await listJails(this.nodename)).filter(({ enabled, running }) => enabled || running);
				if (this.destroyed) {
					return;
				}
				this.down<Ext.grid.Panel>('#jails').getStore().loadData(jails);
				for (const jail of jails.filter(({ running }) => running)) {
					if (!this.destroyed) {
						await this.look(jail);
					}
				}
			} catch (failure) {
				if (!this.destroyed) {
					this.say((failure as Failure).html);
				}
				return;
			}
			await new Promise((done) => setTimeout(done, pauseMs));
		}
		if (!this.destroyed && this.told.size === 0) {
			this.say(encode(gettext("Nothing was detected. Check the jail's log source.")));
		}
	},

	look: async function ({ jail, maxretry }) {
		const age = Math.ceil(Date.now() / 1000) - this.since + 5;
		const { lines } = await testFilter(this.nodename, {
			jail,
			source: 'jail',
			show: 'matched',
			since: `${age}s`,
			limit: 1000,
		});
		const found = lines.filter(({ time, ip }) => ip !== null && (time ?? 0) >= this.since);
		const tries = new Map<string, number>();
		for (const { ip, groups, 'jail-ignored': jailIgnored } of found) {
			const address = String(ip);
			tries.set(address, (tries.get(address) ?? 0) + 1);
			const { user } = groups;
			const times = count(tries.get(address) ?? 0);
			this.told.add(detectedText({ address, user, jail, times, maxretry, ignored: jailIgnored }));
		}
		if (found.length > 0 && !this.destroyed) {
			this.say(
				[...this.told]
					.map((line) => `<div><i class="fa fa-check-circle good"></i> ${encode(line)}</div>`)
					.join(''),
			);
		}
	},
});

export function openTestDetection(nodename: string): void {
	Ext.create<TestDetection>('PVEFail2ban.window.TestDetection', { nodename, autoShow: true } as object);
}
