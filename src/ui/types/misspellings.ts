/**
 * Never loaded: mistakes that the compiler must see. When one of them is no longer an error, `tsc` says so.
 */
import { controller, define } from '../kit/define.ts';

interface Sample extends Ext.panel.Panel {
	nodename: string;
	greet(): void;
}

define<Sample>('Sample', {
	extend: 'Ext.panel.Panel',
	// @ts-expect-error a config that no panel has
	titel: 'Sample',
});

define<Sample>('Sample', {
	// @ts-expect-error a number is no title
	title: 5,
	items: [
		{
			xtype: 'button',
			// @ts-expect-error a config of a component inside
			txet: 'Greet',
		},
	],
	greet: function () {
		this.setTitle(this.nodename);
		// @ts-expect-error a member that the class does not have
		this.gret();
	},
});

controller<Sample>()({
	greet(): void {
		this.getView().greet();
		// @ts-expect-error a method that the controller does not have
		this.gret();
	},
	ask(): void {
		// @ts-expect-error a member that the view does not have
		this.getView().gret();
	},
});
