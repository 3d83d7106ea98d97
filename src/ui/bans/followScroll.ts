/**
 * Lets the rows follow the scroll bar. ExtJS 7 tells nobody of a scroll within 50 ms of a layout
 * (Ext.scroll.Scroller#restoreState), and rows that are drawn as they come into view would stay away until the next.
 */
export function followScroll(view: Ext.grid.View): void {
	const { bufferedRenderer: rows } = view;
	// told of what it knows, it would forget the rows that it waits for
	if (rows.scrollTop !== view.getScrollY()) {
		rows.onViewScroll();
	}
}
