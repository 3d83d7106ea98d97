import '../globals.ts';
import { afterEach, expect, it } from 'vitest';
import { gettext as ours, ngettext as oursByCount } from '../../../../src/ui/kit/gettext.ts';
import { translated, translatedErrors } from '../../../../src/ui/kit/translated.ts';

const page = globalThis as any;
const pve = page.gettext;
const pveByCount = page.ngettext;

/** Takes the place that the build gives them. */
function speak(texts: Record<string, string | string[]>, plural = (n: number) => Number(n !== 1)) {
	page.PVEFail2ban = { catalogue: { plural, texts } };
}

function asBuilt<T>(work: () => T): T {
	const before = { gettext: page.gettext, ngettext: page.ngettext };
	const inner = { gettext: ours, ngettext: oursByCount };
	// kit/gettext.ts asks the page itself, so the page's own stay behind them
	page.gettext = (text: string) => (page.inside ? pve(text) : inside(() => inner.gettext(text)));
	page.ngettext = (one: string, many: string, n: number) =>
		page.inside ? pveByCount(one, many, n) : inside(() => inner.ngettext(one, many, n));
	try {
		return work();
	} finally {
		Object.assign(page, before);
	}
}

function inside<T>(work: () => T): T {
	page.inside = true;
	try {
		return work();
	} finally {
		page.inside = false;
	}
}

afterEach(() => {
	Object.assign(page, { gettext: pve, ngettext: pveByCount });
	delete page.PVEFail2ban;
});

it('asks our catalogue first, then Proxmox VE’s, and leaves the text in English', () => {
	const known = new Map([
		['Failed', 'Fehlgeschlagen'],
		['Edit', 'Bearbeiten'],
	]);
	page.gettext = (text: string) => known.get(text) ?? text;
	speak({ Failed: 'Fehlversuche' });
	expect(['Failed', 'Edit', 'Jail', 'toString'].map(ours)).toEqual([
		'Fehlversuche',
		'Bearbeiten',
		'Jail',
		'toString',
	]);
});

it('chooses the form of a count as the language does, also where Proxmox VE cannot count', () => {
	speak({ '{0} ban': ['{0} ban', '{0} bany', '{0} banów'] }, (n) => (n === 1 ? 0 : n < 5 ? 1 : 2));
	expect([1, 2, 5].map((n) => oursByCount('{0} ban', '{0} bans', n))).toEqual([
		'{0} ban',
		'{0} bany',
		'{0} banów',
	]);
	delete page.PVEFail2ban;
	page.ngettext = undefined;
	expect([1, 2].map((n) => oursByCount('{0} ban', '{0} bans', n))).toEqual(['{0} ban', '{0} bans']);
});

it('puts translations into an answer, texts inside of texts too, and leaves an older helper’s as they are', () => {
	speak({
		'{0} failed: {1}': '{1}. Gescheitert: {0}',
		'The service': 'Der Dienst',
		'{0} jail': ['{0} Jail', '{0} Jails'],
	});
	const answer = asBuilt(() =>
		translated([
			{
				text: 'The service failed: 2 jails',
				hints: ['The service'],
				messages: {
					text: {
						id: '{0} failed: {1}',
						args: [{ id: 'The service' }, { id: '{0} jail', plural: '{0} jails', n: 2, args: [2] }],
					},
					hints: [{ id: 'The service' }],
					gone: { id: 'The service' },
				},
			},
			{ text: 'The service' },
		]),
	);
	expect(answer[0]).toMatchObject({ text: '2 Jails. Gescheitert: Der Dienst', hints: ['Der Dienst'] });
	expect(answer[0]).not.toHaveProperty('gone');
	expect(answer[1]).toEqual({ text: 'The service' });
});

it('translates the texts of an error, and takes English where they were cut off', () => {
	speak({ 'Too short.': 'Zu kurz.', '{0}: {1}': '{0}: {1}' });
	const short = { id: 'Too short.' };
	const messages = JSON.stringify({ '': { id: '{0}: {1}', args: ['bantime', short] }, bantime: short });
	const errors = { bantime: 'Too short.', ip: 'Bad.', messages };
	expect(asBuilt(() => translatedErrors('bantime: Too short.', errors))).toEqual({
		message: 'bantime: Zu kurz.',
		errors: { bantime: 'Zu kurz.', ip: 'Bad.' },
	});
	expect(translatedErrors('English', { ip: 'Bad.', messages: messages.slice(0, 20) })).toEqual({
		message: 'English',
		errors: { ip: 'Bad.' },
	});
});
