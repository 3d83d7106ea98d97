// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of programs
import { describe, expect, it } from 'vitest';
import { extractTexts, parseSource, pythonTexts } from '../../../../build/i18n/extract.ts';
import { unseenTexts } from '../../../../build/i18n/unseen.ts';

const ui = 'src/ui/x.ts';

function texts(code: string, file = ui) {
	return extractTexts(parseSource(file, code), file);
}

function unseen(code: string): string[] {
	return unseenTexts(parseSource(ui, code), ui).map(({ problem }) => problem);
}

describe('the texts of a file', () => {
	it('are those of gettext and plural in the panel, with what their placeholders are', () => {
		const code = `
			gettext('A');
			// TRANSLATORS: of a ban
			const text = format(gettext("Jail '{0}' bans {1}"), encode(row.jail), count(n));
			plural(bans, '{0} ban', '{0} bans');`;
		expect(texts(code).texts).toEqual([
			{ id: 'A', file: ui, comments: [] },
			{ id: "Jail '{0}' bans {1}", file: ui, comments: ['of a ban', '{0}: jail, {1}: n'] },
			{ id: '{0} ban', plural: '{0} bans', file: ui, comments: [] },
		]);
	});

	it('are those of msg and msgN in the helper', () => {
		const code = `msg('No {0}.', jail); msgN(count, '{0} of {1}', '{0}s of {1}', all);`;
		expect(texts(code, 'src/backend/x.ts').texts).toMatchObject([
			{ id: 'No {0}.', comments: ['{0}: jail'] },
			{ id: '{0} of {1}', plural: '{0}s of {1}', comments: ['{0}: count, {1}: all'] },
		]);
	});

	it('are those of msg in a program of Python', () => {
		const code = `def msg(text):\n    raise Fault(param, msg(\n        "fail2ban's {0}.", path))\nmsg('It\\'s {0}')`;
		expect(pythonTexts(code, 'src/python/x.py').texts).toMatchObject([
			{ id: "fail2ban's {0}." },
			{ id: "It's {0}" },
		]);
		for (const unseen of ["msg(f'{x}')", 'msg(text)', "msg('a' 'b')"])
			expect(pythonTexts(unseen, 'src/python/x.py').unseen).toHaveLength(1);
	});

	it('are the rules of the contract', () => {
		const code = `Type.String({ description: 'A name.', pattern: '^a', rule: 'Letters only.' })`;
		expect(texts(code, 'src/contract/x.ts').texts).toEqual([
			{ id: 'Letters only.', file: 'src/contract/x.ts', comments: [] },
		]);
	});

	it.each(['gettext(text)', 'gettext(a ? "A" : "B")', 'plural(n, "one", many)', 'gettext(`a ${b}`)'])(
		'cannot be seen in %s',
		(code) => {
			expect(texts(code).texts).toEqual([]);
			expect(texts(code).unseen).toHaveLength(1);
		},
	);
});

describe('what no catalogue can see', () => {
	it.each([
		["({ text: 'Reload' })", "shown without gettext: 'Reload'"],
		["({ fieldLabel: a ? gettext('A') : 'Bans' })", "shown without gettext: 'Bans'"],
		['({ html: `<b>Nobody</b> ${x}` })', 'shown without gettext: `<b>Nobody</b> ${x}`'],
		["x = gettext('A') + name;", "glued, use one text with placeholders: gettext('A') + name"],
		['x = `${gettext("A")}: ${b}`;', 'glued, use one text with placeholders: `${gettext("A")}: ${b}`'],
		['x = `${encode(format(gettext("A"), b))} of ${c}`;', expect.stringContaining('glued')],
		["x = [gettext('a'), b].join(', ');", expect.stringContaining('glued')],
	])('%s', (code, problem) => {
		expect(unseen(code)).toEqual([problem]);
	});

	it.each([
		"({ text: gettext('Reload') })",
		"({ text: 'failregex' })",
		"({ emptyText: '/var/log/auth.log' })",
		"({ html: '&#160;' })",
		'({ html: `<i class="fa fa-refresh"></i> ${encode(gettext("A"))}` })',
		"x = sentences(gettext('A.'), gettext('B.'));",
		"({ itemId: 'reload' })",
	])('is not %s', (code) => {
		expect(unseen(code)).toEqual([]);
	});
});
