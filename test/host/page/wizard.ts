import { define } from './ext.ts';

/** Whether a page may be left: its own `validator` decides, or its fields. */
function isValid(page: any): boolean {
	const fields = page
		.query('field, fieldcontainer')
		.filter((field: any) => typeof field.isValid === 'function');
	return page.validator ? page.validator() : fields.every((field: any) => field.isValid());
}

/** Pages one after the other; the one with `onSubmit` is the last and has Finish for Next. */
define('PVE.window.Wizard', {
	extend: 'Ext.window.Window',
	width: 760,
	height: 570,
	modal: true,
	border: false,
	resizable: false,
	layout: 'border',

	initComponent() {
		const pages = this.items.map((page: any, index: number) => ({ ...page, disabled: index > 0 }));
		const go = (step: number) => {
			const next = this.pages().items.getAt(this.current() + step);
			next.enable();
			this.pages().setActiveTab(next);
		};
		this.items = [
			{
				xtype: 'form',
				region: 'center',
				layout: 'fit',
				border: false,
				fieldDefaults: { labelWidth: 100, anchor: '100%' },
				items: [
					{
						xtype: 'tabpanel',
						itemId: 'wizcontent',
						defaults: { padding: 10 },
						items: pages,
						listeners: { afterrender: () => this.follow(), tabchange: () => this.follow() },
					},
				],
			},
		];
		this.fbar = [
			{ xtype: 'proxmoxHelpButton', itemId: 'help' },
			'->',
			{ xtype: 'proxmoxcheckbox', boxLabelAlign: 'before', boxLabel: 'Advanced' },
			{ text: 'Back', itemId: 'back', minWidth: 60, handler: () => go(-1) },
			{ text: 'Next', itemId: 'next', minWidth: 60, handler: () => go(1) },
			{
				text: 'Finish',
				itemId: 'submit',
				minWidth: 60,
				handler: () => this.pages().getActiveTab().onSubmit(),
			},
		];
		this.callParent();
		for (const field of this.query('field')) {
			field.on('change', () => this.follow());
			field.on('validitychange', () => this.follow());
		}
	},
	pages(): any {
		return this.down('#wizcontent');
	},
	current(): number {
		return this.pages().items.indexOf(this.pages().getActiveTab());
	},
	/** Buttons, and which pages can be reached. */
	follow() {
		const page = this.pages().getActiveTab();
		const valid = isValid(page);
		const last = Boolean(page.onSubmit);
		this.down('#next').setVisible(!last);
		this.down('#submit').setVisible(last);
		this.down('#next').setDisabled(!valid);
		this.down('#submit').setDisabled(!valid);
		this.down('#back').setDisabled(this.current() === 0);
		const later = this.pages().items.getRange(this.current() + 1);
		for (const [index, next] of later.entries()) {
			if (!valid) {
				next.disable();
			} else if (index === 0) {
				next.enable();
			}
		}
	},
});
