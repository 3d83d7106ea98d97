import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePo } from '../../build/i18n/po.ts';
import { root } from '../../build/setup/paths.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';
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

const cards = ['', '-jails', '-bans', '-ignore', '-filters', '-options', '-log'];

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

/** Opens a card and waits for what it lists. */
async function show(view: View, card: string): Promise<void> {
	await view.openCard(`fail2ban${card}`);
	const { page } = view;
	await (card === '-log'
		? page.locator('[id^=proxmoxJournalView]:visible')
		: page.locator('.x-grid-item:visible')
	)
		.first()
		.waitFor();
}

/** Texts of titles, headers, buttons and labels on the screen, below the elements that `scope` selects. */
function texts({ page }: View, scope: string): Promise<string[]> {
	return page.evaluate((within) => {
		const classes = [
			'.x-column-header-text-inner',
			'.x-btn-inner',
			'.x-form-item-label-text',
			'.x-form-cb-label',
			'.x-title-text',
			'.x-toolbar-text',
			'.x-tab-inner',
			'.x-fieldset-header-text',
			'.x-legend-item',
			'.x-grid-group-title',
			'.pmx-hint',
		].join(',');
		return Array.from(document.querySelectorAll<HTMLElement>(within))
			.flatMap((part) => Array.from(part.querySelectorAll<HTMLElement>(classes)))
			.filter((element) => element.offsetWidth > 0)
			.map((element) => (element.textContent ?? '').replaceAll('\u00a0', ' ').trim())
			.filter((text) => /\p{L}/u.test(text));
	}, scope);
}

/** Every text on the screen in a window, those of rows as well. */
function allTexts({ page }: View): Promise<string[]> {
	return page.evaluate(() =>
		Array.from(document.querySelectorAll<HTMLElement>('.x-window *'))
			.filter((element) => element.offsetWidth > 0)
			.flatMap((element) => Array.from(element.childNodes))
			.flatMap((node) => (node instanceof Text ? [node.data.trim()] : [])),
	);
}

/**
 * Sentences on the screen, wherever they stand: cells, hints, warnings, questions. Words of logs, files and diffs are not
 * ours.
 */
function sentencesOn({ page }: View, scope: string): Promise<string[]> {
	return page.evaluate((within) => {
		const found: string[] = [];
		for (const part of Array.from(document.querySelectorAll<HTMLElement>(within))) {
			const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
			while (walker.nextNode()) {
				const element = walker.currentNode.parentElement;
				if (element === null || element.offsetWidth === 0) continue;
				if (element.closest('pre, [id^=proxmoxJournalView]') !== null) continue;
				// a sentence may have parts in bold
				found.push((element.closest('div, td, label') ?? element).textContent ?? '');
			}
		}
		return (
			[...new Set(found)]
				.map((text) => text.replaceAll('\u00a0', ' ').trim())
				// ExtJS says itself that a field must not be empty, in the language of its own locale file
				.filter((text) => !text.startsWith('This field is required'))
				.filter((text) => /^[A-Z]\S* \S+ .*[.?!]$/.test(text))
		);
	}, scope);
}

type Opener = { button: string } | { row: string };

/** Opens a window by a button, or by a double-click on a row, with this text. */
async function openWindow({ page }: View, how: Opener): Promise<void> {
	if ('row' in how) {
		await page.locator('.x-grid-row:visible').filter({ hasText: how.row }).first().dblclick();
	} else {
		await page.locator('.x-btn:visible').filter({ hasText: how.button }).first().click();
	}
	await page.locator('.x-window:visible .x-window-header').first().waitFor();
	// what it shows is loaded
	await page.waitForFunction(() => {
		const { Ext } = window as unknown as { Ext: any };
		return Ext.ComponentQuery.query('loadmask').every((mask: any) => !mask.isVisible(true));
	});
}

async function closeWindows({ page }: View): Promise<void> {
	await page.evaluate(() => {
		const { Ext } = window as unknown as { Ext: any };
		for (const open of Ext.ComponentQuery.query('window').filter((one: any) => one.isVisible())) {
			open.destroy();
		}
	});
}

/** Buttons that stand outside their bar, where the bar does not scroll. */
function cutButtons({ page }: View): Promise<string[]> {
	return page.evaluate(() => {
		const { Ext } = window as unknown as { Ext: any };
		return Ext.ComponentQuery.query('toolbar')
			.filter((bar: any) => bar.rendered && bar.isVisible(true) && bar.overflowHandler !== 'scroller')
			.flatMap((bar: any) => {
				const { left, right } = bar.el.dom.getBoundingClientRect();
				return bar.items.items
					.filter((item: any) => item.rendered && item.isXType('button') && item.isVisible(true))
					.filter((item: any) => {
						const box = item.el.dom.getBoundingClientRect();
						return box.left < left - 1 || box.right > right + 1;
					})
					.map((item: any) => `${bar.id}: ${item.getText()}`);
			}) as string[];
	});
}

const windows: [card: string, name: string, how: Opener][] = [
	['-jails', 'Edit: Jail', { row: 'sshd' }],
	['-jails', 'Create: Jail', { button: 'Create' }],
	['-bans', 'Why Banned', { row: '203.0.113.5' }],
	['-bans', 'Ban Address', { button: 'Ban' }],
	['-ignore', 'Ignore Address', { button: 'Add' }],
	['-filters', 'workbench', { row: 'proxmox' }],
	['-options', 'option', { row: 'jail.conf' }],
	['-options', 'Configuration Files', { button: 'Configuration Files' }],
	['-options', 'Change History', { button: 'Change History' }],
	['', 'Test Detection', { button: 'Test Detection' }],
	['', 'Set Up Protection', { button: 'Set Up Protection' }],
];

/** Pages of a wizard after its first one. */
const furtherPages: Readonly<Record<string, number>> = { 'Set Up Protection': 3 };

/** Goes on to the next page of a wizard, whatever its button says. */
async function nextPage({ page }: View): Promise<void> {
	await page.waitForFunction(() => {
		const { Ext } = window as unknown as { Ext: any };
		const [next] = Ext.ComponentQuery.query('window[hidden=false] button#next');
		if (!next?.isVisible() || next.isDisabled()) return false;
		next.el.dom.click();
		return true;
	});
	await page.waitForFunction(() => {
		const { Ext } = window as unknown as { Ext: any };
		return Ext.ComponentQuery.query('loadmask').every((mask: any) => !mask.isVisible(true));
	});
}

/** Visits all cards and windows; `mark` is what the translation makes of a text. */
async function tour(
	view: View,
	mark: (text: string) => string,
	look: (where: string, scope: string) => Promise<void>,
): Promise<void> {
	for (const card of cards) {
		await show(view, card);
		await look(`fail2ban${card}`, '[id^=pveFail2ban]');
		for (const [, name, how] of windows.filter(([of]) => of === card)) {
			await openWindow(view, 'row' in how ? how : { button: mark(how.button) });
			await look(name, '.x-window');
			for (let at = 0; at < (furtherPages[name] ?? 0); at++) {
				await nextPage(view);
				await look(name, '.x-window');
			}
			await closeWindows(view);
		}
	}
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
