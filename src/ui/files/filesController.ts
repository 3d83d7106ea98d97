import type { FileRow, OpenedFile } from '../../contract/types.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import type { RightButton } from '../kit/RightButton.ts';
import type { Failure } from '../kit/request.ts';
import { isRoot, missing } from '../kit/rights.ts';
import { encode, format, formatHtml } from '../kit/text.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { deleteFile, type FileParams, getFile, listFiles, saveFile } from './calls.ts';
import { withStops } from './stops.ts';

type ConfigFiles = XTypes['pveFail2banConfigFiles'];

type Problem = OpenedFile['problems'][number];

/** As fail2ban reads it, and the server takes it. */
const localName = /^(?:(?:jail|fail2ban|filter|action)\.d\/)?[A-Za-z0-9][\w.-]*\.local$/;

const nothing: OpenedFile = {
	name: '',
	content: '',
	digest: '',
	origin: 'local',
	package: null,
	editable: false,
	problems: [],
};

const lineHeight = 16;

export const filesController = controller<ConfigFiles>()({
	init(): void {
		this.reload();
	},

	text(): Ext.form.field.TextArea {
		return this.lookup<Ext.form.field.TextArea>('text');
	},

	list(): Ext.grid.Panel {
		return this.lookup<Ext.grid.Panel>('list');
	},

	record(name: string | undefined): Ext.data.Record | undefined {
		return this.list().getStore().findRecord('name', name, 0, false, true, true) ?? undefined;
	},

	/** What becomes of a call: nothing when the window is gone or the user gave up. */
	when<T>(call: Promise<T | null>, then: (answer: T) => void): void {
		const view = this.getView();
		call.then(
			(answer) => {
				if (answer !== null && !view.destroyed) {
					then(answer);
				}
			},
			(failure: Failure) => showFailure(failure, view.nodename),
		);
	},

	/** Loads the list; then opens a file again, or nothing. */
	reload(name?: string): void {
		const view = this.getView();
		this.when(listFiles(view.nodename, view), (rows) => {
			this.list().getStore().loadData(rows);
			if (name !== undefined && !this.record(name)) {
				this.lookup<Ext.form.field.Text>('search').setValue('');
			}
			const record = this.record(name);
			view.opened = undefined;
			this.list().setSelection(record);
			if (!record) {
				this.show(nothing);
			}
		});
	},

	isEdited(): boolean {
		return Boolean(this.getView().opened?.editable) && this.text().isDirty();
	},

	/** Asks before edited text is lost. */
	mayLeave(): Promise<boolean> {
		return this.isEdited()
			? confirm(encode(gettext('Discard the changes of this file?')), { dangerous: true })
			: Promise.resolve(true);
	},

	onClose(): boolean {
		const view = this.getView();
		if (view.discard || !this.isEdited()) {
			return true;
		}
		this.mayLeave().then((yes) => {
			if (yes) {
				view.discard = true;
				view.close();
			}
		});
		return false;
	},

	onSelect(): void {
		const row = this.list().getSelection()[0]?.data as FileRow | undefined;
		const before = this.getView().opened?.name;
		if (!row || row.name === before) {
			return;
		}
		this.mayLeave().then((yes) => {
			if (yes) {
				this.open(row);
			} else {
				this.list().setSelection(this.record(before));
			}
		});
	},

	open({ name, used }: FileRow): void {
		const view = this.getView();
		if (isRoot() && used) {
			this.when(getFile(view.nodename, name, view), (file) => this.show(file));
		} else {
			const why = isRoot()
				? gettext('Not shown: fail2ban does not read it, or it is a link.')
				: missing('root', view.nodename);
			this.show({ ...nothing, name }, why);
		}
	},

	show(file: OpenedFile, why = ''): void {
		const { name, editable, digest } = file;
		const text = this.text();
		this.getView().opened = { name, editable, digest: digest || undefined };
		text.setReadOnly(!editable);
		text.setValue(file.content);
		text.resetOriginalValue();
		const owner = format(gettext('Belongs to package {0}. Use a .local file.'), file.package);
		this.lookup('hint').setHtml(encode(file.package === null ? why : owner));
		this.lookup<RightButton>('remove').setReady(editable && digest !== '');
		this.showProblems(file.problems);
		this.onEdit();
	},

	onEdit(): void {
		const { opened } = this.getView();
		const edited = this.isEdited();
		this.lookup<RightButton>('save').setReady(edited || Boolean(opened?.editable && !opened.digest));
		this.lookup<RightButton>('revert').setReady(edited);
		this.number([]);
	},

	/** Numbers the lines; wrong ones stand out. */
	number(wrong: readonly Problem[]): void {
		const lines = this.text().getRawValue().split('\n');
		const numbers = lines.map((_line, index) =>
			wrong.some(({ line }) => line === index + 1)
				? `<b class="proxmox-invalid-row">${index + 1}</b>`
				: String(index + 1),
		);
		// as much room below as the text has for its scroll bar
		this.lookup('numbers').setHtml(`${numbers.join('\n')}\n\n\n`);
		this.scroll();
	},

	scroll(): void {
		if (this.text().rendered) {
			this.lookup('numbers').el.dom.scrollTop = this.text().inputEl.dom.scrollTop;
		}
	},

	showProblems(problems: readonly Problem[]): void {
		const list = this.lookup('problems');
		list.setHidden(problems.length === 0);
		const sentences = problems.map(({ line, message }) => {
			const text = line === null ? message : format(gettext('Line {0}: {1}'), line, message);
			return `<div class="proxmox-invalid-row" style="cursor:pointer" data-line="${line ?? ''}">${encode(text)}</div>`;
		});
		list.setHtml(sentences.join(''));
		this.number(problems);
		this.goTo(problems.find(({ line }) => line !== null)?.line ?? null);
	},

	/** Selects a line and scrolls to it. */
	goTo(line: number | null): void {
		if (line === null) {
			return;
		}
		const area = this.text().inputEl.dom as HTMLTextAreaElement;
		const lines = area.value.split('\n');
		const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0);
		area.focus();
		// ExtJS puts the cursor to the end a moment after each focus
		setTimeout(() => {
			area.setSelectionRange(start, start + (lines[line - 1] ?? '').length);
			area.scrollTop = (line - 5) * lineHeight;
		}, 200);
	},

	wire(): void {
		const area = this.text().inputEl.dom;
		area.setAttribute('spellcheck', 'false');
		area.addEventListener('scroll', () => this.scroll());
		this.lookup('problems').el.dom.addEventListener('click', (event) =>
			this.goTo(Number((event.target as HTMLElement).dataset.line) || null),
		);
	},

	search(_field: unknown, text: string): void {
		const part = text.trim().toLowerCase();
		// with an id it takes the place of the last one
		this.list()
			.getStore()
			.addFilter({
				id: 'search',
				filterFn: ({ data }: Ext.data.Record<FileRow>) => data.name.toLowerCase().includes(part),
			});
	},

	create(): void {
		this.mayLeave().then((yes) => yes && this.askName(''));
	},

	askName(proposed: string): void {
		const answered = (button: string, text: string) => {
			const name = text.trim();
			if (button !== 'ok') {
				return;
			}
			const fault = this.record(name)
				? formatHtml(gettext('{0} already exists.'), name)
				: localName.test(name)
					? ''
					: encode(gettext('Only .local files, at the top or in jail.d, fail2ban.d, filter.d or action.d.'));
			if (fault !== '') {
				Ext.Msg.alert(gettext('Error'), fault, () => this.askName(name));
				return;
			}
			this.list().setSelection();
			this.show({ ...nothing, name, editable: true }, format(gettext('New file {0}'), name));
			// else the Enter that ended the question would be typed
			setTimeout(() => this.text().focus(), 100);
		};
		const question = encode(gettext('Name, for example jail.d/sshd.local:'));
		Ext.Msg.prompt(gettext('Create'), question, answered, undefined, false, proposed);
	},

	/** Checks first; asks if there is a question, or if jails would stop; then does it. */
	write(
		call: (node: string, file: FileParams, waits: Ext.Component) => ReturnType<typeof deleteFile>,
		file: FileParams,
		question: Encoded,
		after: () => void,
	): void {
		const view = this.getView();
		const { nodename: node, done } = view;
		const check = call(node, { ...file, check: true }, view).then((checked) => {
			if ('upid' in checked) {
				return false;
			}
			this.showProblems(checked.problems);
			const text = withStops(question, checked.stops);
			const dangerous = checked.stops.length > 0;
			return checked.problems.length === 0 && (text === '' || confirm(text, { dangerous }));
		});
		this.when(check, (yes) => {
			if (yes) {
				makeChange({
					node,
					call: (extra) => call(node, { ...file, ...extra }, view),
					// Ignoring an address first must not change the very file.
					...(file.name !== 'jail.local' && { nextDigest: async () => undefined }),
					done: () => {
						done();
						if (!view.destroyed) {
							after();
						}
					},
				});
			}
		});
	},

	save(): void {
		const { name = '', digest } = this.getView().opened ?? {};
		const content = this.text().getRawValue();
		this.write(saveFile, { name, digest, content }, '', () => this.reload(name));
	},

	revert(): void {
		this.text().reset();
		this.showProblems([]);
		this.onEdit();
	},

	remove(): void {
		const { name = '', digest } = this.getView().opened ?? {};
		const question = formatHtml(gettext('Remove {0}? Its settings revert to their defaults.'), name);
		this.write(deleteFile, { name, digest }, question, () => this.reload());
	},
});
