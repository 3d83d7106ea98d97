import type { IgnoreRow } from '../../contract/types.ts';
import { deleteBans, isTask, removeIgnore } from '../lib/api.ts';
import { confirm } from '../lib/confirm.ts';
import { controller } from '../lib/define.ts';
import { showFailure } from '../lib/failure.ts';
import { byScope, isListed, removeQuestion } from '../lib/ignoreRow.ts';
import type { Failure } from '../lib/request.ts';
import { has } from '../lib/rights.ts';
import { showRowMenu } from '../lib/rowMenu.ts';
import { showTask } from '../lib/task.ts';
import { encode } from '../lib/text.ts';
import '../window/IgnoreAddress.ts';
import type { IgnoreGrid } from './IgnoreGrid.ts';

type Search = Ext.form.field.Text;

export const ignoreController = controller<IgnoreGrid>()({
	selected(): IgnoreRow[] {
		return this.getView()
			.getSelection()
			.map(({ data }) => data as unknown as IgnoreRow);
	},

	/** After a write: the list and the poll at once instead of within 5 s. */
	refresh(): void {
		const grid = this.getView();
		if (!grid.destroyed) {
			grid.rows.load();
			grid.status.load();
		}
	},

	open(config: { addresses?: string[]; row?: IgnoreRow }): void {
		Ext.create('PVEFail2ban.window.IgnoreAddress', {
			autoShow: true,
			nodename: this.getView().nodename,
			addresses: [],
			done: () => this.refresh(),
			...config,
		});
	},

	add(): void {
		this.open({});
	},

	addMine(): void {
		const { client } = this.getView();
		this.open({ addresses: client === undefined ? [] : [client] });
	},

	edit(): void {
		const [row, more] = this.selected();
		if (row && !more && row.fixed === null && has('modify')) {
			this.open({ row });
		}
	},

	/** Makes the call for each scope, one after the other, because each is a change of the configuration. */
	async change(
		rows: IgnoreRow[],
		call: (jail: string | undefined, ips: string[]) => Promise<unknown>,
	): Promise<void> {
		const { nodename } = this.getView();
		try {
			for (const [jail, ips] of byScope(rows)) {
				await call(jail, ips);
			}
		} catch (failure) {
			showFailure(failure as Failure, nodename);
		}
		this.refresh();
	},

	remove(): void {
		const rows = this.selected();
		const grid = this.getView();
		if (rows.length === 0 || rows.some(({ fixed }) => fixed !== null)) {
			return;
		}
		const dangerous = rows.some(({ covers }) => covers);
		confirm(encode(removeQuestion(rows)), { dangerous }).then((yes) => {
			if (yes) {
				this.change(rows, (jail, ips) => removeIgnore(grid.nodename, ips, jail, grid));
			}
		});
	},

	/** In the jails that ignore the address now, one call after the other. */
	async unban(): Promise<void> {
		const grid = this.getView();
		const { nodename } = grid;
		const rows: IgnoreRow[] = [];
		grid.rows.each(({ data }) => rows.push(data as unknown as IgnoreRow));
		try {
			for (const { ip, banned } of rows) {
				for (const jail of banned ?? []) {
					const answer = await deleteBans(
						nodename,
						ip.includes('/') ? { cidr: ip, jail } : { ip, jail },
						grid,
					);
					if (isTask(answer)) {
						showTask(answer, () => this.refresh());
					}
				}
			}
		} catch (failure) {
			showFailure(failure as Failure, nodename);
		}
		this.refresh();
	},

	limit(): void {
		const grid = this.getView();
		const search = grid.down<Search>('#search');
		const typed = String(search.getValue() ?? '');
		search.getTrigger('clear').setVisible(typed !== '');
		const store = grid.getStore();
		// Each filter is added to those before.
		store.clearFilter(true);
		store.filterBy(({ data }: Ext.data.Record<IgnoreRow>) => isListed(data, typed));
	},

	clearSearch(): void {
		this.getView().down<Search>('#search').setValue('');
	},

	onSearchKey(_field: unknown, event: Ext.KeyEvent): void {
		if (event.getKey() === event.ESC) {
			event.stopEvent();
			this.clearSearch();
		}
	},

	onKey(_view: unknown, _record: unknown, _row: unknown, _index: unknown, event: Ext.KeyEvent): void {
		if (event.getKey() === event.ENTER) {
			this.edit();
		} else if (event.getKey() === event.DELETE && has('modify')) {
			this.remove();
		}
	},

	onContextMenu(
		_view: unknown,
		record: Ext.data.Record,
		_row: unknown,
		_index: unknown,
		event: Ext.KeyEvent,
	): void {
		const grid = this.getView();
		if (!grid.getSelection().includes(record)) {
			grid.setSelection(record);
		}
		const rows = this.selected();
		const fixed = rows.some((row) => row.fixed !== null);
		const entry = (itemId: string, text: string, disabled: boolean, handler: () => void) => {
			return { itemId, text, right: 'modify' as const, disabled, handler };
		};
		showRowMenu(
			event,
			[
				entry('edit', gettext('Edit'), fixed || rows.length > 1, () => this.edit()),
				entry('remove', gettext('Remove'), fixed, () => this.remove()),
			],
			rows.map(({ ip }) => ip).join('\n'),
		);
	},
});
