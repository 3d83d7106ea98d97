import { encode } from '../kit/text.ts';

/** Kinds of parts of an expression, in the order of the groups of `part`. */
const styles = [
	// anchors: whether an address can be forged hangs on them
	'color:var(--pwt-chart-primary,#115fa6);background:var(--pwt-gauge-back,#e8e8e8)',
	// escapes
	'opacity:.7',
	// tags of fail2ban and interpolations of its configuration
	'background:var(--pwt-gauge-default,#c2ddf2)',
	// sets
	'text-decoration:underline dotted',
	// groups and alternatives
	'color:var(--pwt-chart-primary,#115fa6)',
];

/**
 * Python's syntax as far as it helps the eye; what is left over is plain text. Sets come before groups, because
 * a bracket inside a set is none.
 */
const part =
	/(\\[AbBZ]|[\^$])|(\\[\s\S])|(<\/?[A-Za-z][\w/-]*>|%\([\w/]+\)s)|(\[\^?\]?(?:\\.|[^\]\\\n]){0,500}\])|(\(\?P[<=]\w+[>)]|\(\?(?:<?[=!]|[:#]|[a-zA-Z-]+[:)])|[()|])/gu;

/** An expression of fail2ban as HTML, its parts told apart by color. Takes time linear in its length. */
export function highlight(expression: string): Encoded {
	let html = '';
	let end = 0;
	for (const found of expression.matchAll(part)) {
		const kind = found.slice(1).findIndex((group) => group !== undefined);
		html += encode(expression.slice(end, found.index));
		html += `<span style="${styles[kind]}">${encode(found[0])}</span>`;
		end = found.index + found[0].length;
	}
	return html + encode(expression.slice(end));
}
