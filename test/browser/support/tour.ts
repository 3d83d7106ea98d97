import type { View } from './panel.ts';

export const cards = ['', '-jails', '-bans', '-ignore', '-filters', '-options', '-log'];

/** Opens a card and waits for what it lists. */
export async function show(view: View, card: string): Promise<void> {
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
export function texts({ page }: View, scope: string): Promise<string[]> {
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
export function allTexts({ page }: View): Promise<string[]> {
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
export function sentencesOn({ page }: View, scope: string): Promise<string[]> {
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
export async function openWindow({ page }: View, how: Opener): Promise<void> {
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
export function cutButtons({ page }: View): Promise<string[]> {
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

export const windows: [card: string, name: string, how: Opener][] = [
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
export async function tour(
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
