import { parsePluralForms } from './pluralForms.ts';
import { headerField, type Po, type PoEntry } from './po.ts';

/** The catalogue of all texts without any translation. No date: it changes only when a text does. */
export function template(entries: PoEntry[]): Po {
	const header = [
		'Project-Id-Version: pve-fail2ban',
		'MIME-Version: 1.0',
		'Content-Type: text/plain; charset=UTF-8',
		'Content-Transfer-Encoding: 8bit',
		'Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;',
		'',
	].join('\n');
	return { header, entries };
}

function formsFor({ plural }: PoEntry, old: PoEntry | undefined, count: number): string[] {
	const wanted = plural === undefined ? 1 : count;
	return Array.from({ length: wanted }, (_none, index) => old?.forms[index] ?? '');
}

/**
 * The catalogue with the texts of today: new ones without a translation, others as they are, gone ones left out. It has
 * no references, so that a text that moves changes the template only.
 */
export function mergePo(po: Po, entries: readonly PoEntry[]): Po {
	const { count } = parsePluralForms(headerField(po, 'Plural-Forms'));
	const old = new Map<string, PoEntry>();
	for (const entry of po.entries) {
		// a merge of two branches may bring a text twice
		const known = old.get(entry.id);
		if (known === undefined || known.forms.includes('')) old.set(entry.id, entry);
	}
	return {
		header: po.header,
		entries: entries.map((entry) => ({
			...entry,
			references: [],
			fuzzy: old.get(entry.id)?.fuzzy ?? false,
			forms: formsFor(entry, old.get(entry.id), count),
		})),
	};
}

function placeholders(text: string): string {
	return [...new Set(text.match(/\{\d\}/g) ?? [])].sort().join(' ');
}

/** Languages in which no text may lack its translation. */
const complete: readonly string[] = ['de'];

/** What is wrong with the translations of a merged catalogue. */
export function checkPo(po: Po, language: string): string[] {
	const { formOf } = parsePluralForms(headerField(po, 'Plural-Forms'));
	const charset = headerField(po, 'Content-Type');
	const problems = charset === 'text/plain; charset=UTF-8' ? [] : [`Content-Type is '${charset}'`];
	for (const { id, plural, forms } of po.entries) {
		if (forms.every((form) => form === '')) continue;
		if (forms.includes('')) problems.push(`'${id}' has a form without a translation`);
		for (const [index, form] of forms.entries()) {
			// a form that stands for one count alone need not say it
			const alone = plural !== undefined && [1, 21, 101].filter((n) => formOf(n) === index).length === 1;
			const wanted = placeholders(plural ?? id);
			const fits = placeholders(form) === wanted || (alone && placeholders(form) === placeholders(id));
			if (form !== '' && !fits)
				problems.push(`'${id}': the placeholders of '${form}' are not ${wanted || 'none'}`);
		}
	}
	const open = po.entries.filter(({ fuzzy, forms }) => fuzzy || forms.includes(''));
	if (complete.includes(language))
		problems.push(...open.map(({ id, fuzzy }) => `'${id}' is ${fuzzy ? 'fuzzy' : 'not translated'}`));
	return problems;
}
