import { define } from './define.ts';
import './LastingMenu.ts';
import { has, missing, type Right } from './rights.ts';

/**
 * A button that is greyed out without its right, saying which one is missing, and while the selection of its
 * grid does not fit.
 */
export interface RightButton extends Ext.button.Button {
	nodename: string;
	right: Right;
	/** How many rows of the grid around must be selected. */
	selects: 'one' | 'some';
	/** Whether the button fits the selected rows; the default is that it does. */
	fits: (records: Ext.data.Record[]) => boolean;
	onSelection(records: Ext.data.Record[]): void;
	/** From the state of the card rather than from the selection. */
	setReady(ready: boolean): void;
}

declare global {
	interface XTypes {
		pveFail2banButton: RightButton;
	}
}

define<RightButton>('PVEFail2ban.button.RightButton', {
	extend: 'Ext.button.Button',
	xtype: 'pveFail2banButton',

	initComponent: function () {
		if (this.right && !has(this.right)) {
			this.disabled = true;
			this.tooltip = Ext.htmlEncode(missing(this.right, this.nodename));
			// A disabled button gets no mouse events otherwise, hence no tooltip.
			this.style = 'pointer-events: auto';
		} else if (this.selects) {
			this.disabled = true;
		}
		this.callParent();
		if (this.selects) {
			const grid = this.up<Ext.grid.Panel>('grid');
			this.mon(grid, 'selectionchange', (_model: unknown, records: Ext.data.Record[]) => {
				this.onSelection(records);
			});
		}
	},

	onSelection: function (records) {
		const enough = this.selects === 'one' ? records.length === 1 : records.length > 0;
		this.setReady(enough && (!this.fits || this.fits(records)));
	},

	setReady: function (ready) {
		this.setDisabled(!ready || !has(this.right));
		// Its entries are about rows that the button no longer fits.
		if (this.disabled && this.menu) {
			this.hideMenu();
		}
	},
});

/** A button whose handler bears its id. */
export function rightButton(
	nodename: string,
	itemId: string,
	text: string,
	config: Partial<Omit<RightButton, 'xtype'>> = {},
): Item {
	return { xtype: 'pveFail2banButton', itemId, nodename, text, handler: itemId, ...config };
}
