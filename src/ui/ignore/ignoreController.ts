import type { IgnoreRow } from '../../contract/types.ts';
import { packList } from '../kit/address.ts';
import { longestList } from '../kit/api.ts';
import { deleteBans } from '../kit/calls.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import type { Failure } from '../kit/request.ts';
import { has } from '../kit/rights.ts';
import type { RowController } from '../kit/rowListeners.ts';
import type { SearchField } from '../kit/SearchField.ts';
import { showTask } from '../kit/task.ts';
import { encode } from '../kit/text.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { removeIgnore } from './calls.ts';
import { byScope, isListed, removeQuestion } from './ignoreRow.ts';
import './IgnoreAddress.ts';

type IgnoreGrid = XTypes['pveFail2banIgnore'];

export const ignoreController = controller<IgnoreGrid>()({
	selected(): IgnoreRow[] {
		return this.getView()
			.getSelection()
			.map(({ data }) => data as unknown as IgnoreRow);
	},

	refresh(): void {
		this.getView().renew();
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

	/** One scope after the other, because each is a change of the configuration; ends with the first that is not made. */
	async change(rows: IgnoreRow[]): Promise<void> {
		const grid = this.getView();
		const { nodename: node } = grid;
		const done = () => grid.renew();
		for (const [jail, ips] of byScope(rows)) {
			for (const ip of packList(ips, longestList)) {
				const made = await makeChange({
					node,
					call: ({ force = false }) =>
						removeIgnore(node, ip, { ...(jail !== undefined && { jail }), ...(force && { force }) }, grid),
					anyway: gettext('Remove Anyway'),
					done,
					refused: done,
				});
				if (!made) {
					return;
				}
			}
		}
	},

	remove(): void {
		const rows = this.selected();
		if (rows.length === 0 || rows.some(({ fixed }) => fixed !== null)) {
			return;
		}
		const dangerous = rows.some(({ covers }) => covers);
		confirm(encode(removeQuestion(rows)), { dangerous }).then((yes) => {
			if (yes) {
				this.change(rows);
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
					const what = ip.includes('/') ? { cidr: ip, jail } : { ips: [ip], jail };
					for (const task of await deleteBans(nodename, what, grid)) {
						showTask(task, () => this.refresh());
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
		const search = grid.down<SearchField>('#search').typed();
		grid.limitTo((row) => isListed(row, search));
	},

	openRow(): void {
		this.edit();
	},

	deleteRow(): void {
		this.remove();
	},

	rowMenu(record: Ext.data.Record): ReturnType<RowController['rowMenu']> {
		const grid = this.getView();
		if (!grid.getSelection().includes(record)) {
			grid.setSelection(record);
		}
		const rows = this.selected();
		const fixed = rows.some((row) => row.fixed !== null);
		const entry = (itemId: string, text: string, disabled: boolean, handler: () => void) => {
			return { itemId, text, right: 'modify' as const, disabled, handler };
		};
		return [
			[
				entry('edit', gettext('Edit'), fixed || rows.length > 1, () => this.edit()),
				entry('remove', gettext('Remove'), fixed, () => this.remove()),
			],
			rows.map(({ ip }) => ip).join('\n'),
		];
	},
});
