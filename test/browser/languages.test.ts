import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePo } from '../../build/i18n/po.ts';
import { root } from '../../build/setup/paths.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';
import {
	allTexts,
	cards,
	cutButtons,
	openWindow,
	sentencesOn,
	show,
	texts,
	tour,
	windows,
} from './support/tour.ts';
import { pveSources } from './support/unmodifiedPve.ts';

/** Our German texts by their English ones; what both languages share tells nothing. */
const german = new Map(
	parsePo(readFileSync(join(root, 'po/de.po'), 'utf8')).entries.flatMap(({ id, forms: [text] }) =>
		text === undefined || text === id ? [] : [[id, text] as const],
	),
);

/** Words of fail2ban, which are never translated, and those that Proxmox VE's own components bring. */
const foreign = new RegExp(
	`^(?:${[
		'(?:fail|ignore|pref)regex|datepattern|maxlines|journalmatch|\\d+',
		'OK|Help|Create|Add|Back|Next|Finish|Reset|Live Mode|Select Timespan|Since|Until|Update',
	].join('|')}):?$`,
);

let panel: Panel;

beforeAll(async () => {
	panel = await startPanel({
		files: { 'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/8\n' },
	});
	await panel.fail2banClient('set', 'sshd', 'banip', '203.0.113.5');
});
afterAll(() => panel?.close());

/** Puts a gettext before our script, which is a script of its own in each page. */
function translating(gettext: string) {
	return async (context: BrowserContext) => {
		await context.route(/(?:pve-fail2ban|\/rig\/plugin)\.js/, async (route) => {
			const response = await route.fetch();
			const translated = `window.gettext = ${gettext};window.ngettext = (one, many, n) => gettext(n === 1 ? one : many);`;
			await route.fulfill({ response, body: `${translated}\n${await response.text()}` });
		});
	};
}

async function open(options: Parameters<Panel['open']>[0]): Promise<View> {
	const view = await panel.open(options);
	return view;
}

test('asks for a translation of every title, header, button, label and sentence, at 1920×1080', async () => {
	const view = await open({
		viewport: { width: 1920, height: 1080 },
		prepare: translating('(text) => "⟦" + text + "⟧"'),
	});
	const seen: string[] = [];
	const plain: string[] = [];
	await tour(
		view,
		(text) => `⟦${text}⟧`,
		async (where, scope) => {
			const found = await texts(view, scope);
			seen.push(...found.filter((text) => text.includes('⟦')).map((text) => `${where}: ${text}`));
			plain.push(
				...found
					.filter((text) => !text.includes('⟦') && !foreign.test(text))
					.map((text) => `${where}: ${text}`),
				...(await sentencesOn(view, scope)).map((text) => `${where}: ${text}`),
			);
		},
	);
	expect(plain).toEqual([]);
	for (const where of [...cards.map((card) => `fail2ban${card}`), ...windows.map(([, name]) => name)]) {
		expect(
			seen.some((text) => text.startsWith(`${where}: `)),
			where,
		).toBe(true);
	}
	expect(view.errors).toEqual([]);
	await view.close();
});

/** Chooses the language as Proxmox VE does. */
function speaking(language: string) {
	return (context: BrowserContext) =>
		context.addCookies([{ name: 'PVELangCookie', value: language, url: panel.demo.address }]);
}

// the server of the unmodified page has one language only
test.skipIf(pveSources() !== undefined)(
	'speaks German in each card and window, and has room for it at 1280×720, or scrolls',
	async () => {
		const view = await open({ locale: 'de-DE', prepare: speaking('de') });
		const cut: string[] = [];
		const english: string[] = [];
		const seen = new Set<string>();
		const words = new Set(german.values());
		await tour(
			view,
			(text) => german.get(text) ?? text,
			async (where, scope) => {
				cut.push(...(await cutButtons(view)).map((button) => `${where}: ${button}`));
				for (const text of (await texts(view, scope)).map((each) => each.replace(/:$/, ''))) {
					if (words.has(text)) seen.add(where);
					else if (german.has(text) && !foreign.test(text)) english.push(`${where}: ${text}`);
				}
			},
		);
		expect(english).toEqual([]);
		expect(cut).toEqual([]);
		expect([...seen].sort()).toEqual(
			[...cards.map((card) => `fail2ban${card}`), ...windows.map(([, name]) => name)].sort(),
		);
		expect(view.errors).toEqual([]);
		await view.close();
	},
);

test.skipIf(pveSources() !== undefined)(
	'says what the helper found in German, and stays English in a language without a catalogue',
	async () => {
		for (const [language, text] of [
			['de', 'Die Firewall von Proxmox VE'],
			['xx', "Proxmox VE's firewall"],
		] as const) {
			const requests: string[] = [];
			const view = await open({
				prepare: async (context) => {
					await speaking(language)(context);
					context.on('request', (request) => requests.push(request.url()));
				},
			});
			await show(view, '');
			await view.page.getByText(text).first().waitFor();
			expect(requests.filter((url) => url.includes('i18n'))).toHaveLength(language === 'de' ? 1 : 0);
			expect(view.errors).toEqual([]);
			await view.close();
		}
	},
);

test.skipIf(pveSources() !== undefined)(
	"speaks German on each page of Set Up Protection, also where the texts are the helper's",
	async () => {
		const view = await open({ prepare: speaking('de') });
		const { page } = view;
		await show(view, '');
		await openWindow(view, { button: german.get('Set Up Protection') as string });
		for (const text of [
			'5 failures within 10 minutes ban the address for 1 hour.',
			'Log-ins by SSH',
			'This node itself (loopback)',
		]) {
			await expect.poll(async () => (await allTexts(view)).join(' ')).toContain(german.get(text));
			expect((await allTexts(view)).filter((each) => german.has(each) && !foreign.test(each))).toEqual([]);
			await page.locator('.x-btn:visible').filter({ hasText: 'Next' }).last().click();
		}
		expect(view.errors).toEqual([]);
		await view.close();
	},
);

test('opens every card from right to left without an error', async () => {
	const view = await open({
		prepare: async (context) => {
			await context.addInitScript(() => {
				document.addEventListener('DOMContentLoaded', () => {
					document.documentElement.dir = 'rtl';
				});
			});
		},
	});
	for (const card of cards) {
		await show(view, card);
	}
	expect(await view.page.evaluate(() => getComputedStyle(document.body).direction)).toBe('rtl');
	expect(view.errors).toEqual([]);
	await view.close();
});
