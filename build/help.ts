import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import { helpPages } from '../src/ui/kit/helpPages.ts';

const style = `
:root { color-scheme: light dark; --line: #ccc; --soft: #f4f4f4; --link: #0f67b5; }
@media (prefers-color-scheme: dark) { :root { --line: #555; --soft: #2c2c2c; --link: #6cb6ff; } }
body { font: 15px/1.5 "Helvetica Neue", Helvetica, Arial, sans-serif; margin: 0; display: flex; }
nav { position: sticky; top: 0; height: 100vh; box-sizing: border-box; padding: 20px; min-width: 170px;
	border-right: 1px solid var(--line); overflow: auto; }
nav a { display: block; padding: 3px 0; }
main { padding: 0 40px 60vh; max-width: 820px; }
a { color: var(--link); text-decoration: none; }
h1 { border-bottom: 1px solid var(--line); padding-top: 30px; }
code, pre { font: 13px/1.45 Menlo, Consolas, monospace; background: var(--soft); }
code { padding: 1px 4px; } pre { padding: 10px; overflow: auto; } pre code { padding: 0; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: 4px 10px; text-align: left;
	vertical-align: top; }
@media (max-width: 700px) { body { display: block; } nav { position: static; height: auto; } main { padding: 0 15px; } }
`;

// the help is in English: titles are what they are without a catalogue
Object.assign(globalThis, { gettext: (text: string) => text });
const pages = helpPages();

/** Two pages may have headings of the same name, and all pages are in one file. */
const placeOf = (page: string, heading: string) => `${page}-${heading}`;

/** A link within the help leads to its place; one out of the help has no target when installed. */
function linkTarget(from: string, href: string): string | undefined {
	if (/^https?:/.test(href)) {
		return href;
	}
	const match = /^(?:([\w-]+)\.md)?(?:#(.*))?$/.exec(href);
	if (!match) {
		return undefined;
	}
	const [, page = from, place] = match;
	if (!pages.some(([id]) => id === page)) {
		return undefined;
	}
	return place === undefined ? `#${page}` : `#${placeOf(page, place)}`;
}

/** The place that a link such as `bans.md#why-banned` names, as code hosts make it. */
export function slug(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[^\w\s-]/g, '')
		.trim()
		.replace(/\s/g, '-');
}

function escapeHtml(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}

/** The pages of `docs/guide` as one file of HTML without pictures: the reader has the screens before him. */
export function helpHtml(folder: string): string {
	const marked = new Marked({ async: false });
	let page = '';
	marked.use({
		renderer: {
			image: () => '',
			heading({ tokens, depth, text }) {
				const id = depth > 1 ? ` id="${placeOf(page, slug(text))}"` : '';
				return `<h${depth}${id}>${this.parser.parseInline(tokens)}</h${depth}>\n`;
			},
			link({ href, tokens }) {
				const text = this.parser.parseInline(tokens);
				const target = linkTarget(page, href);
				return target === undefined ? text : `<a href="${escapeHtml(target)}">${text}</a>`;
			},
		},
	});
	const shown = pages.filter(([id]) => existsSync(join(folder, `${id}.md`)));
	const sections = shown.map(([id]) => {
		page = id;
		const html = marked.parse(readFileSync(join(folder, `${id}.md`), 'utf8')) as string;
		return `<section id="${id}">\n${html.replaceAll('<p></p>\n', '')}</section>`;
	});
	const links = shown.map(([id, title]) => `<a href="#${id}">${escapeHtml(title)}</a>`);
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Fail2ban - Help</title>
<style>${style}</style>
</head>
<body>
<nav>
${links.join('\n')}
</nav>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`;
}
