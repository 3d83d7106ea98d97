import type { FilterDetail, TestAnswer, TestLine } from '../../contract/types.ts';
import { listJails } from '../kit/calls.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import type { Failure } from '../kit/request.ts';
import { has, missing } from '../kit/rights.ts';
import { encode, formatHtml } from '../kit/text.ts';
import { getFilter } from './calls.ts';
import { hitRows } from './hits.ts';
import { type Draft, saveChanged, saveNew } from './saveFilter.ts';
import { chosenSource, fillChoice, fillSources, showSourceFields, textIn } from './sourceFields.ts';
import type { TestResult } from './TestResult.ts';
import { changedTexts, editedOptions, type FilterTexts, testParams, textsOf } from './testParams.ts';
import { warningsHtml } from './warnings.ts';
import { watchWarnings } from './watchWarnings.ts';
import { scanLog, testFilter } from './windowCalls.ts';

type Workbench = XTypes['pveFail2banWorkbench'];

type Field = Ext.form.field.ComboBox;

/** The field of each option; journalmatch has another one in the source bar. */
const fieldOf = (option: string) => (option === 'journalmatch' ? '#filterMatch' : `#${option}`);

/** Calls of a window are made one at a time: what is typed meanwhile is tried when the answer is there. */
export const workbenchController = controller<Workbench>()({
	/** The texts that the answer is about. */
	tested: '',
	busy: false,
	again: false,
	loading: true,
	timer: 0,

	field(selector: string): Field {
		return this.getView().down<Field>(selector);
	},

	typed(): FilterTexts {
		return Object.fromEntries(
			editedOptions.map((option) => [option, textIn(this.getView(), fieldOf(option))]),
		) as FilterTexts;
	},

	params(): Record<string, string> {
		const view = this.getView();
		return testParams(view.filter, this.typed(), chosenSource(view), textIn(view, '#mode'));
	},

	init(view: Workbench): void {
		view.on('beforeclose', this.mayClose, this);
		view.on('destroy', () => window.clearTimeout(this.timer), this);
		view.on('afterrender', this.load, this, { single: true });
		for (const option of editedOptions) {
			this.field(fieldOf(option)).setReadOnly(!has('test') && !has('root'));
		}
		this.result().on('more', this.test, this);
		this.onSource();
	},

	result(): TestResult {
		return this.getView().down('pveFail2banTestResult');
	},

	/** Why the source bar is greyed out. */
	explain(): void {
		const { nodename } = this.getView();
		this.getView()
			.down<Ext.Component>('#sourceBar')
			.el.dom.setAttribute('data-qtip', encode(missing('test', nodename)));
	},

	load(): void {
		const view = this.getView();
		const { nodename, start } = view;
		const loadJails = listJails(nodename);
		loadJails
			.then((jails) => {
				const name = start.filter ?? jails.find(({ jail }) => jail === start.jail)?.filter;
				return name === undefined ? undefined : getFilter(nodename, name, view);
			})
			.then((filter) =>
				loadJails.then((jails) => {
					if (!view.destroyed) {
						fillSources(view, jails, filter);
						this.showFilter(filter);
						this.showAnswer(undefined);
						if (start.test && has('test')) {
							this.test();
						}
					}
				}),
			)
			.then(undefined, (failure: Failure) => {
				showFailure(failure, nodename);
				this.loading = false;
				view.close();
			});
	},

	showFilter(filter: FilterDetail | undefined): void {
		const view = this.getView();
		view.filter = filter;
		this.loading = true;
		const copied = view.start.create;
		view.setTitle(
			copied || !filter
				? formatHtml('{0}: {1}', gettext('Create'), gettext('Filter'))
				: formatHtml('{0}: {1}', gettext('Filter'), filter.name),
		);
		const texts = textsOf(filter);
		for (const option of editedOptions) {
			this.field(fieldOf(option)).setValue(texts[option]);
		}
		const modes = filter?.parameters.find(({ name }) => name === 'mode')?.choices ?? [];
		this.field('#mode').setHidden(modes.length === 0);
		fillChoice(view, '#mode', ['', ...modes]);
		this.field('#mode').setValue('');
		this.loading = false;
		this.showState();
		watchWarnings(view, () => this.showState());
	},

	dirty(): boolean {
		return Object.keys(changedTexts(this.getView().filter, this.typed())).length > 0;
	},

	/** Follows what is typed: buttons, and the warnings that still hold. */
	showState(): void {
		const view = this.getView();
		const { filter, start } = view;
		const changed = changedTexts(filter, this.typed());
		const dirty = Object.keys(changed).length > 0;
		const ready = start.create ? this.typed().failregex !== '' : dirty && Boolean(filter?.editable);
		view.down<XTypes['pveFail2banButton']>('#save').setReady(ready);
		view.down<XTypes['pveFail2banButton']>('#saveAs').setReady(filter !== undefined);
		this.hint('#warnings', warningsHtml(filter, Object.keys(changed)));
	},

	hint(selector: string, html: Encoded): void {
		const hint = this.getView().down<Ext.Component>(selector);
		hint.setHtml(html);
		hint.setHidden(html === '');
	},

	onSource(): void {
		showSourceFields(this.getView());
		this.later(0);
	},

	onTyping(): void {
		this.showState();
		this.later(600);
	},

	/** Tests soon, if it is wanted while typing. */
	later(milliseconds: number): void {
		window.clearTimeout(this.timer);
		if (this.loading || !has('test') || !this.getView().down<Ext.form.field.Checkbox>('#typing').getValue()) {
			return;
		}
		this.timer = window.setTimeout(() => this.test(), milliseconds);
	},

	test(): void {
		window.clearTimeout(this.timer);
		const choice = chosenSource(this.getView());
		const typed = this.typed();
		if (choice[choice.source] === '' || (!this.getView().filter && typed.failregex === '')) {
			this.showAnswer(undefined);
			return;
		}
		if (this.busy) {
			this.again = true;
			return;
		}
		this.busy = true;
		this.result().say(`<i class="fa fa-refresh fa-spin"></i> ${encode(gettext('Testing…'))}`);
		testFilter(this.getView().nodename, { ...this.params(), show: this.result().kind() }).then(
			(answer) => this.answered(() => this.showAnswer(answer, JSON.stringify(typed))),
			(failure: Failure) => this.answered(() => this.refused(failure)),
		);
	},

	/** An answer that something newer has overtaken is not shown. */
	answered(show: () => void): void {
		this.busy = false;
		if (this.getView()?.destroyed !== false) {
			return;
		}
		if (this.again) {
			this.again = false;
			this.test();
		} else {
			show();
		}
	},

	/** Marks what the server refused; what has no field is said above the lines. */
	refused({ errors = {}, message, html }: Failure): void {
		this.tested = '';
		const said = encode(message) || html;
		this.result().say(`<span class="critical">${said}</span>`);
		this.mark(errors);
	},

	mark(errors: Record<string, string>): void {
		const fromJournal = textIn(this.getView(), '#source') === 'journalmatch';
		for (const [name, text] of Object.entries(errors)) {
			const selector = name === 'journalmatch' && fromJournal ? '#journalmatch' : fieldOf(name);
			const field = this.getView().query<Field>(selector)[0];
			field?.up<Ext.form.FieldSet>('fieldset')?.expand();
			field?.markInvalid(encode(text));
		}
	},

	showAnswer(answer: TestAnswer | undefined, tested = ''): void {
		this.tested = tested;
		for (const option of [...editedOptions.map(fieldOf), '#journalmatch', '#file', '#since']) {
			this.field(option).clearInvalid();
		}
		this.result().showAnswer(answer);
		const grid = this.getView().down<Ext.grid.Panel>('#hits');
		const rows = hitRows(answer);
		grid.getStore().loadData(rows);
		grid.setHidden(rows.length === 0);
	},

	/** Shows which expression hit the line. */
	onLine(_model: unknown, record: Ext.data.Record<TestLine>): void {
		const { regex, 'ignored-by': ignoredBy } = record.data;
		const id = ignoredBy !== null ? `ignoreregex ${ignoredBy + 1}` : `failregex ${(regex ?? -1) + 1}`;
		const grid = this.getView().down<Ext.grid.Panel>('#hits');
		const row = grid.getStore().getById(id);
		grid.setSelection(row ?? []);
	},

	scan(): void {
		const view = this.getView();
		const { since: _all, ...params } = this.params();
		scanLog(view.nodename, params, view).then(
			(upid) => Ext.create('Proxmox.window.TaskViewer', { autoShow: true, upid }),
			(failure: Failure) => {
				this.mark(failure.errors ?? {});
				showFailure(failure, view.nodename);
			},
		);
	},

	draft(): Draft {
		const typed = this.typed();
		const { answer } = this.result();
		const doubts = [
			...(this.tested === JSON.stringify(typed) ? [] : [gettext('This text was not tested.')]),
			...(this.tested !== '' && answer?.counts.matched === 0 ? [gettext('No line matched.')] : []),
		];
		return {
			view: this.getView(),
			typed,
			doubts,
			mark: (errors) => this.mark(errors),
			written: (filter) => {
				this.getView().start.create = false;
				this.getView().down<Ext.Component>('#saveAs').setHidden(false);
				this.showFilter(filter);
			},
		};
	},

	saveAs(): void {
		saveNew(this.draft());
	},

	save(): void {
		const { filter, start } = this.getView();
		if (start.create || !filter) {
			saveNew(this.draft());
		} else {
			saveChanged(this.draft(), filter);
		}
	},

	/** Asks before changes are lost; only who may save can lose any. */
	mayClose(): boolean {
		const view = this.getView();
		if (this.loading || !has('root') || !this.dirty()) {
			return true;
		}
		confirm(encode(gettext('Close without saving? Your changes are lost.')), { dangerous: true }).then(
			(yes) => {
				if (yes) {
					view.destroy();
				}
			},
		);
		return false;
	},
});
