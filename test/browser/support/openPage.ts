import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

export interface OpenPage {
	page: Page;
	/** Uncaught errors, console errors and answers of 500 and above, since the page was opened. */
	errors: string[];
	/** Calls of the API as `GET /nodes/pve1/fail2ban/status`, in their order. */
	calls: string[];
	close(): Promise<void>;
}

const flags = [
	'--headless',
	'--no-sandbox', // it refuses to run as root otherwise
	'--disable-gpu',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Milliseconds that an action waits: much takes many times longer while other files test beside this one. */
const patience = 45_000;

export interface LaunchOptions {
	dark?: boolean;
	viewport?: { width: number; height: number };
	locale?: string;
	/** Whether an error told about this address is not ours. */
	isForeign?(url: string): boolean;
	/** Called before the page is loaded. */
	prepare?(context: BrowserContext): Promise<void>;
}

/** Opens an address in a fresh Chromium, with the size that the screens are designed for. */
export function openPage(address: string): Promise<OpenPage> {
	return launch(address, {});
}

let running: Promise<Browser> | undefined;
let users = 0;

/** One Chromium for all pages that are open at a time; each has cookies and storage of its own. */
function useBrowser(): Promise<Browser> {
	users++;
	running ??= chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: flags });
	return running;
}

async function leaveBrowser(): Promise<void> {
	users--;
	if (users === 0) {
		const last = running;
		running = undefined;
		await (await last)?.close();
	}
}

/** As `openPage`, with more to choose. */
export async function launch(address: string, options: LaunchOptions): Promise<OpenPage> {
	const browser = await useBrowser();
	let context: BrowserContext | undefined;
	let closing: Promise<void> | undefined;
	const close = () => {
		closing ??= (async () => {
			await context?.close();
			await leaveBrowser();
		})();
		return closing;
	};
	try {
		context = await browser.newContext({
			viewport: options.viewport ?? { width: 1280, height: 720 },
			colorScheme: options.dark ? 'dark' : 'light',
			...(options.locale !== undefined && { locale: options.locale }),
		});
		context.setDefaultTimeout(patience);
		await options.prepare?.(context);
		const page = await context.newPage();
		const errors: string[] = [];
		const calls: string[] = [];
		page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
		page.on('console', (message) => {
			if (message.type() === 'error' && !options.isForeign?.(message.location().url)) {
				errors.push(`${message.text()} ${message.location().url}`);
			}
		});
		page.on('request', (request) => {
			const path = /\/api2\/(?:json|extjs)([^?]+)/.exec(request.url())?.[1];
			if (path !== undefined) {
				calls.push(`${request.method()} ${path}`);
			}
		});
		await page.goto(address);
		return { page, errors, calls, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** Logs in by the form. Types keys: `fill()` races with ExtJS's own handling of the focus. */
export async function logIn(page: Page, user: string, password: string): Promise<void> {
	await typeInto(page, 'username', user);
	await typeInto(page, 'password', password);
	await page.keyboard.press('Enter');
	await page.locator('.x-treelist-item-text').first().waitFor();
}

/** Replaces the text of a field. What was clicked before may take the focus back while the keys are pressed. */
export async function retype(field: Locator, text: string): Promise<void> {
	const { keyboard } = field.page();
	const end = Date.now() + patience;
	for (;;) {
		await field.click();
		await keyboard.press('Control+a');
		await keyboard.press('Delete');
		await keyboard.insertText(text);
		const typed = await field.inputValue();
		if (typed === text) return;
		if (Date.now() > end) throw new Error(`the field holds '${typed}' instead of '${text}'`);
	}
}

/** Replaces the text of the field of this name. */
export function typeInto(page: Page, name: string, text: string): Promise<void> {
	return retype(page.locator(`input[name="${name}"]:visible`), text);
}

/** Clicks an entry of the node's menu. */
export async function openEntry(page: Page, text: string): Promise<void> {
	await page.locator('.x-treelist-item-text:visible').getByText(text, { exact: true }).first().click();
}

/** A row of the grid with this item id or xtype's class, by the exact text of one of its cells. */
export function rowOf(page: Page, text: string) {
	return page
		.locator('.x-grid-item:visible')
		.filter({ has: page.locator('.x-grid-cell-inner').getByText(text, { exact: true }) });
}

/** A button on the screen by its text, above all windows' masks. */
export function buttonOf(page: Page, text: string) {
	return page.locator('.x-btn:visible').filter({ has: page.getByText(text, { exact: true }) });
}

/** Chooses from the menu of a row. */
export async function pickFromMenu(row: Locator, entry: string): Promise<void> {
	await row.click({ button: 'right' });
	await row.page().locator('.x-menu-item:visible').getByText(entry, { exact: true }).click();
}

/** Chooses from the list of a combo box. In Proxmox VE's page a click into the field has it open already. */
export async function chooseFrom(trigger: Locator, text: string): Promise<void> {
	const list = trigger.page().locator('.x-boundlist-item:visible');
	if ((await list.count()) === 0) {
		await trigger.click();
	}
	await list.getByText(text, { exact: true }).click();
}
