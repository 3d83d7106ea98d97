import type { TestAnswer, TestLine } from '../../contract/types.ts';
import { define } from '../kit/define.ts';
import { has } from '../kit/rights.ts';
import { lineTip, markLine, whyText } from '../kit/testLine.ts';
import { encode } from '../kit/text.ts';
import { countsText, testNotes } from './testWords.ts';

const icons = {
	matched: 'fa-check-circle good',
	missed: 'fa-minus-circle pmx-opacity-75',
	ignored: 'fa-eye-slash',
};

function withTip(meta: Ext.grid.CellMeta, line: TestLine): void {
	// HTML inside an attribute.
	meta.tdAttr = `data-qtip="${encode(lineTip(line))}"`;
}

const asInLog = 'font:12px monospace;white-space:pre-wrap;overflow-wrap:anywhere';

const columns: Ext.grid.Column[] = [
	{
		dataIndex: 'result',
		width: 40,
		align: 'center',
		renderer: (result: TestLine['result'], meta, record: Ext.data.Record<TestLine>) => {
			withTip(meta, record.data);
			return `<i class="fa ${icons[result]}"></i>`;
		},
	},
	{
		text: gettext('Address'),
		dataIndex: 'ip',
		width: 130,
		cellWrap: true,
		renderer: (ip: string | null, meta, record: Ext.data.Record<TestLine>) => {
			withTip(meta, record.data);
			const { 'jail-ignored': jailIgnored } = record.data;
			const why = whyText(record.data);
			const pale = (text: string) => `<span class="pmx-opacity-75">${encode(text)}</span>`;
			return [ip && (jailIgnored ? pale(ip) : encode(ip)), why && pale(why)].filter(Boolean).join('<br>');
		},
	},
	{
		text: gettext('Line'),
		dataIndex: 'text',
		flex: 1,
		cellWrap: true,
		renderer: (text: string, meta, record: Ext.data.Record<TestLine>) => {
			withTip(meta, record.data);
			return `<div style="${asInLog}">${markLine(text, record.data.spans)}</div>`;
		},
	},
];

/** What became of the lines (right half). Fires `more` when lines of another kind have to be asked for. */
export interface TestResult extends Ext.panel.Panel {
	answer: TestAnswer | undefined;
	/** Kind of lines to show. */
	kind(): 'all' | TestLine['result'];
	/** HTML in place of the counts. */
	say(html: Encoded): void;
	showAnswer(answer: TestAnswer | undefined): void;
	showLines(): void;
	onKind(): void;
}

declare global {
	interface XTypes {
		pveFail2banTestResult: TestResult;
	}
}

const kinds = () => [
	['all', gettext('All')],
	['matched', gettext('Matched')],
	['missed', gettext('Missed')],
	['ignored', gettext('Ignored')],
];

define<TestResult>('PVEFail2ban.window.TestResult', {
	extend: 'Ext.panel.Panel',
	xtype: 'pveFail2banTestResult',
	border: false,
	layout: 'fit',

	initComponent: function () {
		this.dockedItems = [
			{
				xtype: 'textarea',
				itemId: 'text',
				dock: 'top',
				hidden: true,
				height: 130,
				margin: 5,
				fieldStyle: 'font-family:monospace',
				emptyText: gettext('Log lines to test'),
				maxLength: 262_144,
				enforceMaxLength: true,
				listeners: { change: 'onTyping' },
			},
			{ xtype: 'component', itemId: 'counts', dock: 'top', padding: '8 10 2 10', html: '&#160;' },
			{
				xtype: 'toolbar',
				dock: 'top',
				items: [
					{
						xtype: 'segmentedbutton',
						itemId: 'kind',
						value: 'all',
						items: kinds().map(([value, text]) => ({ text, value, itemId: value })) as never,
						listeners: { change: () => this.onKind() },
					},
				],
			},
			{ xtype: 'component', itemId: 'notes', dock: 'bottom', cls: 'pmx-hint', hidden: true, padding: 5 },
		];
		this.items = [
			{
				xtype: 'grid',
				itemId: 'lines',
				border: false,
				sortableColumns: false,
				enableColumnHide: false,
				store: { fields: [], data: [] },
				viewConfig: { enableTextSelection: true, trackOver: false, deferEmptyText: true },
				columns: columns.map((column) => ({ ...column })),
				listeners: { select: 'onLine' },
			},
		];
		this.callParent();
	},

	kind: function () {
		return this.down<Ext.button.Segmented>('#kind').getValue() as ReturnType<TestResult['kind']>;
	},

	say: function (html) {
		this.down('#counts').setHtml(html);
	},

	showAnswer: function (answer) {
		this.answer = answer;
		this.say(answer ? encode(countsText(answer)) : '&#160;');
		const notes = answer ? testNotes(answer) : [];
		this.down('#notes').setHtml(notes.map(encode).join('<br>'));
		this.down('#notes').setHidden(notes.length === 0);
		this.showLines();
	},

	showLines: function () {
		const kind = this.kind();
		const none = {
			all: '',
			matched: gettext('No line matched.'),
			missed: gettext('No line was missed.'),
			ignored: gettext('No line was ignored.'),
		};
		const { lines = [], counts, stopped } = this.answer ?? {};
		const untested = has('test') ? gettext('Click Test to see how each line is treated.') : '';
		const empty = counts?.total !== 0 ? none[kind] : stopped ? '' : gettext('No lines in this time.');
		const grid = this.down<Ext.grid.Panel>('#lines');
		grid.getView().emptyText = `<div class="x-grid-empty">${encode(counts ? empty : untested)}</div>`;
		grid.getStore().loadData(lines.filter(({ result }) => kind === 'all' || result === kind));
		grid.getView().refresh();
	},

	// What is there is enough, unless the answer left some out or was for one kind only.
	onKind: function () {
		const { answer } = this;
		if (!answer || answer.lines.length === answer.counts.total) {
			this.showLines();
		} else {
			this.fireEvent('more', this);
		}
	},
});
