import type { FilterRow } from '../../contract/types.ts';
import type { RightButton } from '../button/RightButton.ts';
import { getFilter, isTask, writeFilter } from '../lib/api.ts';
import { confirm } from '../lib/confirm.ts';
import { controller } from '../lib/define.ts';
import { showFailure } from '../lib/failure.ts';
import { isListed, removeQuestion } from '../lib/filterRow.ts';
import type { Failure } from '../lib/request.ts';
import { has } from '../lib/rights.ts';
import { showRowMenu } from '../lib/rowMenu.ts';
import { showTask } from '../lib/task.ts';
import { encode } from '../lib/text.ts';
import { inWindows } from '../lib/windows.ts';
import type { WorkbenchStart } from '../window/Workbench.ts';
import type { FilterGrid } from './FilterGrid.ts';

type Search = Ext.form.field.Text;

export const filterController = controller<FilterGrid>()({
	selected(): FilterRow | undefined {
		return this.getView().getSelection()[0]?.data as FilterRow | undefined;
	},

	refresh(): void {
		const grid = this.getView();
		if (!grid.destroyed) {
			grid.rows.load();
			grid.status.load();
		}
	},

	open(start: WorkbenchStart): void {
		const { nodename } = this.getView();
		inWindows(({ openWorkbench }) =>
			openWorkbench(nodename, {
				...start,
				saved: (name) => this.onSaved(name),
				// Looking at a filter has it checked.
				closed: () => this.refresh(),
			}),
		);
	},

	/** A new filter is used by no jail yet; it shall be seen all the same. */
	onSaved(name: string): void {
		const grid = this.getView();
		if (!grid.destroyed) {
			if (!grid.rows.getById(name)) {
				grid.down<Ext.form.field.Checkbox>('#onlyUsed').setValue(false);
			}
			grid.wanted = name;
			this.refresh();
		}
	},

	create(): void {
		this.open({ create: true });
	},

	copy(): void {
		const row = this.selected();
		if (row) {
			this.open({ filter: row.name, create: true });
		}
	},

	edit(): void {
		const row = this.selected();
		if (row) {
			this.open({ filter: row.name });
		}
	},

	test(): void {
		const row = this.selected();
		if (row) {
			this.open({ filter: row.name, test: true });
		}
	},

	remove(): void {
		const row = this.selected();
		if (!row || row.origin === 'package') {
			return;
		}
		const grid = this.getView();
		const { nodename } = grid;
		confirm(encode(removeQuestion(row)), { dangerous: true }).then((yes) => {
			if (!yes) {
				return;
			}
			getFilter(nodename, row.name, grid)
				.then(({ digest }) => writeFilter('DELETE', nodename, row.name, { digest }, grid))
				.then(
					(answer) => {
						if (isTask(answer)) {
							showTask(answer, () => this.refresh());
						}
						this.refresh();
					},
					(failure: Failure) => {
						showFailure(failure, nodename);
						this.refresh();
					},
				);
		});
	},

	onSelection(): void {
		const edit = this.getView().query<RightButton>('#edit')[0];
		edit?.setText(this.selected()?.editable ? gettext('Edit') : gettext('View'));
	},

	/** Follows the search and the check box. */
	limit(): void {
		const grid = this.getView();
		const search = grid.down<Search>('#search');
		const typed = String(search.getValue() ?? '');
		const onlyUsed = Boolean(grid.down<Ext.form.field.Checkbox>('#onlyUsed').getValue());
		search.getTrigger('clear').setVisible(typed !== '');
		const store = grid.getStore();
		// Each filter is added to those before.
		store.clearFilter(true);
		store.filterBy(({ data }: Ext.data.Record<FilterRow>) => isListed(data, onlyUsed, typed));
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
		} else if (event.getKey() === event.DELETE && has('root')) {
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
		this.getView().setSelection(record);
		const { name, origin, editable } = record.data as unknown as FilterRow;
		showRowMenu(
			event,
			[
				{ text: gettext('Copy'), itemId: 'copyFilter', right: 'root', handler: () => this.copy() },
				{
					text: editable ? gettext('Edit') : gettext('View'),
					itemId: 'edit',
					handler: () => this.edit(),
				},
				{
					text: gettext('Remove'),
					itemId: 'remove',
					right: 'root',
					disabled: origin === 'package',
					handler: () => this.remove(),
				},
				{ text: gettext('Test'), itemId: 'test', right: 'test', handler: () => this.test() },
			],
			name,
		);
	},
});
