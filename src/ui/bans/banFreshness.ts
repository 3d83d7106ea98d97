type BanGrid = XTypes['pveFail2banBans'];

/**
 * Whether new rows may take the place of those on the screen with nobody in the middle of something: not while the
 * list is scrolled, a row is ticked, the pointer is over a row, or a menu or a window is open.
 */
export function isUnattended(grid: BanGrid): boolean {
	const view = grid.getView();
	// A selected row means something only where rows are ticked.
	const ticked = !grid.embedded && grid.getSelection().length > 0;
	const pointed = view.rendered && view.el.dom.querySelector('.x-grid-item:hover') !== null;
	const open = Ext.ComponentQuery.query('window,menu').some((above) => above.isVisible(true));
	return view.getScrollY() === 0 && !ticked && !pointed && !open;
}

/** Says on the button whether there is something new; in a list inside a card the button is there only then. */
export function showNews(grid: BanGrid): void {
	const button = grid.down<Ext.button.Button>('#reload');
	button.setText(grid.outdated ? gettext('Reload (new)') : gettext('Reload'));
	button.setHidden(grid.embedded && !grid.outdated);
}
