import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractTexts, type FoundText, parseSource, pythonTexts, type Unseen } from './extract.ts';
import type { PoEntry } from './po.ts';
import { unseenTexts } from './unseen.ts';

/** Where texts are made that a panel shows. */
const folders = ['src/ui', 'src/backend', 'src/contract', 'src/python'];

function joined(texts: readonly FoundText[]): { entries: PoEntry[]; unseen: Unseen[] } {
	const found = new Map<string, PoEntry>();
	const unseen: Unseen[] = [];
	for (const { id, plural, file, comments } of texts) {
		const entry = found.get(id);
		if (entry === undefined) {
			const forms = plural === undefined ? [''] : ['', ''];
			const references = [file];
			found.set(id, {
				id,
				...(plural !== undefined && { plural }),
				comments,
				references,
				fuzzy: false,
				forms,
			});
			continue;
		}
		if (plural !== undefined && entry.plural !== undefined && plural !== entry.plural)
			unseen.push({ file, line: 0, problem: `two plural forms of '${id}'` });
		if (plural !== undefined) Object.assign(entry, { plural, forms: ['', ''] });
		entry.references.push(file);
		entry.comments.push(...comments);
	}
	const unique = (list: string[]) => [...new Set(list)].sort();
	const entries = [...found.values()].map((entry) => ({
		...entry,
		comments: unique(entry.comments),
		references: unique(entry.references),
	}));
	return { entries: entries.sort((a, b) => (a.id < b.id ? -1 : 1)), unseen };
}

/** The texts of one file, and what no catalogue can see of it. */
function textsOf(file: string, text: string): { texts: FoundText[]; unseen: Unseen[] } {
	if (file.endsWith('.py')) return pythonTexts(text, file);
	const inPanel = file.startsWith('src/ui/');
	if (!inPanel && !/\b(?:msgN?\(|rule:)/.test(text)) return { texts: [], unseen: [] };
	const source = parseSource(file, text);
	const { texts, unseen } = extractTexts(source, file);
	return { texts, unseen: [...unseen, ...(inPanel ? unseenTexts(source, file) : [])] };
}

/** All texts of the sources, sorted, and what no catalogue can see. */
export async function collect(root: string): Promise<{ entries: PoEntry[]; unseen: Unseen[] }> {
	const texts: FoundText[] = [];
	const unseen: Unseen[] = [];
	for (const folder of folders) {
		const names = await readdir(join(root, folder), { recursive: true });
		for (const name of names.filter((each) => /(?<!\.d)\.ts$|\.py$/.test(each)).sort()) {
			const file = `${folder}/${name}`;
			const text = await readFile(join(root, file), 'utf8');
			const found = textsOf(file, text);
			texts.push(...found.texts);
			unseen.push(...found.unseen);
		}
	}
	const { entries, unseen: clashes } = joined(texts);
	return { entries, unseen: [...unseen, ...clashes] };
}
