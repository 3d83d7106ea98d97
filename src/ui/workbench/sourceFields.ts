import type { FilterDetail, JailRow } from '../../contract/types.ts';
import type { SourceChoice, TestSource } from './testParams.ts';

type Workbench = XTypes['pveFail2banWorkbench'];

type Combo = Ext.form.field.ComboBox;

const sources: TestSource[] = ['jail', 'journalmatch', 'file', 'text'];

/** What stands in a field, without the white space around it. */
export function textIn(view: Workbench, selector: string): string {
	return String(view.down<Combo>(selector).getValue() ?? '').trim();
}

/** Where the lines shall come from. */
export function chosenSource(view: Workbench): SourceChoice {
	const text = (name: string) => textIn(view, `#${name}`);
	return {
		source: text('source') as TestSource,
		jail: text('jail'),
		journalmatch: text('journalmatch'),
		file: text('file'),
		text: text('text'),
		since: text('since'),
	};
}

/** Shows only the fields that belong to the source. */
export function showSourceFields(view: Workbench): void {
	const source = textIn(view, '#source');
	for (const other of sources) {
		view.down<Combo>(`#${other}`).setHidden(other !== source);
	}
	view.down<Combo>('#since').setHidden(source === 'text');
	view.down<Ext.button.Button>('#scan').setHidden(source === 'text');
}

/** Replaces the choices of a combo box, whose values are their own texts. */
export function fillChoice(view: Workbench, selector: string, values: Iterable<string>): void {
	view
		.down<Combo>(selector)
		.getStore()
		.loadData([...values].map((id) => ({ id, text: id })));
}

/** Fills the choices, and chooses a jail that uses the filter, else the filter's journal match, else text. */
export function fillSources(view: Workbench, rows: JailRow[], filter: FilterDetail | undefined): void {
	const { start } = view;
	const jails = new Set(rows.map(({ jail }) => jail));
	if (start.jail !== undefined) {
		jails.add(start.jail);
	}
	const files = rows.flatMap(({ source }) => source.split(/[\s,]+/)).filter((path) => path[0] === '/');
	const match = filter?.journalmatch.join(' + ') ?? '';
	const [first] = jails;
	const using = filter?.['used-by'].find(({ jail }) => jails.has(jail))?.jail;
	const jail = start.jail ?? using ?? (filter ? undefined : first);
	fillChoice(view, '#jail', jails);
	fillChoice(view, '#file', new Set(files));
	const choose = (name: string, value: string | undefined) =>
		view.down<Combo>(`#${name}`).setValue(value ?? null);
	choose('jail', jail ?? first);
	choose('journalmatch', match);
	choose('file', files[0]);
	choose('source', jail !== undefined ? 'jail' : match === '' ? 'text' : 'journalmatch');
}
