import { define } from './define.ts';

export interface Answer {
	yes: boolean;
	ticked: boolean;
}

/** PVE's question with a check box, which Ext.Msg does not have. */
interface AskWithBox extends Ext.window.Window {
	question: Encoded;
	/** Label of the check box, HTML; undefined: none. */
	box: Encoded | undefined;
	answered: (answer: Answer) => void;
	finish(yes: boolean): void;
}

define<AskWithBox>('PVEFail2ban.window.AskWithBox', {
	extend: 'Ext.window.Window',
	itemId: 'fail2banQuestion',
	title: gettext('Confirm'),
	modal: true,
	resizable: false,
	width: 440,
	bodyPadding: 10,
	layout: { type: 'hbox', align: 'top' },
	referenceHolder: true,
	defaultFocus: '#yes',
	buttonAlign: 'center',

	initComponent: function () {
		this.items = [
			{
				xtype: 'component',
				cls: 'x-message-box-icon x-message-box-question x-dlg-icon',
				width: 32,
				height: 32,
				margin: '0 10 0 0',
			},
			{
				xtype: 'container',
				flex: 1,
				items: [
					{ xtype: 'component', itemId: 'question', html: this.question, style: 'overflow-wrap: anywhere' },
					{ xtype: 'component', itemId: 'hint', style: 'font-weight: bold' },
					{
						xtype: 'checkbox',
						itemId: 'box',
						reference: 'box',
						hidden: this.box === undefined,
						boxLabel: this.box ?? '',
						margin: '10 0 0 0',
					},
				],
			},
		];
		this.fbar = [
			{ xtype: 'button', itemId: 'yes', text: gettext('Yes'), handler: () => this.finish(true) },
			{ xtype: 'button', itemId: 'no', text: gettext('No'), handler: () => this.finish(false) },
		];
		this.on('close', () => this.answered({ yes: false, ticked: false }));
		this.callParent();
	},

	finish: function (yes) {
		this.answered({ yes, ticked: Boolean(this.lookup<Ext.form.field.Checkbox>('box').getValue()) });
		this.close();
	},
});

/**
 * Asks; without a box it is the same question in the same look. Closing the window is a no. A hint that takes long to
 * find out is added when it is there.
 */
export function askWithBox(
	question: Encoded,
	box: Encoded | undefined,
	hint?: Promise<Encoded>,
): Promise<Answer> {
	return new Promise((answered) => {
		const config = { autoShow: true, question, box, answered };
		const asking = Ext.create<AskWithBox>('PVEFail2ban.window.AskWithBox', config);
		hint?.then((html) => html && !asking.destroyed && asking.down('#hint').setHtml(html));
	});
}
