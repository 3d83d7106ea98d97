import type { Repair, RepairFinding } from '../../contract/types.ts';
import '../kit/RightButton.ts';
import { controller, define } from '../kit/define.ts';
import { diffHtml } from '../kit/diff.ts';
import { showFailure } from '../kit/failure.ts';
import { focusTopWindow } from '../kit/focusTopWindow.ts';
import { helpId } from '../kit/helpPages.ts';
import { place } from '../kit/origin.ts';
import type { RightButton } from '../kit/RightButton.ts';
import type { Failure } from '../kit/request.ts';
import { has, missing } from '../kit/rights.ts';
import { encode, format } from '../kit/text.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { getRepair, postRepair } from './calls.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openRepair: typeof openRepair;
	}
}

/** What is wrong with a configuration made by hand, and its repair. */
interface RepairConfig extends Ext.window.Window {
	nodename: string;
	/** Tells the opener that the configuration was changed. */
	done: () => void;
}

const repairController = controller<RepairConfig>()({
	init(): void {
		this.load();
	},

	copies(): boolean {
		return Boolean(this.lookup<Ext.form.field.Checkbox>('copies').getValue());
	},

	load(): void {
		const view = this.getView();
		const repair = this.lookup<RightButton>('repair');
		repair.setReady(false);
		// a repair asks when it begins and when it has ended, and either answer may be the later one
		const asked = ++this.asked;
		getRepair(view.nodename, this.copies(), view).then(
			(found) => {
				if (!view.destroyed && asked === this.asked) {
					this.show(found);
					focusTopWindow();
				}
			},
			(failure: Failure) => view.destroyed || showFailure(failure, view.nodename),
		);
	},

	show({ findings, files, copies, root, problem, digest }: Repair): void {
		const view = this.getView();
		this.digest = digest;
		// several may share an id, which a store would take for one record
		const rows = findings.map(({ id: _, ...row }) => row);
		this.lookup<Ext.grid.Panel>('findings').getStore().loadData(rows);
		this.lookup('copies').setHidden(copies.length === 0);
		const words = { created: gettext('created'), changed: gettext('changed'), removed: gettext('removed') };
		const names = files.map(({ file, state }) => format(gettext('{0} ({1})'), file, words[state])).join(', ');
		this.lookup('changes').setHidden(names === '');
		// a copy that goes is long, and what is new would stand below it
		const diffs = files.map(({ diff }) => diff ?? missing('root', view.nodename));
		diffs.sort((one, other) => one.length - other.length);
		this.lookup('diff').setHtml(
			`<div style="margin-bottom:5px">${encode(names)}</div>${diffHtml(diffs.join(''))}`,
		);
		const nothing = names === '' ? gettext('There is nothing to repair.') : '';
		this.lookup('problem').setHtml(encode(problem ?? nothing));
		this.lookup<RightButton>('repair').setReady(files.length > 0 && (!root || has('root')));
	},

	repair(): void {
		const view = this.getView();
		const { nodename: node, done } = view;
		const copies = this.copies();
		makeChange({
			node,
			digest: this.digest,
			call: (extra) => postRepair(node, { copies, digest: this.digest, ...extra }, view),
			nextDigest: async () => (await getRepair(node, copies)).digest,
			anyway: gettext('Repair Anyway'),
			done: () => {
				done();
				if (!view.destroyed) {
					this.load();
				}
			},
			refused: () => view.destroyed || this.load(),
		});
	},

	digest: '',
	asked: 0,
});

define<RepairConfig>('PVEFail2ban.window.RepairConfig', {
	extend: 'Ext.window.Window',
	itemId: 'fail2banRepair',
	title: gettext('Repair Configuration'),
	modal: true,
	width: 900,
	height: 600,
	maximizable: true,
	layout: { type: 'vbox', align: 'stretch' },
	controller: repairController,
	done: Ext.emptyFn,

	initComponent: function () {
		this.items = [
			{
				xtype: 'grid',
				reference: 'findings',
				flex: 1,
				border: false,
				disableSelection: true,
				store: { fields: [], data: [] },
				viewConfig: {
					enableTextSelection: true,
					trackOver: false,
					emptyText: gettext('Nothing is wrong with the configuration.'),
				},
				columns: [
					{
						dataIndex: 'state',
						width: 40,
						align: 'center',
						renderer: (state: RepairFinding['state']) =>
							`<i class="fa fa-fw ${state === 'info' ? 'fa-info-circle' : Proxmox.Utils.get_health_icon(state, true)}"></i>`,
					},
					{
						text: gettext('Finding'),
						dataIndex: 'text',
						flex: 1,
						cellWrap: true,
						renderer: (text: string, _meta, { data }: Ext.data.Record<RepairFinding>) =>
							`${encode(text)}<div class="pmx-opacity-75">${encode(data.hint)}</div>`,
					},
					{
						text: gettext('Place'),
						dataIndex: 'file',
						width: 170,
						cellWrap: true,
						renderer: (_value, _meta, { data }: Ext.data.Record<RepairFinding>) => encode(place(data)),
					},
				],
			},
			{
				xtype: 'proxmoxcheckbox',
				reference: 'copies',
				itemId: 'copies',
				hidden: true,
				margin: '5 10',
				disabled: !has('root'),
				boxLabel: gettext('Also remove the copied filters'),
				listeners: { change: 'load' },
			},
			{
				xtype: 'panel',
				reference: 'changes',
				hidden: true,
				title: gettext('Changes'),
				flex: 1,
				border: false,
				scrollable: true,
				bodyPadding: 5,
				layout: 'auto',
				items: [{ xtype: 'component', reference: 'diff', itemId: 'diff' }],
			},
		];
		this.buttons = [
			{ xtype: 'proxmoxHelpButton', onlineHelp: helpId('repair') },
			{ xtype: 'component', reference: 'problem', itemId: 'problem', flex: 1 },
			{
				xtype: 'pveFail2banButton',
				reference: 'repair',
				itemId: 'repair',
				nodename: this.nodename,
				right: 'modify',
				disabled: true,
				text: gettext('Repair'),
				handler: 'repair',
			},
			{ xtype: 'button', itemId: 'close', text: gettext('Close'), handler: () => this.close() },
		];
		this.callParent();
	},
});

/** Opens the repair; `done` is told when the configuration was changed. */
export function openRepair(nodename: string, done: () => void = Ext.emptyFn): void {
	Ext.create('PVEFail2ban.window.RepairConfig', { autoShow: true, nodename, done });
}
