import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractTexts, type FoundText, parseSource, type Unseen } from './extract.ts';
import type { PoEntry } from './po.ts';
import { unseenTexts } from './unseen.ts';

/** Where texts are made that a panel shows. */
const folders = ['src/ui', 'src/backend', 'src/contract'];

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

/** All texts of the sources, sorted, and what no catalogue can see. */
export async function collect(root: string): Promise<{ entries: PoEntry[]; unseen: Unseen[] }> {
	const texts: FoundText[] = [];
	const unseen: Unseen[] = [];
	for (const folder of folders) {
		const names = await readdir(join(root, folder), { recursive: true });
		for (const name of names.filter((each) => /(?<!\.d)\.ts$/.test(each)).sort()) {
			const file = `${folder}/${name}`;
			const text = await readFile(join(root, file), 'utf8');
			if (folder !== 'src/ui' && !/\b(?:msgN?\(|rule:)/.test(text)) continue;
			const source = parseSource(file, text);
			const found = extractTexts(source, file);
			texts.push(...found.texts);
			unseen.push(...found.unseen, ...(folder === 'src/ui' ? unseenTexts(source, file) : []));
		}
	}
	const { entries, unseen: clashes } = joined(texts);
	return { entries, unseen: [...unseen, ...clashes] };
}
