import type { JailDetail, OptionValue } from '../../contract/types.ts';
import type { JailPreview } from './JailPreview.ts';
import './JailPreview.ts';
import { define } from '../kit/define.ts';
import { keepButtonsFresh } from '../kit/freshButtons.ts';
import { isTrue } from '../kit/isTrue.ts';
import { markFields } from '../kit/markFields.ts';
import { count, encode, formatHtml, plural } from '../kit/text.ts';
import type { Extra } from '../lockout/lockout.ts';
import { makeChange } from '../lockout/makeChange.ts';
import type { OptionRow } from '../options/OptionRow.ts';
import { paramOf } from '../options/optionFields.ts';
import { getJailConfig, jailPath, updateJail } from './calls.ts';
import { actionTab, advancedTab, generalTab, hint, repeatTab, sourceTab } from './jailEditTabs.ts';
import { allOptionsTab } from './jailOptionsTab.ts';
import { banSentence, growthSentence } from './jailSentences.ts';
import { createJail } from './windowCalls.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openJailEdit: typeof openJailEdit;
	}
}

/** Changes of these make the jail restart: a reload would leave it without actions, or with its old reader. */
const restarting = ['backend', 'banaction', 'banaction_allports', 'action', 'port', 'protocol', 'chain'];

/** Asked for what a new jail inherits; no jail is called so. */
const newJail = '-';

/** Options of one jail, or of a new one, in forms. Sends only what was changed. */
interface JailEdit extends Proxmox.window.Edit {
	nodename: string;
	/** Undefined: a new one is created. */
	jail: string | undefined;
	loaded: JailDetail | undefined;
	/** Tells the opener that the jail was changed; called again when a task has ended. */
	done: () => void;
	rows(): OptionRow[];
	text(option: string): string;
	showJail(detail: JailDetail): void;
	changes(): { [param: string]: string };
	onEdited(): void;
	preview(): void;
	allow(tab: string, allowed: (option: string) => boolean): void;
	showHint(itemId: string, html: Encoded): void;
	restartHint(): Encoded;
	send(extra: Extra): Promise<unknown>;
	markErrors(errors: Record<string, string>): void;
}

declare global {
	interface XTypes {
		pveFail2banJailEdit: JailEdit;
	}
}

/** What the new jail inherits, less what comes from its not having a name yet. */
function unnamed(name: string, option: OptionValue): OptionValue {
	const nothing = { value: null, raw: null, file: null, line: null };
	return { ...option, ...(name === 'filter' && nothing), target: null };
}

define<JailEdit>('PVEFail2ban.window.JailEdit', {
	extend: 'Proxmox.window.Edit',
	xtype: 'pveFail2banJailEdit',
	itemId: 'fail2banJailEdit',
	subject: gettext('Jail'),
	onlineHelp: 'pve_fail2ban_jails',
	width: 720,
	bodyPadding: 0,
	done: Ext.emptyFn,

	initComponent: function () {
		const { jail } = this;
		this.isCreate = jail === undefined;
		const config = `${jailPath(this.nodename, jail ?? newJail)}/config`;
		this.url = jail === undefined ? `${config}?create=1` : config;
		this.items = [
			{
				xtype: 'tabpanel',
				itemId: 'tabs',
				deferredRender: false,
				border: false,
				height: 390,
				defaults: { bodyPadding: 10, border: false, scrollable: 'y' },
				items: [generalTab, repeatTab, sourceTab, actionTab, advancedTab, allOptionsTab].map((tab) =>
					tab(this),
				),
			},
			hint('restart'),
			{ xtype: 'pveFail2banJailPreview', nodename: this.nodename },
		];
		this.callParent();
		keepButtonsFresh(this);
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
		// Each row tells when its value changes, and the window looks at all of them once, at the end.
		this.loaded = undefined;
		for (const row of this.rows()) {
			const option = detail.options[row.option];
			row.setHidden(option === undefined);
			if (option) {
				row.loadOption(this.isCreate ? unnamed(row.option, option) : option);
			}
		}
		this.loaded = detail;
		if (this.isCreate) {
			this.down<Ext.form.field.Checkbox>('#option-enabled #field').setValue(true);
		}
		const options = Object.entries(detail.options).map(([name, option]) => ({ ...option, name }));
		this.down<Ext.grid.Panel>('#allOptions').getStore().loadData(options);
		this.onEdited();
	},

	onEdited: function () {
		if (!this.loaded) {
			return;
		}
		const grows = isTrue(this.text('bantime.increment'));
		this.allow('repeat', (option) => grows || option === 'bantime.increment');
		const journal = this.text('backend').startsWith('systemd');
		this.allow('source', (option) => option !== (journal ? 'logpath' : 'journalmatch'));
		const sentence = banSentence(this.text('maxretry'), this.text('findtime'), this.text('bantime'));
		const growth = growthSentence({
			bantime: this.text('bantime'),
			multipliers: this.text('bantime.multipliers'),
			factor: this.text('bantime.factor'),
			formula: this.text('bantime.formula'),
			maxtime: this.text('bantime.maxtime'),
		});
		this.showHint('#sentence', encode(sentence));
		this.showHint('#growth', grows ? encode(growth) : '');
		this.showHint('#restart', this.restartHint());
		this.preview();
	},

	preview: function () {
		const changes = this.changes();
		const name = this.jail ?? String(this.down<Ext.form.field.Text>('#jail').getValue() ?? '');
		const some = Object.keys(changes).length > 0 && name !== '' && this.isValid();
		this.down<JailPreview>('#preview').follow(name, some ? changes : null);
	},

	allow: function (tab, allowed) {
		for (const row of this.query<OptionRow>(`#${tab} pveFail2banOption`)) {
			if (row.allowed !== allowed(row.option)) {
				row.setAllowed(!row.allowed);
			}
		}
	},

	showHint: function (itemId, html) {
		const hint = this.down<Ext.Component>(itemId);
		hint.setHidden(html === '');
		hint.setHtml(html);
	},

	restartHint: function () {
		const banned = this.loaded?.running ? (this.loaded.status?.banned ?? 0) : 0;
		const changed = this.rows().some((row) => restarting.includes(row.option) && row.change() !== undefined);
		if (banned === 0 || !changed) {
			return '';
		}
		const text = plural(
			banned,
			'The jail restarts: its {0} ban is lifted and set again.',
			'The jail restarts: its {0} bans are lifted and set again.',
		);
		return formatHtml(text, count(banned));
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
		markFields(form, errors);
		const field = Object.keys(errors)
			.map((name) => form.findField(name))
			.find((found) => found !== null);
		if (field) {
			this.down<Ext.tab.Panel>('#tabs').setActiveTab(field.up('#tabs > panel'));
		}
	},

	send: function (extra) {
		const params = { ...this.changes(), digest: this.digest, ...extra };
		if (this.jail !== undefined) {
			return updateJail(this.nodename, this.jail, params, this);
		}
		const name = String(this.down<Ext.form.field.Text>('#jail').getValue());
		return createJail(this.nodename, { ...params, jail: name }, this);
	},

	submit: function () {
		// Once it is closed the window has lost what it was given.
		const { nodename: node, jail, digest, done } = this;
		const create = jail === undefined || undefined;
		makeChange({
			node,
			digest,
			call: (extra) => this.send(extra),
			nextDigest: () => getJailConfig(node, jail ?? newJail, undefined, create).then((next) => next.digest),
			done: () => {
				done();
				if (!this.destroyed) {
					this.close();
				}
			},
			refused: ({ errors }) => this.markErrors(errors ?? {}),
		});
	},
});

/** Edits a jail, or creates one without a name. */
export function openJailEdit(nodename: string, jail: string | undefined, done: () => void): void {
	Ext.create('PVEFail2ban.window.JailEdit', { autoShow: true, nodename, jail, done });
}
