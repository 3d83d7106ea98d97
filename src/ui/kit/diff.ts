import { encode } from './text.ts';

/** Grounds of the theme, so that the text keeps its contrast in a dark one too. */
const marks: Record<string, string> = {
	'+': 'style="background:var(--pwt-gauge-default,#c2ddf2)"',
	'-': 'class="proxmox-invalid-row"',
	'@': 'class="pmx-opacity-75"',
};

/** A unified diff as HTML: added and removed lines stand out, names of files are bold. */
export function diffHtml(diff: string): Encoded {
	const lines = diff.split('\n').map((line) => {
		const text = encode(line) || ' ';
		return /^(?:---|\+\+\+) /.test(line)
			? `<b style="font-weight:bold">${text}</b>\n`
			: `<div ${marks[line[0] ?? ''] ?? ''}>${text}</div>`;
	});
	return `<pre style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere">${lines.join('')}</pre>`;
}
