import type { JailDetail } from '../../contract/types.ts';
import type { OptionRow } from '../form/OptionRow.ts';
import { paramOf } from '../form/optionFields.ts';
import { base, getJail, isTask, updateJail } from '../lib/api.ts';
import { define } from '../lib/define.ts';
import { showFailure } from '../lib/failure.ts';
import { banSentence, growthSentence } from '../lib/jailSentences.ts';
import { guarded } from '../lib/lockout.ts';
import { isOn } from '../lib/origin.ts';
import type { Failure } from '../lib/request.ts';
import { showTask } from '../lib/task.ts';
import { encode } from '../lib/text.ts';
import { allOptionsTab, generalTab, repeatTab } from './jailEditTabs.ts';

/** Options of one jail in forms (ui.md, 5). Sends only what was changed. */
export interface JailEdit extends Proxmox.window.Edit {
	nodename: string;
	jail: string;
	loaded: JailDetail | undefined;
	/** Tells the opener that the jail was changed; called again when a task has ended. */
	done: () => void;
	rows(): OptionRow[];
	text(option: string): string;
	showJail(detail: JailDetail): void;
	changes(): { [param: string]: string };
	onEdited(): void;
	markErrors(errors: Record<string, string>): void;
}

declare global {
	interface XTypes {
		pveFail2banJailEdit: JailEdit;
	}
}

define<JailEdit>('PVEFail2ban.window.JailEdit', {
	extend: 'Proxmox.window.Edit',
	xtype: 'pveFail2banJailEdit',
	itemId: 'fail2banJailEdit',
	subject: gettext('Jail'),
	width: 720,
	bodyPadding: 0,
	done: Ext.emptyFn,

	initComponent: function () {
		this.url = `${base(this.nodename)}/jails/${encodeURIComponent(this.jail)}`;
		this.items = [
			{
				xtype: 'tabpanel',
				itemId: 'tabs',
				deferredRender: false,
				border: false,
				height: 390,
				defaults: { bodyPadding: 10, border: false, scrollable: 'y' },
				items: [generalTab(this), repeatTab(this), allOptionsTab()],
			},
		];
		this.callParent();
		for (const row of this.rows()) {
			row.on('edited', this.onEdited, this);
		}
		this.load({ success: (response) => this.showJail(response.result?.data as unknown as JailDetail) });
	},

	rows: function () {
		return this.query<OptionRow>('pveFail2banOption');
	},

	text: function (option) {
		const row = this.rows().find((candidate) => candidate.option === option);
		if (row) {
			return row.effective();
		}
		const value = this.loaded?.options[option];
		return value?.value ?? value?.raw ?? '';
	},

	showJail: function (detail) {
		this.loaded = detail;
		for (const row of this.rows()) {
			const option = detail.options[row.option];
			row.setHidden(option === undefined);
			if (option) {
				row.loadOption(option);
			}
		}
		const options = Object.entries(detail.options).map(([name, option]) => ({ ...option, name }));
		this.down<Ext.grid.Panel>('#allOptions').getStore().loadData(options);
		this.onEdited();
	},

	onEdited: function () {
		if (!this.loaded) {
			return;
		}
		const grows = isOn(this.text('bantime.increment'));
		for (const row of this.query<OptionRow>('#repeat pveFail2banOption')) {
			if (row.option !== 'bantime.increment' && row.allowed !== grows) {
				row.setAllowed(grows);
			}
		}
		const sentence = banSentence(this.text('maxretry'), this.text('findtime'), this.text('bantime'));
		const growth = growthSentence({
			bantime: this.text('bantime'),
			multipliers: this.text('bantime.multipliers'),
			factor: this.text('bantime.factor'),
			formula: this.text('bantime.formula'),
			maxtime: this.text('bantime.maxtime'),
		});
		const showHint = (itemId: string, text: string) => {
			const hint = this.down<Ext.Component>(itemId);
			hint.setHidden(text === '');
			hint.setHtml(encode(text));
		};
		showHint('#sentence', sentence);
		showHint('#growth', grows ? growth : '');
	},

	changes: function () {
		const values: { [param: string]: string } = {};
		const reset: string[] = [];
		for (const row of this.rows()) {
			const change = row.change();
			if (change === null) {
				reset.push(paramOf(row.option));
			} else if (change !== undefined) {
				values[paramOf(row.option)] = change;
			}
		}
		return reset.length > 0 ? { ...values, delete: reset.join(',') } : values;
	},

	markErrors: function (errors) {
		const form = this.formPanel.getForm();
		form.markInvalid(errors);
		const field = Object.keys(errors)
			.map((name) => form.findField(name))
			.find((found) => found !== null);
		if (field) {
			this.down<Ext.tab.Panel>('#tabs').setActiveTab(field.up('#tabs > panel'));
		}
	},

	submit: function () {
		const { nodename: node, jail, digest } = this;
		const values = this.changes();
		guarded({
			node,
			digest,
			call: (extra) => updateJail(node, jail, { ...values, digest, ...extra }, this),
			nextDigest: () => getJail(node, jail).then((next) => next.digest),
		}).then(
			(answer) => {
				if (answer === null) {
					return;
				}
				this.done();
				if (isTask(answer)) {
					showTask(answer, () => this.done());
				}
				this.close();
			},
			(failure: Failure) => {
				this.markErrors(failure.errors ?? {});
				showFailure(failure, node);
			},
		);
	},
});
