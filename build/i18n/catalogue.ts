import { parsePluralForms } from './pluralForms.ts';
import { headerField, type Po } from './po.ts';

/**
 * The script that brings a language to the panel, loaded before ours on pages in that language; gettext.ts in src/ui
 * reads what it leaves. What is fuzzy or not translated is left out.
 */
export function catalogueScript(po: Po): string {
	const { expression } = parsePluralForms(headerField(po, 'Plural-Forms'));
	const texts = po.entries
		.filter(({ fuzzy, forms }) => !fuzzy && forms.every((form) => form !== ''))
		.map(({ id, plural, forms }) => [id, plural === undefined ? forms[0] : forms]);
	// U+2028 and U+2029 end a line in old engines
	const json = JSON.stringify(Object.fromEntries(texts)).replace(/[\u2028\u2029]/g, (char) =>
		char === '\u2028' ? '\\u2028' : '\\u2029',
	);
	return [
		'(globalThis.PVEFail2ban=globalThis.PVEFail2ban||{}).catalogue={',
		`plural:function(n){return Number(${expression})},`,
		`texts:${json}};\n`,
	].join('\n');
}
