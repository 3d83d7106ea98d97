import type { Status } from '../../contract/types.ts';
import { taskOf } from '../kit/api.ts';
import { confirm } from '../kit/confirm.ts';
import { controller, define } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { inWindows } from '../kit/inWindows.ts';
import type { Failure } from '../kit/request.ts';
import type { StatusStore } from '../kit/StatusStore.ts';
import { showTask } from '../kit/task.ts';
import { format, formatHtml, plural } from '../kit/text.ts';
import { confirmChange, postService, revertChange } from './calls.ts';
import { makeChange } from './makeChange.ts';

/** What one must know before reading a card: drift, stale figures, a change that waits. */
interface Banners extends Ext.container.Container {
	nodename: string;
	status: StatusStore;
	onStatus(status: Status): void;
}

declare global {
	interface XTypes {
		pveFail2banBanners: Banners;
	}
}

const bannerController = controller<Banners>()({
	showDifference(): void {
		const { status, nodename } = this.getView();
		inWindows(({ openDifferences }) => openDifferences(nodename, status.last?.pending ?? []));
	},

	apply(): void {
		const { nodename } = this.getView();
		const done = this.refresher();
		const question = gettext('Apply the configuration on disk? fail2ban reloads what changed.');
		confirm(Ext.htmlEncode(question)).then((yes) => {
			if (yes) {
				makeChange({
					node: nodename,
					call: ({ force }) => postService(nodename, 'reload', undefined, undefined, force),
					// Nothing of what is on disk depends on a digest that was seen here.
					nextDigest: () => Promise.resolve(undefined),
					writesNothing: true,
					done,
				});
			}
		});
	},

	/** Loads the status, if the card is still open by then. */
	refresher(): () => void {
		const { status } = this.getView();
		return () => {
			if (!status.destroyed) {
				status.load();
			}
		};
	},

	/** Ends the waiting of a change, of this user or another one. */
	end(call: (node: string, id: string) => Promise<unknown>): void {
		const { nodename, status } = this.getView();
		const refresh = this.refresher();
		const id = status.last?.provisional?.id;
		if (id === undefined) {
			return;
		}
		call(nodename, id)
			.then(
				(answer) => {
					const upid = taskOf(answer);
					if (upid !== undefined) {
						showTask(upid, refresh);
					}
				},
				(failure: Failure) => showFailure(failure, nodename),
			)
			.then(refresh);
	},

	keep(): void {
		this.end(confirmChange);
	},

	revert(): void {
		this.end((node, id) => revertChange(node, id));
	},
});

/** A hidden bar with a hint. */
export function banner(itemId: string, more: Item[] = []): Item {
	return {
		xtype: 'toolbar',
		itemId,
		hidden: true,
		userCls: 'pmx-hint',
		overflowHandler: 'scroller',
		items: [{ xtype: 'tbtext', itemId: 'text', text: '' }, ...more],
	};
}

/** Shows the hint of a bar, or hides it for null. */
export function showBanner(around: Ext.container.Container, itemId: string, text: Encoded | null): void {
	const bar = around.down<Ext.container.Container>(`#${itemId}`);
	bar.setHidden(text === null);
	bar.down<Ext.toolbar.TextItem>('#text').setText(`<i class="fa fa-exclamation-circle"></i> ${text ?? ''}`);
}

define<Banners>('PVEFail2ban.panel.Banners', {
	extend: 'Ext.container.Container',
	xtype: 'pveFail2banBanners',
	itemId: 'banners',
	controller: bannerController,
	layout: { type: 'vbox', align: 'stretch' },

	initComponent: function () {
		const { nodename } = this;
		const button = (itemId: string, text: string): Item => {
			return { xtype: 'pveFail2banButton', itemId, nodename, right: 'modify', text, handler: itemId };
		};
		this.items = [
			banner('drift', [
				{
					xtype: 'button',
					itemId: 'difference',
					text: gettext('Show Difference'),
					handler: 'showDifference',
				},
				button('apply', gettext('Apply Configuration')),
			]),
			banner('stale'),
			banner('provisional', [button('keep', gettext('Keep')), button('revert', gettext('Revert'))]),
		];
		this.callParent();
		this.mon(this.status, 'status', this.onStatus, this);
	},

	onStatus: function ({ pending, stale, provisional }) {
		const drift = plural(
			pending.length,
			'Configuration on disk differs from what runs ({0} option).',
			'Configuration on disk differs from what runs ({0} options).',
		);
		showBanner(this, 'drift', pending.length > 0 ? formatHtml(drift, pending.length) : null);
		const since = stale === null ? '' : Ext.Date.format(new Date(stale * 1000), 'H:i:s');
		const silent = gettext('fail2ban has not answered since {0}; the figures are from then.');
		showBanner(this, 'stale', stale === null ? null : formatHtml(silent, since));
		const waits = gettext('A change by {0} is awaiting confirmation ({1}).');
		showBanner(
			this,
			'provisional',
			provisional && formatHtml(waits, provisional.user, format('{0} s', provisional.seconds)),
		);
	},
});
