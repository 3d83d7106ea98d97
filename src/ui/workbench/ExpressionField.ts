import { define } from '../kit/define.ts';
import { highlight } from './highlight.ts';

/**
 * Expressions, one a line, with their parts in color: over the text area, whose own text is transparent, lies the
 * same text as HTML that no click reaches.
 */
interface ExpressionField extends Ext.form.field.TextArea {
	paper: HTMLElement | undefined;
	paint(): void;
}

declare global {
	interface XTypes {
		pveFail2banExpression: ExpressionField;
	}
}

// Both texts must break their lines at the same places: hence one font, and always a scroll bar.
const sameText =
	'font:12px/16px monospace;white-space:pre-wrap;overflow-wrap:anywhere;word-break:normal;tab-size:8;padding:4px 6px;overflow-y:scroll;letter-spacing:0;';

define<ExpressionField>('PVEFail2ban.form.ExpressionField', {
	extend: 'Ext.form.field.TextArea',
	xtype: 'pveFail2banExpression',
	fieldStyle: `${sameText}color:transparent;caret-color:var(--pwt-text-color,#000);resize:none`,

	afterRender: function () {
		this.callParent();
		const area = this.inputEl.dom as HTMLTextAreaElement;
		area.spellcheck = false;
		const paper = document.createElement('div');
		paper.style.cssText = `${sameText}position:absolute;inset:0;pointer-events:none;color:var(--pwt-text-color,#000);scrollbar-color:transparent transparent`;
		(area.parentNode as HTMLElement).style.position = 'relative';
		area.after(paper);
		this.paper = paper;
		area.addEventListener('scroll', () => {
			paper.scrollTop = area.scrollTop;
		});
		this.on('change', this.paint, this);
		this.paint();
	},

	paint: function () {
		if (this.paper) {
			// A line break at the end would have no height.
			this.paper.innerHTML = `${highlight(this.getRawValue())}\n`;
			this.paper.scrollTop = this.inputEl.dom.scrollTop;
		}
	},
});
