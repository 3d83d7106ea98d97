import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { catalogueScript } from '../../../../build/i18n/catalogue.ts';
import { checkPo, mergePo, template } from '../../../../build/i18n/merge.ts';
import { parsePluralForms } from '../../../../build/i18n/pluralForms.ts';
import { formatPo, type Po, type PoEntry, parsePo } from '../../../../build/i18n/po.ts';

const polish = 'nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);';

function po(body: string, plural = 'nplurals=2; plural=(n != 1);'): Po {
	return parsePo(
		`msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: ${plural}\\n"\n\n${body}\n`,
	);
}

function entry(id: string, plural?: string): PoEntry {
	const forms = plural === undefined ? [''] : ['', ''];
	return {
		id,
		...(plural !== undefined && { plural }),
		comments: [],
		references: ['a.ts'],
		fuzzy: false,
		forms,
	};
}

describe('a catalogue in gettext’s format', () => {
	it('is read as it was written', () => {
		const text = po(
			'#. {0}: jail\n#, fuzzy, csharp-format\nmsgid "Jail \\"{0}\\"\\n"\n"and more"\nmsgstr "x"\n\nmsgid "{0} ban"\nmsgid_plural "{0} bans"\nmsgstr[0] "a"\nmsgstr[1] "b"',
		);
		expect(text.entries[0]).toMatchObject({
			id: 'Jail "{0}"\nand more',
			fuzzy: true,
			comments: ['{0}: jail'],
		});
		expect(text.entries[1]).toMatchObject({ plural: '{0} bans', forms: ['a', 'b'] });
		expect(parsePo(formatPo(text))).toEqual(text);
	});

	it.each([
		['msgid "a"', /no msgstr/],
		['msgid a\nmsgstr "b"', /line 6: not understood/],
		['msgid "a"\nmsgstr "b', /line 7: not a quoted text/],
		['msgid "a"\nmsgid_plural "b"\nmsgstr[1] "c"', /line 8: msgstr\[1\] is out of place/],
		['msgid "a"\nmsgstr "\\q"', /unknown escape/],
		['<<<<<<< HEAD', /not understood/],
	])('is refused with its line: %j', (body, reason) => {
		expect(() => po(body)).toThrow(reason);
	});
});

describe('the forms of a count', () => {
	it('are chosen as each language says', () => {
		const { count, formOf } = parsePluralForms(polish);
		expect(count).toBe(3);
		expect([1, 2, 5, 12, 22, 100].map(formOf)).toEqual([0, 1, 2, 2, 1, 2]);
		expect([0, 1, 2].map(parsePluralForms('nplurals=1; plural=0;').formOf)).toEqual([0, 0, 0]);
	});

	it.each([
		undefined,
		'nplurals=2; plural=alert(1);',
		'nplurals=2; plural=n >;',
		'nplurals=2; plural=(n;',
		'nplurals=2; plural=n;',
		'nplurals=2; plural=n["x"];',
	])('are refused for anything but an expression of n: %s', (header) => {
		expect(() => parsePluralForms(header)).toThrow();
	});
});

describe('a language', () => {
	const texts = [entry('Ban'), entry('{0} ban', '{0} bans')];

	it('gets new texts and loses gone ones', () => {
		const merged = mergePo(po('msgid "Ban"\nmsgstr "Sperre"\n\nmsgid "Gone"\nmsgstr "Weg"'), texts);
		expect(merged.entries.map(({ id, forms }) => [id, forms])).toEqual([
			['Ban', ['Sperre']],
			['{0} ban', ['', '']],
		]);
		expect(mergePo(po('', polish), texts).entries[1]?.forms).toEqual(['', '', '']);
	});

	it('keeps the translated one of two entries that a merge of branches left', () => {
		const twice = po('msgid "Ban"\nmsgstr ""\n\nmsgid "Ban"\nmsgstr "Sperre"');
		expect(mergePo(twice, texts).entries[0]?.forms).toEqual(['Sperre']);
	});

	it('may not lose a placeholder, or have one form and lack another', () => {
		const wrong = po(
			'msgid "{0} ban"\nmsgid_plural "{0} bans"\nmsgstr[0] "{0} Sperre"\nmsgstr[1] "{1} Sperren"',
		);
		expect(checkPo(mergePo(wrong, texts), 'xx')).toEqual([expect.stringContaining("'{1} Sperren'")]);
		const half = po('msgid "{0} ban"\nmsgid_plural "{0} bans"\nmsgstr[0] "{0} Sperre"\nmsgstr[1] ""');
		expect(checkPo(mergePo(half, texts), 'xx')).toEqual([expect.stringContaining('without a translation')]);
		expect(checkPo(mergePo(po(''), texts), 'xx')).toEqual([]);
	});

	it('becomes a script that leaves its texts and its forms on the page', () => {
		const page: { PVEFail2ban?: any } = {};
		const script = catalogueScript(
			po(
				`msgid "Ban"\nmsgstr "</script>\u2028"\n\n#, fuzzy\nmsgid "Doubt"\nmsgstr "?"\n\nmsgid "Open"\nmsgstr ""\n\nmsgid "{0} ban"\nmsgid_plural "{0} bans"\nmsgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"`,
				polish,
			),
		);
		runInNewContext(script, page);
		expect(JSON.parse(JSON.stringify(page.PVEFail2ban.catalogue.texts))).toEqual({
			Ban: '</script>\u2028',
			'{0} ban': ['a', 'b', 'c'],
		});
		expect([1, 3, 5].map(page.PVEFail2ban.catalogue.plural)).toEqual([0, 1, 2]);
		expect(script).not.toContain('\u2028');
	});
});

it('the template has all texts without a date, so that it changes only with them', () => {
	expect(formatPo(template([entry('Ban')]))).not.toMatch(/\d{4}-\d\d/);
});
