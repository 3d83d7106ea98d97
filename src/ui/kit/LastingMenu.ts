import { define } from './define.ts';

/**
 * A menu that stays open while the list below it is loaded anew. ExtJS closes menus when anything scrolls, and rows that
 * are drawn again scroll their list; here only the wheel of the user does.
 */
interface LastingMenu extends Ext.MenuInstance {
	hideOnScroll: boolean;
}

declare global {
	interface XTypes {
		pveFail2banMenu: LastingMenu;
	}
}

define<LastingMenu>('PVEFail2ban.menu.Lasting', {
	extend: 'Ext.menu.Menu',
	xtype: 'pveFail2banMenu',
	hideOnScroll: false,

	initComponent: function () {
		this.callParent();
		const onWheel = ({ target }: Event) => {
			if (!this.el?.dom.contains(target as Node)) {
				this.hide();
			}
		};
		const ended = () => document.removeEventListener('wheel', onWheel, true);
		this.on('show', () => document.addEventListener('wheel', onWheel, true));
		this.on('hide', ended);
		this.on('destroy', ended);
	},
});
