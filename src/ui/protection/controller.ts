import type { Protection, ProtectionIgnore, ProtectionJail } from '../../contract/types.ts';
import { controller } from '../kit/define.ts';
import { diffHtml } from '../kit/diff.ts';
import { showFailure } from '../kit/failure.ts';
import { confirmTask, expectProvisional, forgetProvisional } from '../kit/provisional.ts';
import type { Failure } from '../kit/request.ts';
import { encode, format, tip } from '../kit/text.ts';
import { guarded } from '../lockout/lockout.ts';
import { openTestDetection } from '../overview/TestDetection.ts';
import { applyProtection, getProtection, type ProtectionParams } from './calls.ts';
import { ownAddressWarning, summaryText } from './protectionWords.ts';

type SetUpProtection = XTypes['pveFail2banProtection'];

/** How often the failures that are still being counted are asked for, and milliseconds between. */
const rounds = 20;
const pauseMs = 3000;

export const protectionController = controller<SetUpProtection>()({
	/** The last answer: of the start, then of what was chosen. */
	known: undefined as Protection | undefined,
	/** What the page Confirm is about; undefined: another page is open. */
	planned: undefined as ProtectionParams | undefined,
	/** Whether that is what Finish would do. */
	ready: false,

	init(view: SetUpProtection): void {
		view.on('afterrender', this.load, this, { single: true });
	},

	fail(failure: Failure): void {
		showFailure(failure, this.getView().nodename);
	},

	rows<Row>(name: string): Ext.data.Record<Row>[] {
		const found: Ext.data.Record<Row>[] = [];
		this.lookup<Ext.grid.Panel>(name)
			.getStore()
			.each((record) => found.push(record as unknown as Ext.data.Record<Row>));
		return found;
	},

	preset(): Protection['presets'][number]['id'] {
		return this.getView().down<Ext.form.field.Radio>('#standard').getGroupValue();
	},

	params(): ProtectionParams {
		const jails = this.rows<ProtectionJail>('jails').filter(({ data }) => data.chosen);
		const ignore = this.rows<ProtectionIgnore>('ignore').filter(({ data }) => data.chosen);
		return {
			preset: this.preset(),
			jails: jails.map(({ data }) => data.jail).join(','),
			ignore: ignore.map(({ data }) => data.address).join(','),
		};
	},

	load(): void {
		const view = this.getView();
		getProtection(view.nodename, {}, view).then(
			(protection) => {
				if (!view.destroyed) {
					this.show(protection);
					this.count(rounds);
				}
			},
			(failure: Failure) => {
				this.fail(failure);
				view.close();
			},
		);
	},

	show(protection: Protection): void {
		const view = this.getView();
		const { asked, presets, preset, applied, jails, ignore } = protection;
		this.known = protection;
		view.down<Ext.form.field.Radio>(`#${asked}`).setValue(true);
		for (const each of presets) {
			view.down(`#text-${each.id}`).setHtml(encode(each.text));
		}
		const present = presets.find(({ id }) => id === preset);
		const hint = this.lookup('presetHint');
		hint.setHidden(!applied);
		hint.setHtml(
			encode(
				present === undefined
					? gettext('This node is protected with its own values. The preset replaces them.')
					: format(gettext('This node is protected by the preset {0}.'), present.title),
			),
		);
		this.lookup<Ext.grid.Panel>('jails').getStore().loadData(jails);
		this.lookup<Ext.grid.Panel>('ignore').getStore().loadData(ignore);
		this.onChosen();
	},

	/** Asks again for the failures that are still being counted. */
	count(times: number): void {
		const view = this.getView();
		const waits = this.rows<ProtectionJail>('jails').some(
			({ data }) => data.available && data.failures === null,
		);
		if (!waits || times === 0) {
			return;
		}
		setTimeout(() => {
			if (view.destroyed) {
				return;
			}
			getProtection(view.nodename, {}).then(
				({ jails }) => {
					if (!view.destroyed) {
						for (const record of this.rows<ProtectionJail>('jails')) {
							const found = jails.find(({ jail }) => jail === record.data.jail);
							record.set({ failures: found?.failures ?? null, 'at-least': found?.['at-least'] ?? false });
						}
						this.count(times - 1);
					}
				},
				// The figures are no part of the choice.
				() => undefined,
			);
		}, pauseMs);
	},

	/** After each tick: what the pages say, and whether the wizard may go on. */
	onChosen(): void {
		const { jails } = this.params();
		this.lookup('jailsHint').setHtml(
			jails === ''
				? `<span class="critical">${encode(gettext('Select at least one jail.'))}</span>`
				: encode(gettext('Jails that you do not select are not changed.')),
		);
		this.lookup<Ext.form.field.Text>('chosenJails').setValue(jails);
		this.warn();
	},

	warn(): void {
		const { known } = this;
		const strict = known?.presets.find(({ id }) => id === this.preset());
		if (known && strict) {
			const ignore = this.rows<ProtectionIgnore>('ignore').map(({ data }) => data);
			const text = ownAddressWarning({ ...known, ignore }, strict.maxretry);
			this.lookup('ignoreHint').setHtml(`<span class="critical">${encode(text)}</span>`);
		}
	},

	onAddressKey(_field: unknown, event: Ext.KeyEvent): void {
		if (event.getKey() === event.ENTER) {
			event.stopEvent();
			this.addTyped();
		}
	},

	addTyped(): void {
		const field = this.lookup<Ext.form.field.Text>('address');
		const typed = String(field.getValue() ?? '').trim();
		if (typed !== '' && field.isValid()) {
			this.ignore([typed], gettext('Added by you'));
			field.setValue('');
		}
	},

	/** Ticks addresses, which are added if they are not there. */
	ignore(addresses: string[], text: string): void {
		const store = this.lookup<Ext.grid.Panel>('ignore').getStore();
		for (const address of addresses) {
			const record = store.findRecord('address', address, 0, false, false, true);
			if (record) {
				record.set({ chosen: true });
			} else {
				store.add({ address, text, kind: 'asked', chosen: true, present: false });
			}
		}
		this.onChosen();
	},

	openPlan(): void {
		this.plan(() => this.getView().down('#submit').focus());
	},

	/**
	 * Shows what Finish would do.
	 * @param then the focus would bring the wizard before an alert that is open
	 */
	plan(then: () => void = Ext.emptyFn): void {
		const view = this.getView();
		this.ready = false;
		this.warn();
		for (const part of ['summary', 'diff']) {
			this.lookup(part).setHtml('');
		}
		this.lookup('problem').setHidden(true);
		const params = this.params();
		this.planned = params;
		getProtection(view.nodename, params, view).then(
			(protection) => {
				if (!view.destroyed && this.planned === params) {
					this.showPlan(protection);
					then();
					this.askBanned(rounds);
				}
			},
			(failure: Failure) => this.fail(failure),
		);
	},

	/** Whom it bans at once takes a while to find out. */
	askBanned(times: number): void {
		const view = this.getView();
		const { planned } = this;
		if (times === 0 || this.known?.['banned-total'] !== null || planned === undefined) {
			return;
		}
		setTimeout(() => {
			if (view.destroyed || this.planned !== planned) {
				return;
			}
			getProtection(view.nodename, planned).then(
				(protection) => {
					if (!view.destroyed && this.planned === planned) {
						this.showPlan(protection);
						this.askBanned(times - 1);
					}
				},
				// What is shown holds; Finish tells what is wrong.
				() => undefined,
			);
		}, pauseMs);
	},

	/** The choice may change until Confirm is opened again. */
	leavePlan(): void {
		this.planned = undefined;
	},

	showPlan(protection: Protection): void {
		const view = this.getView();
		const { files, problem, banned } = protection;
		this.known = protection;
		this.ready = problem === null;
		const names = banned.length > 0 ? tip(banned.join(', ')) : '';
		this.lookup('summary').setHtml(`<span ${names}>${encode(summaryText(protection))}</span>`);
		this.lookup('diff').setHtml(
			diffHtml(
				files
					.filter(({ state }) => state !== 'unchanged')
					.map(({ diff }) => diff.trimEnd())
					.join('\n\n'),
			),
		);
		const hint = this.lookup('problem');
		hint.setHidden(problem === null);
		hint.setHtml(encode(problem));
		view.down('#submit').setDisabled(!this.ready);
		view.updateLayout();
	},

	finish(): void {
		const view = this.getView();
		const { nodename: node } = view;
		const digest = this.known?.digest;
		expectProvisional(node);
		guarded({
			node,
			call: (extra) =>
				applyProtection(node, { ...this.params(), ...(digest !== undefined && { digest }), ...extra }, view),
			ignore: async (addresses) => {
				this.ignore(addresses, gettext('Added by the lockout guard'));
				return { ignore: this.params().ignore };
			},
		}).then(
			(upid) => (upid === null ? forgetProvisional(node) : this.watch(upid)),
			(failure: Failure) => {
				forgetProvisional(node);
				this.fail(failure);
				// The files may be others by now.
				this.plan();
			},
		);
	},

	/** Shows the task. After a failure the wizard is there again. */
	watch(upid: string): void {
		const view = this.getView();
		const { nodename, done } = view;
		let failed = false;
		let made = false;
		view.hide();
		Ext.create('Proxmox.window.TaskViewer', {
			autoShow: true,
			upid,
			taskDone: (ok: boolean) => {
				made = ok;
				failed = !ok;
				done();
				confirmTask(nodename);
			},
			listeners: {
				destroy: () => {
					if (failed) {
						view.show();
						this.plan();
						return;
					}
					view.close();
					if (made) {
						openTestDetection(nodename);
					}
				},
			},
		});
	},
});
