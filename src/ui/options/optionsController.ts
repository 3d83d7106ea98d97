import { answerOrder } from '../kit/answerOrder.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { inWindows } from '../kit/inWindows.ts';
import { loadErrorText } from '../kit/loadErrors.ts';
import type { Failure } from '../kit/request.ts';
import type { RowController } from '../kit/rowListeners.ts';
import { encode } from '../kit/text.ts';
import { getOptions, type OptionScope } from './calls.ts';
import { type OptionsRow, optionsRows } from './OptionsRows.ts';
import { resetQuestion } from './optionText.ts';

type Options = XTypes['pveFail2banOptions'];

const scopes: OptionScope[] = ['defaults', 'settings'];

export const optionsController = controller<Options>()({
	/** The rows on the screen as text, to see whether anything is new. */
	shown: '',
	digests: {} as Record<string, string>,
	ask: answerOrder(),

	init(view: Options): void {
		this.ask = answerOrder();
		view.mon(view.status, 'status', (_status: unknown, changed: boolean) => {
			if (changed) {
				this.load();
			}
		});
	},

	load(): void {
		const view = this.getView();
		const { nodename } = view;
		const waits = this.shown === '' ? view : undefined;
		const isNews = this.ask();
		Promise.all(scopes.map((scope) => getOptions(nodename, scope, waits))).then(
			(answers) => {
				if (view.destroyed || !isNews()) {
					return;
				}
				Proxmox.Utils.setErrorMask(view.getView(), false);
				const rows = answers.flatMap((answer, nth) => {
					const scope = scopes[nth] as OptionScope;
					this.digests[scope] = answer.digest;
					return optionsRows(scope, answer);
				});
				this.show(rows);
			},
			({ status, message }: Failure) => {
				if (!view.destroyed && isNews()) {
					// Else the list would stay as it is until the next ban.
					view.status.last = undefined;
					const text = loadErrorText({ status, statusText: message }, nodename);
					Proxmox.Utils.setErrorMask(view.getView(), text);
				}
			},
		);
	},

	/** New data takes the selection away, so only when there is something new. */
	show(rows: OptionsRow[]): void {
		const text = JSON.stringify(rows);
		if (text === this.shown) {
			return;
		}
		this.shown = text;
		const view = this.getView();
		const selected = this.selected()?.id;
		view.getStore().loadData(rows);
		const record = selected === undefined ? null : view.getStore().getById(selected);
		if (record) {
			view.setSelection(record);
		}
		view.fireEvent('selectionchange', view.getSelectionModel(), view.getSelection());
	},

	selected(): OptionsRow | undefined {
		return this.getView().getSelection()[0]?.data as unknown as OptionsRow | undefined;
	},

	/** After a write: the list and the poll at once instead of within 5 s. */
	refresh(): void {
		const view = this.getView();
		if (view && !view.destroyed) {
			this.load();
			view.status.load();
		}
	},

	edit(): void {
		const row = this.selected();
		if (row?.kind) {
			const { nodename } = this.getView();
			const done = () => this.refresh();
			inWindows(({ openOptionEdit }) => openOptionEdit(nodename, row, done));
		}
	},

	reset(): void {
		const row = this.selected();
		if (!row?.kind || !row.option.own || !row.option.editable) {
			return;
		}
		const view = this.getView();
		const { nodename } = view;
		const digest = this.digests[row.scope] as string;
		confirm(encode(resetQuestion(row.label, row.kind, row.option))).then((yes) => {
			if (yes) {
				const done = () => this.refresh();
				inWindows(({ saveOption }) => saveOption({ nodename, row, digest, done }, null, view));
			}
		});
	},

	openFiles(): void {
		const { nodename } = this.getView();
		inWindows(({ openConfigFiles }) => openConfigFiles(nodename, () => this.refresh()));
	},

	openChanges(): void {
		const { nodename } = this.getView();
		inWindows(({ openChangeHistory }) => openChangeHistory(nodename, () => this.refresh()));
	},

	openRow(): void {
		this.edit();
	},

	deleteRow(): void {
		this.reset();
	},

	rowMenu(record: Ext.data.Record): ReturnType<RowController['rowMenu']> {
		this.getView().setSelection(record);
		const { kind, option, id } = record.data as unknown as OptionsRow;
		return [
			[
				{ text: gettext('Edit'), itemId: 'edit', disabled: !kind, handler: () => this.edit() },
				{
					text: gettext('Reset'),
					itemId: 'reset',
					right: 'modify',
					disabled: !option.own || !option.editable,
					handler: () => this.reset(),
				},
			],
			`${id} = ${option.value ?? ''}`,
		];
	},
});
