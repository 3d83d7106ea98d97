import type { FilterRow } from '../../contract/types.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { inWindows } from '../kit/inWindows.ts';
import type { RightButton } from '../kit/RightButton.ts';
import type { Failure } from '../kit/request.ts';
import type { RowController } from '../kit/rowListeners.ts';
import type { SearchField } from '../kit/SearchField.ts';
import { encode } from '../kit/text.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { getFilter, writeFilter } from '../workbench/calls.ts';
import type { WorkbenchStart } from '../workbench/Workbench.ts';
import { isListed, removeQuestion } from './filterRow.ts';

type FilterGrid = XTypes['pveFail2banFilters'];

export const filterController = controller<FilterGrid>()({
	selected(): FilterRow | undefined {
		return this.getView().getSelection()[0]?.data as FilterRow | undefined;
	},

	refresh(): void {
		this.getView().renew();
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
			const { name } = row;
			const done = () => grid.renew();
			getFilter(nodename, name, grid).then(
				({ digest }) => {
					makeChange({
						node: nodename,
						digest,
						call: (extra) => writeFilter('DELETE', nodename, name, { digest, ...extra }, grid),
						nextDigest: () => getFilter(nodename, name).then((next) => next.digest),
						done,
						refused: done,
					});
				},
				(failure: Failure) => showFailure(failure, nodename),
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
		const search = grid.down<SearchField>('#search').typed();
		const onlyUsed = Boolean(grid.down<Ext.form.field.Checkbox>('#onlyUsed').getValue());
		grid.limitTo((row) => isListed(row, onlyUsed, search));
	},

	openRow(): void {
		this.edit();
	},

	deleteRow(): void {
		this.remove();
	},

	rowMenu(record: Ext.data.Record): ReturnType<RowController['rowMenu']> {
		this.getView().setSelection(record);
		const { name, origin, editable } = record.data as unknown as FilterRow;
		return [
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
		];
	},
});
