import type { TestAnswer, TestRegex } from '../../contract/types.ts';
import { count, encode } from '../kit/text.ts';

/** How often each expression hit; the id is its option and its number, counted from 1. */
export function hitRows(answer: TestAnswer | undefined): (TestRegex & { id: string })[] {
	const { prefregex, failregex = [], ignoreregex = [] } = answer ?? {};
	const numbered = (option: string, list: TestRegex[]) =>
		list.map((regex, index) => ({ ...regex, id: `${option} ${index + 1}` }));
	return [
		...numbered('prefregex', prefregex ? [prefregex] : []),
		...numbered('failregex', failregex),
		...numbered('ignoreregex', ignoreregex),
	];
}

export function hitGrid(): Item {
	return {
		xtype: 'grid',
		itemId: 'hits',
		hidden: true,
		height: 130,
		margin: '5 0 0 0',
		sortableColumns: false,
		enableColumnHide: false,
		store: { fields: [], data: [] },
		viewConfig: { enableTextSelection: true, trackOver: false },
		columns: [
			{ text: gettext('Expression'), dataIndex: 'id', width: 110, renderer: encode },
			{ text: gettext('Hits'), dataIndex: 'hits', width: 80, align: 'right', renderer: count },
			{
				text: gettext('Expanded Expression'),
				dataIndex: 'regex',
				flex: 1,
				renderer: (regex: string, meta) => {
					meta.tdAttr = `data-qtip="${encode(`<code>${encode(regex)}</code>`)}"`;
					return `<span style="font:12px monospace">${encode(regex)}</span>`;
				},
			},
		],
	};
}
