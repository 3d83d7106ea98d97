import type { BanRow, Status } from '../../contract/types.ts';
import { isAddress, isCidr } from '../kit/address.ts';
import { deleteBans } from '../kit/calls.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { inWindows } from '../kit/inWindows.ts';
import type { JailChoice } from '../kit/JailChoice.ts';
import { loadErrorText } from '../kit/loadErrors.ts';
import type { Failure } from '../kit/request.ts';
import type { RowController } from '../kit/rowListeners.ts';
import type { SearchField } from '../kit/SearchField.ts';
import { showTask } from '../kit/task.ts';
import { encode } from '../kit/text.ts';
import { unbanAddresses } from './unbanAddresses.ts';
import './BanAddress.ts';
import '../ignore/IgnoreAddress.ts';
import { countDown, countText } from './banFigures.ts';
import { isUnattended, showNews } from './banFreshness.ts';
import { bulkUnbans } from './bulkUnban.ts';
import { followScroll } from './followScroll.ts';

type BanGrid = XTypes['pveFail2banBans'];

function rowOf(record: Ext.data.Record): BanRow {
	return record.data as unknown as BanRow;
}

/** A ban may be of any text, and a slash cannot stand in the path of a call; that of a network is written otherwise. */
export function hasReason(record: Ext.data.Record | undefined): boolean {
	const ip = record && rowOf(record).ip;
	return ip !== undefined && (!ip.includes('/') || isCidr(ip));
}

export const banController = controller<BanGrid>()({
	init(grid: BanGrid): void {
		const store = grid.getStore();
		grid.mon(grid.status, 'status', this.onStatus, this);
		grid.mon(store, 'prefetch', this.onPage, this);
		grid.mon(store, 'refresh', this.showCount, this);
	},

	/** Whether the list that was asked for before the first status is as new as that. */
	compare(): void {
		const grid = this.getView();
		const store = grid.getStore();
		if (grid.early && store.isLoaded() && grid.status.last) {
			grid.early = false;
			grid.outdated ||= store.getTotalCount() !== grid.status.last.banned;
		}
	},

	onStatus(_status: Status, changed: boolean): void {
		const grid = this.getView();
		if (grid.early) {
			this.compare();
		} else {
			grid.outdated ||= changed;
		}
		if (grid.outdated && (isUnattended(grid) || !grid.getStore().isLoaded())) {
			this.reload();
		}
		showNews(grid);
		this.showCount();
		countDown(grid);
	},

	reload(): void {
		const grid = this.getView();
		grid.outdated = false;
		showNews(grid);
		grid.getStore().load();
	},

	/** After a write: the list and the poll at once instead of within 5 s. */
	refresh(): void {
		const grid = this.getView();
		if (grid.destroyed) {
			return;
		}
		if (!grid.embedded) {
			grid.getSelectionModel().deselectAll();
		}
		this.reload();
		grid.status.load();
		grid.fireEvent('written');
		grid.down<JailChoice>('#jailChoice')?.loadJails();
	},

	onPage(_store: unknown, _records: unknown, success: boolean, operation: Ext.data.Operation): void {
		const grid = this.getView();
		const view = grid.getView();
		Proxmox.Utils.setErrorMask(view, success ? false : loadErrorText(operation.getError(), grid.nodename));
		if (success) {
			grid.loadedAt = Date.now();
			this.compare();
		} else {
			// Else the list would stay as it is until the next ban.
			grid.outdated = true;
		}
		Ext.suspendLayouts();
		// The buffered view adapts its height only when the user scrolls.
		grid.updateLayout();
		this.showCount();
		Ext.resumeLayouts(true);
	},

	onScroll(): void {
		followScroll(this.getView().getView());
	},

	showCount(): void {
		const grid = this.getView();
		if (grid.destroyed) {
			return;
		}
		const item = grid.down<Ext.toolbar.TextItem>('#count');
		const text = countText(grid);
		// the item itself has the whole toolbar laid out again, whatever the text
		if (item.text !== text) {
			item.text = text;
			item.setText(text);
		}
	},

	limit(limits: BanGrid['limits']): void {
		const grid = this.getView();
		grid.limits = limits;
		const { jail, search } = limits;
		const params = { ...(jail !== undefined && { jail }), ...(search !== undefined && { search }) };
		const view = grid.getView();
		view.emptyText = `<div class="x-grid-empty">${encode(
			Object.keys(params).length > 0 ? gettext('No matching bans') : gettext('Nobody is banned.'),
		)}</div>`;
		// Ticked rows that are no longer listed would be unbanned unseen.
		if (!grid.embedded) {
			grid.getSelectionModel().deselectAll();
		}
		grid.getStore().getProxy().setExtraParams(params);
		view.setScrollY(0);
		this.reload();
	},

	onJail(_field: unknown, jail: string | null): void {
		const { search } = this.getView().limits;
		this.limit({ ...(jail && { jail }), ...(search !== undefined && { search }) });
	},

	onSearch(field: SearchField): void {
		const text = field.typed();
		const grid = this.getView();
		grid.badSearch = text.includes('/') && !isCidr(text) ? gettext('Not a valid CIDR.') : null;
		if (grid.badSearch !== null) {
			field.markInvalid(grid.badSearch);
			this.showCount();
			return;
		}
		field.clearInvalid();
		const { jail } = grid.limits;
		this.limit({ ...(jail !== undefined && { jail }), ...(text !== '' && { search: text }) });
	},

	ban(): void {
		const { nodename, limits } = this.getView();
		const address = limits.search !== undefined && isAddress(limits.search) ? limits.search : '';
		Ext.create('PVEFail2ban.window.BanAddress', {
			autoShow: true,
			nodename,
			jail: limits.jail,
			address,
			done: () => this.refresh(),
		});
	},

	unban(rows: BanRow[]): void {
		const grid = this.getView();
		unbanAddresses(grid.nodename, rows, () => this.refresh(), grid);
	},

	unbanRow(record: Ext.data.Record): void {
		this.unban([rowOf(record)]);
	},

	unbanSelected(button: Ext.button.Button): void {
		const rows = this.getView().getSelection().map(rowOf);
		if (rows.length > 0) {
			this.unban(rows);
		} else {
			button.showMenu();
		}
	},

	ignore(rows: BanRow[]): void {
		Ext.create('PVEFail2ban.window.IgnoreAddress', {
			autoShow: true,
			nodename: this.getView().nodename,
			addresses: [...new Set(rows.map(({ ip }) => ip))],
			done: () => this.refresh(),
		});
	},

	ignoreRow(record: Ext.data.Record): void {
		this.ignore([rowOf(record)]);
	},

	ignoreSelected(): void {
		this.ignore(this.getView().getSelection().map(rowOf));
	},

	why(record: Ext.data.Record | undefined): void {
		if (record && hasReason(record)) {
			const { nodename } = this.getView();
			inWindows(({ showWhyBanned }) => showWhyBanned(nodename, rowOf(record).ip, () => this.refresh()));
		}
	},

	whySelected(): void {
		this.why(this.getView().getSelection()[0]);
	},

	onDoubleClick(_view: unknown, record: Ext.data.Record): void {
		this.why(record);
	},

	fillBulkUnbans(menu: Ext.MenuInstance): void {
		const grid = this.getView();
		const choice = grid.down<JailChoice>('#jailChoice');
		menu.removeAll();
		for (const bulk of bulkUnbans({
			node: grid.nodename,
			total: grid.status.last?.banned ?? 0,
			shown: grid.getStore().getTotalCount() || 0,
			jail: choice.chosen(),
			limits: grid.limits,
		})) {
			menu.add({
				text: encode(bulk.text),
				itemId: bulk.itemId,
				disabled: bulk.bans === 0,
				handler: () => this.unbanInBulk(bulk),
			} as never);
		}
	},

	unbanInBulk({ question, params }: ReturnType<typeof bulkUnbans>[number]): void {
		const { nodename } = this.getView();
		confirm(encode(question), { dangerous: true }).then((yes) => {
			if (!yes) {
				return;
			}
			deleteBans(nodename, params, this.getView()).then(
				(tasks) => {
					for (const task of tasks) {
						showTask(task, () => this.refresh());
					}
					if (tasks.length === 0) {
						this.refresh();
					}
				},
				(failure: Failure) => showFailure(failure, nodename),
			);
		});
	},

	openRow(record: Ext.data.Record): void {
		this.why(record);
	},

	deleteRow(record: Ext.data.Record): void {
		const selected = this.getView().getSelection().map(rowOf);
		this.unban(selected.length > 0 ? selected : [rowOf(record)]);
	},

	rowMenu(record: Ext.data.Record): ReturnType<RowController['rowMenu']> {
		// On a row that is not ticked the menu means this row alone.
		const selected = this.getView().getSelection();
		const rows = (selected.includes(record) ? selected : [record]).map(rowOf);
		return [
			[
				{ text: gettext('Unban'), itemId: 'unban', right: 'modify', handler: () => this.unban(rows) },
				{ text: gettext('Ignore'), itemId: 'ignore', right: 'modify', handler: () => this.ignore(rows) },
				{
					text: gettext('Why Banned'),
					itemId: 'why',
					disabled: rows.length !== 1 || !hasReason(record),
					handler: () => this.why(record),
				},
			],
			rows.map(({ ip }) => ip).join('\n'),
		];
	},
});
