import { define, Ext } from './ext.ts';

const fewest = 20;

/**
 * The newest lines of a journal below each other, following what comes; scrolled to the top it fetches earlier ones.
 * The first and the last element of an answer are cursors. Has the names that PVE 8 and 9 share.
 */
define('Proxmox.panel.JournalView', {
	extend: 'Ext.panel.Panel',
	alias: 'widget.proxmoxJournalView',
	numEntries: 500,
	lineHeight: 16,
	scrollToEnd: true,
	bodyPadding: 5,
	viewModel: { data: { livemode: true, since: null, until: null } },
	scrollable: {
		x: 'auto',
		y: 'auto',
		listeners: {
			scroll: {
				// called with the scroller as this
				fn(this: any) {
					this.component?.getController()?.onScroll();
				},
				buffer: 200,
			},
		},
	},

	controller: {
		xclass: 'Ext.app.ViewController',

		init(this: any, view: any) {
			const since = new Date();
			since.setDate(since.getDate() - 3);
			this.getViewModel().set({ since, until: new Date() });
			view.loadTask = new Ext.util.DelayedTask(this.load, this, [true, false]);
			view.task = Ext.TaskManager.start({
				interval: 1000,
				run: () => {
					if (view.isVisible() && view.scrollToEnd && this.getViewModel().get('livemode')) {
						view.loadTask.delay(200, undefined, undefined, [true, false]);
					}
				},
			});
		},
		load(this: any, live: boolean, top: boolean, since?: string, until?: string) {
			if (this.running) {
				this.requested = true;
				return;
			}
			this.running = true;
			const view = this.getView();
			let params: object = { since, until };
			if (live && !top && view.startcursor) {
				params = { startcursor: view.startcursor };
			} else if (live) {
				const earlier = view.endcursor ? { endcursor: view.endcursor } : {};
				params = { lastentries: view.numEntries, ...earlier };
			}
			const done = () => {
				this.running = false;
				if (this.requested) {
					this.requested = false;
					view.loadTask.delay(200);
				}
			};
			(globalThis as any).Proxmox.Utils.API2Request({
				url: view.url,
				method: 'GET',
				params,
				success: ({ result }: any) => {
					if (!this.destroyed) {
						this.updateView(result.data, live, top);
						done();
					}
				},
				failure: () => !this.destroyed && done(),
			});
		},
		updateView(this: any, lines: string[], live: boolean, top: boolean) {
			const view = this.getView();
			if (this.getViewModel().get('livemode') !== live) {
				return;
			}
			const end = lines.shift();
			const start = lines.pop();
			const text = lines.map((line) => Ext.htmlEncode(line)).join('<br>');
			const atEnd = view.scrollToEnd;
			if (!live) {
				view.content = text || 'nothing logged or no timespan selected';
			} else {
				const parts = top ? [text, view.content] : [view.content, text];
				view.content = parts.filter(Boolean).join('<br>');
				view.startcursor = top && view.startcursor ? view.startcursor : start;
				view.endcursor = !top && view.endcursor ? view.endcursor : end;
			}
			this.lookup('content').setHtml(view.content);
			setTimeout(() => {
				if (!view.destroyed) {
					view.scrollTo(0, !live ? 0 : atEnd ? Number.POSITIVE_INFINITY : lines.length * view.lineHeight);
				}
			}, 10);
		},
		updateParams(this: any) {
			// ends a day later each time, as in PVE 8
			const { since, until } = this.getViewModel().getData();
			since.setHours(0, 0, 0, 0);
			until.setHours(0, 0, 0, 0);
			until.setDate(until.getDate() + 1);
			const seconds = (date: Date) => Ext.Date.format(date, 'U');
			this.getView().loadTask.delay(200, undefined, undefined, [
				false,
				false,
				seconds(since),
				seconds(until),
			]);
		},
		onScroll(this: any) {
			const view = this.getView();
			if (!this.getViewModel().get('livemode')) {
				return;
			}
			if (view.getScrollY() < fewest * view.lineHeight) {
				view.scrollToEnd = false;
				view.loadTask.delay(200, undefined, undefined, [true, true]);
			} else if (view.getScrollable().getMaxPosition().y - view.getScrollY() <= 5) {
				view.scrollToEnd = true;
			}
		},
		onLiveMode(this: any) {
			const view = this.getView();
			Object.assign(view, { startcursor: undefined, endcursor: undefined, content: undefined });
			this.getViewModel().set('livemode', true);
			view.scrollToEnd = true;
			this.updateView([], true, false);
		},
		onTimespan(this: any) {
			this.getViewModel().set('livemode', false);
			this.updateView([], false, false);
		},
	},

	tbar: [
		'->',
		{
			xtype: 'segmentedbutton',
			items: [
				{ text: 'Live Mode', bind: { pressed: '{livemode}' }, handler: 'onLiveMode' },
				{ text: 'Select Timespan', bind: { pressed: '{!livemode}' }, handler: 'onTimespan' },
			],
		},
		'Since:',
		{
			xtype: 'datefield',
			name: 'since_date',
			format: 'Y-m-d',
			bind: { disabled: '{livemode}', value: '{since}', maxValue: '{until}' },
		},
		'Until:',
		{
			xtype: 'datefield',
			name: 'until_date',
			format: 'Y-m-d',
			bind: { disabled: '{livemode}', value: '{until}', minValue: '{since}' },
		},
		{ xtype: 'button', text: 'Update', bind: { disabled: '{livemode}' }, handler: 'updateParams' },
	],
	items: [
		{
			xtype: 'box',
			reference: 'content',
			style: { font: 'normal 12px monospace', 'line-height': '16px', 'white-space': 'pre' },
		},
	],

	onDestroy(this: any) {
		this.loadTask.cancel();
		Ext.TaskManager.stop(this.task);
		this.callParent();
	},
});
