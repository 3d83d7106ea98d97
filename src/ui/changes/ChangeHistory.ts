import type { ChangeRow } from '../../contract/types.ts';
import { withStops } from '../files/stops.ts';
import { confirm } from '../kit/confirm.ts';
import { controller, define } from '../kit/define.ts';
import { diffHtml } from '../kit/diff.ts';
import { showFailure } from '../kit/failure.ts';
import { focusTopWindow } from '../kit/focusTopWindow.ts';
import { helpId } from '../kit/helpPages.ts';
import type { RightButton } from '../kit/RightButton.ts';
import { renderLong, renderMoment } from '../kit/render.ts';
import type { Failure } from '../kit/request.ts';
import { missing } from '../kit/rights.ts';
import { encode, format, formatHtml, plural, sentences } from '../kit/text.ts';
import { revertChange } from '../lockout/calls.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { getChangeStatus, listChanges } from './calls.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openChangeHistory: typeof openChangeHistory;
	}
}

/** Who changed what when, and how to undo it. */
interface ChangeHistory extends Ext.window.Window {
	nodename: string;
	/** Tells the opener that the configuration was changed. */
	done: () => void;
}

const states: Record<string, () => string> = {
	undone: () => gettext('undone'),
	failed: () => gettext('failed, undone'),
	running: () => gettext('running'),
	provisional: () => gettext('awaiting confirmation'),
	'not-kept': () => gettext('not confirmed, undone'),
};

/** @param removes those of the files that the change created, so that there is nothing to restore */
function revertQuestion(files: string[], removes: string[]): Encoded {
	const restored = files.filter((file) => !removes.includes(file));
	const restores = plural(
		restored.length,
		'{0} is restored and applied immediately.',
		'{0} are restored and applied immediately.',
	);
	const removal = plural(
		removes.length,
		'{0} is removed, with immediate effect.',
		'{0} are removed, with immediate effect.',
	);
	return sentences(
		formatHtml(gettext('Revert this change?')),
		restored.length > 0 ? formatHtml(restores, restored.join(', ')) : '',
		removes.length > 0 ? formatHtml(removal, removes.join(', ')) : '',
	);
}

const historyController = controller<ChangeHistory>()({
	init(): void {
		this.reload();
	},

	selected(): ChangeRow | undefined {
		return this.lookup<Ext.grid.Panel>('list').getSelection()[0]?.data as ChangeRow | undefined;
	},

	fail(failure: Failure): void {
		showFailure(failure, this.getView().nodename);
	},

	reload(): void {
		const list = this.lookup<Ext.grid.Panel>('list');
		const view = this.getView();
		listChanges(view.nodename, view).then(
			(rows) => {
				if (!view.destroyed) {
					list.getStore().loadData(rows);
					const first = list.getStore().getAt(0);
					list.setSelection(first);
					focusTopWindow();
					if (!first) {
						this.show(gettext('Nothing was changed yet.'));
					}
				}
			},
			(failure) => this.fail(failure),
		);
	},

	show(text: string): void {
		this.lookup('diff').setHtml(encode(text));
	},

	onSelect(): void {
		const change = this.selected();
		const view = this.getView();
		const revert = this.lookup<RightButton>('revert');
		revert.setReady(false);
		if (!change) {
			return;
		}
		getChangeStatus(view.nodename, change.id, view).then(
			({ diff, refused }) => {
				if (view.destroyed || this.selected()?.id !== change.id) {
					return;
				}
				this.lookup('refused').setHtml(encode(refused));
				revert.setReady(refused === null);
				if (diff === null) {
					this.show(missing('root', view.nodename));
				} else {
					this.lookup('diff').setHtml(diffHtml(diff));
				}
			},
			(failure) => this.fail(failure),
		);
	},

	revert(): void {
		const change = this.selected();
		const view = this.getView();
		if (!change) {
			return;
		}
		getChangeStatus(view.nodename, change.id, view)
			.then(({ removes, stops }) => {
				const question = revertQuestion(change.files, removes);
				return confirm(withStops(question, stops), { dangerous: stops.length > 0 });
			})
			.then(
				(yes) => {
					if (!yes) {
						return;
					}
					const { nodename: node, done } = view;
					const reload = () => view.destroyed || this.reload();
					makeChange({
						node,
						call: ({ force = false }) => revertChange(node, change.id, force ? { force } : {}, view),
						anyway: gettext('Revert Anyway'),
						// Ignoring an address first must not change a file that the change is about.
						...(!change.files.includes('jail.local') && { nextDigest: async () => undefined }),
						done: () => {
							done();
							reload();
						},
						refused: reload,
					});
				},
				(failure: Failure) => this.fail(failure),
			);
	},
});

define<ChangeHistory>('PVEFail2ban.window.ChangeHistory', {
	extend: 'Ext.window.Window',
	itemId: 'fail2banChangeHistory',
	title: gettext('Change History'),
	modal: true,
	width: 900,
	height: 600,
	maximizable: true,
	layout: { type: 'vbox', align: 'stretch' },
	controller: historyController,
	done: Ext.emptyFn,

	initComponent: function () {
		this.items = [
			{
				xtype: 'grid',
				reference: 'list',
				flex: 1,
				border: false,
				store: { fields: [], data: [] },
				viewConfig: {
					trackOver: false,
					getRowClass: ({ data }: Ext.data.Record<ChangeRow>) =>
						data.state === 'outside'
							? 'proxmox-warning-row'
							: data.state === 'applied'
								? ''
								: 'pmx-opacity-75',
				},
				columns: [
					{ text: gettext('Time'), dataIndex: 'time', width: 150, renderer: renderMoment },
					{
						text: gettext('User'),
						dataIndex: 'user',
						width: 120,
						renderer: (user: string | null, meta) =>
							user === null ? encode(gettext('not known')) : renderLong(user, meta),
					},
					{
						text: gettext('What'),
						dataIndex: 'what',
						flex: 1,
						renderer: (what: string, meta, { data }: Ext.data.Record<ChangeRow>) => {
							const state = states[data.state];
							return renderLong(state ? format(gettext('{0} ({1})'), what, state()) : what, meta);
						},
					},
					{
						text: gettext('Files'),
						dataIndex: 'files',
						width: 180,
						renderer: (files: string[], meta) => renderLong(files.join(', '), meta),
					},
				],
				listeners: { selectionchange: 'onSelect' },
			},
			{
				xtype: 'panel',
				flex: 1,
				border: '1 0 0 0',
				scrollable: true,
				bodyPadding: 5,
				layout: 'auto',
				items: [{ xtype: 'component', reference: 'diff', itemId: 'diff' }],
			},
		];
		this.buttons = [
			{ xtype: 'proxmoxHelpButton', onlineHelp: helpId('changes') },
			{ xtype: 'component', reference: 'refused', itemId: 'refused', flex: 1 },
			{ xtype: 'button', itemId: 'reload', text: gettext('Reload'), handler: 'reload' },
			{
				xtype: 'pveFail2banButton',
				reference: 'revert',
				itemId: 'revert',
				nodename: this.nodename,
				right: 'modify',
				disabled: true,
				text: gettext('Revert'),
				handler: 'revert',
			},
		];
		this.callParent();
	},
});

/** Opens the history; `done` is told when a change was reverted. */
export function openChangeHistory(nodename: string, done: () => void = Ext.emptyFn): void {
	Ext.create('PVEFail2ban.window.ChangeHistory', { autoShow: true, nodename, done });
}
