import { define } from '../kit/define.ts';

/**
 * Ticked rows that stay ticked while other rows are looked at. Ranges are off: over pages that are not loaded
 * they make ExtJS 7 throw; the split button has bulk unbans instead.
 */
interface BanSelection extends Ext.SelectionModel {
	selectRange(): void;
	ignoreRightMouseSelection: boolean;
}

define<BanSelection>('PVEFail2ban.grid.BanSelection', {
	extend: 'Ext.selection.CheckboxModel',
	alias: 'selection.pveFail2banBans',
	mode: 'SIMPLE',
	showHeaderCheckbox: false,
	pruneRemoved: false,
	ignoreRightMouseSelection: true,
	selectAll: Ext.emptyFn,
	selectRange: Ext.emptyFn,

	onNavigate: function (event) {
		const { keyEvent } = event;
		// Arrows move without ticking; in this mode ExtJS would tick every row passed.
		if (keyEvent.type !== 'keydown' || keyEvent.getKey() === keyEvent.SPACE) {
			this.callParent([event]);
		}
	},
});
