import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { root } from '../../build/setup/paths.ts';
import { attackedNode, syslogTime } from './support/attackedNode.ts';
import { buttonOf, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';
import { protectionPictures, takeProtection } from './support/protectionPictures.ts';
import { repairPictures, takeRepair } from './support/repairPictures.ts';

/**
 * Takes the pictures of docs/, every screen and window in both themes: `npm run screenshots`. Names of pictures as
 * arguments take only these.
 */
const folder = join(root, 'docs/screenshots');

/** Milliseconds for whatever is waited for; the filters' warnings take the longest. */
const patience = 60_000;

/** A picture with what leads to it. What it opens is closed by `closeAll`. */
type Picture = [name: string, show: (view: View, panel: Panel) => Promise<void>];

const windowText = (page: Page, text: string | RegExp) =>
	page.locator('.x-window:visible').getByText(text).first().waitFor();
const tab = (page: Page, text: string) =>
	page.locator('.x-window:visible .x-tab').getByText(text, { exact: true }).click();

async function editJail(view: View, title: string): Promise<void> {
	const { page } = view;
	await view.openCard('fail2ban-jails');
	await rowOf(page, 'sshd').dblclick();
	await windowText(page, /jail\.conf:\d+/);
	await tab(page, title);
}

async function openWindow(view: View, button: string): Promise<void> {
	await view.openCard('fail2ban-options');
	await rowOf(view.page, 'Log Level').waitFor();
	await buttonOf(view.page, button).click();
}

/** Opens the picker of a field of the topmost window and takes an entry. */
async function choose(page: Page, itemId: string, text: string): Promise<void> {
	const trigger = await page.evaluate((id) => {
		const { Ext } = window as unknown as { Ext: any };
		const [field] = Ext.ComponentQuery.query(`window #${id}`);
		return field.getTrigger('picker').el.dom.id as string;
	}, itemId);
	await page.locator(`[id="${trigger}"]`).click();
	await page.locator('.x-boundlist-item:visible').getByText(text, { exact: true }).click();
}

const pictures: Picture[] = [
	[
		'jails',
		async (view) => {
			await view.openCard('fail2ban-jails');
			await rowOf(view.page, 'sshd').click();
		},
	],
	[
		'jail-general',
		async (view) => {
			await editJail(view, 'General');
			await view.page.locator('.x-window input[name="bantime"]').click();
			await view.page.keyboard.press('Control+a');
			await view.page.keyboard.type('3w');
			await windowText(view.page, /= 21 days/);
			await windowText(view.page, /Would be banned/);
		},
	],
	['jail-repeat-offenders', (view) => editJail(view, 'Repeat Offenders')],
	['jail-log-source', (view) => editJail(view, 'Log Source')],
	['jail-action', (view) => editJail(view, 'Action')],
	['jail-advanced', (view) => editJail(view, 'Advanced')],
	['jail-all-options', (view) => editJail(view, 'All Options')],
	[
		'jail-create',
		async (view) => {
			const { page } = view;
			await view.openCard('fail2ban-jails');
			await buttonOf(page, 'Create').click();
			await windowText(page, /jail\.conf:\d+/);
			await page.locator('.x-window input[name="jail"]').click();
			await page.keyboard.type('nginx-logins');
		},
	],
	[
		'bans',
		async (view) => {
			await view.openCard('fail2ban-bans');
			await rowOf(view.page, '192.0.2.44')
				.locator('.x-grid-checkcolumn, .x-grid-row-checker')
				.first()
				.click();
		},
	],
	[
		'why-banned',
		async (view) => {
			await view.openCard('fail2ban-bans');
			await rowOf(view.page, '198.51.100.7').filter({ hasText: 'sshd' }).dblclick();
			await windowText(view.page, /Failed password/);
			await windowText(view.page, /5 failures|Ban 1/);
		},
	],
	[
		'ignore-list',
		async (view) => {
			await view.openCard('fail2ban-ignore');
			await rowOf(view.page, '192.0.2.17').click();
		},
	],
	[
		'ignore-add',
		async ({ page }) => {
			await buttonOf(page, 'Add').click();
			await page.locator('.x-window textarea[name="ip"]').click();
			await page.keyboard.type('203.0.113.128/28');
			await page.locator('.x-window input[name="comment"]').click();
			await page.keyboard.type('Branch office');
		},
	],
	[
		'filters',
		async (view) => {
			await view.openCard('fail2ban-filters');
			await rowOf(view.page, 'nextcloud').locator('.warning').first().waitFor();
			await rowOf(view.page, 'proxmox').click();
		},
	],
	[
		'workbench',
		async (view) => {
			const { page } = view;
			await view.openCard('fail2ban-filters');
			await rowOf(page, 'proxmox').click();
			await buttonOf(page, 'Test').click();
			await windowText(page, /\d+ matched/);
		},
	],
	[
		'workbench-warning',
		async (view) => {
			const { page } = view;
			await view.openCard('fail2ban-filters');
			await rowOf(page, 'nextcloud').dblclick();
			await page.locator('.x-window .pmx-hint').getByText('failregex 1').waitFor();
			await choose(page, 'source', 'Text');
			const line = `${syslogTime(new Date())} pve1 nextcloud[77]: Login failed: admin (Remote IP: 203.0.113.5)`;
			await page.locator('.x-window textarea:visible').last().click();
			await page.keyboard.insertText(line);
			await windowText(page, /1 matched/);
		},
	],
	[
		'options',
		async (view) => {
			await view.openCard('fail2ban-options');
			await rowOf(view.page, 'Log Level').waitFor();
		},
	],
	[
		'option-edit',
		async ({ page }) => {
			await rowOf(page, 'Find Time').dblclick();
			await windowText(page, /12 hours/);
			await page.locator('.x-window input[name="findtime"]').click();
			await page.keyboard.press('Control+a');
			await page.keyboard.type('1d');
			await windowText(page, /will be written to/);
		},
	],
	[
		'files',
		async (view) => {
			await openWindow(view, 'Configuration Files');
			await rowOf(view.page, 'jail.d/sshd.local').locator('.x-grid-cell').click();
			await view.page.waitForFunction(() => {
				const area = document.querySelector<HTMLTextAreaElement>('textarea[name="content"]');
				return area?.value.includes('[sshd]');
			});
		},
	],
	[
		'changes',
		async (view) => {
			await openWindow(view, 'Change History');
			await rowOf(view.page, 'jail.d/sshd.local').first().click();
			await windowText(view.page, /\+\+\+ /);
		},
	],
	[
		'log',
		async (view) => {
			await view.openCard('fail2ban-log');
			await view.page.evaluate(() => {
				const { Ext } = window as unknown as { Ext: any };
				Ext.ComponentQuery.query('pveFail2banLog #level')[0].setValue('NOTICE');
			});
			await view.page.waitForFunction(() => {
				const log = document.querySelector('[id^=pveFail2banLog-]')?.textContent;
				return log?.includes('NOTICE') && !log.includes(': INFO');
			});
		},
	],
	// last: by now the check list knows the filters
	[
		'overview',
		async (view) => {
			await view.openCard('fail2ban');
			await rowOf(view.page, '203.0.113.5').first().waitFor();
			await view.page.getByText('with 4 jails').waitFor();
		},
	],
	[
		'overview-chart',
		async ({ page }) => {
			await page.locator('[id^=pveFail2banTop-]').first().waitFor();
			await page.evaluate(() => {
				const { Ext } = window as unknown as { Ext: any };
				Ext.ComponentQuery.query('pveFail2banOverview')[0].getScrollable().scrollTo(0, 100_000);
			});
			await page.locator('[id^=pveFail2banTop-] .x-grid-item').first().waitFor();
		},
	],
	[
		'test-detection',
		async (view, panel) => {
			await view.openCard('fail2ban');
			await buttonOf(view.page, 'Test Detection').click();
			await windowText(view.page, /Waiting/);
			// a line of the second in which the window was opened is too old
			await sleep(2000);
			const text = 'pvedaemon[2210]: authentication failure; rhost=192.0.2.50 user=root@pam msg=no such user';
			appendFileSync(join(panel.dir, 'logs/daemon.log'), `${syslogTime(new Date())} pve1 ${text}\n`);
			await windowText(view.page, /Detected/);
		},
	],
];

/** Changes as an administrator makes them, so that the lists are not empty. */
async function prepare({ page }: View): Promise<void> {
	const write = (method: string, url: string, params: object) =>
		page.evaluate(
			([verb, path, values]) =>
				new Promise<void>((done, fail) => {
					const { Proxmox } = window as unknown as { Proxmox: any };
					Proxmox.Utils.API2Request({
						url: `/nodes/pve1/fail2ban/${path}`,
						method: verb,
						params: values,
						// methods: tsx would wrap a named arrow in a function that the page does not have
						success() {
							done();
						},
						failure(response: any) {
							fail(new Error(`${path}: ${response.htmlStatus}`));
						},
					});
				}),
			[method, url, params] as const,
		);
	await write('POST', 'ignore', { ip: '10.20.0.0/16', comment: 'Office' });
	await write('POST', 'ignore', { ip: '192.0.2.17', comment: 'Jane at home' });
	await write('POST', 'ignore', { ip: '2001:db8:0:40::5', jail: 'proxmox', comment: 'Monitoring' });
	await write('PUT', 'jails/sshd', { bantime: '1w', 'bantime-increment': 1, 'bantime-maxtime': '8w' });
}

/** Closes all windows, as they are. */
async function closeAll(page: Page): Promise<void> {
	await page.evaluate(() => {
		const { Ext } = window as unknown as { Ext: any };
		for (const open of Ext.ComponentQuery.query('window').filter((one: any) => one.isVisible())) {
			open.discard = true;
			open.destroy();
		}
	});
}

async function shoot({ page }: View, name: string, theme: string): Promise<void> {
	// no pointer, no tooltip of the last click
	await page.mouse.move(640, 4);
	await sleep(1500);
	const file = `docs/screenshots/${name}-${theme}.png`;
	await page.screenshot({ path: join(root, file), animations: 'disabled', caret: 'initial' });
	console.log(file);
}

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const chosen = pictures.filter(([name]) => isWanted(name));
mkdirSync(folder, { recursive: true });
if (wanted.length === 0 || protectionPictures.some(isWanted)) {
	for (const theme of ['light', 'dark'] as const) {
		await takeProtection(theme, (view, name) => shoot(view, name, theme));
	}
}
if (wanted.length === 0 || repairPictures.some(isWanted)) {
	for (const theme of ['light', 'dark'] as const) {
		await takeRepair(theme, (view, name) => shoot(view, name, theme));
	}
}
if (chosen.length === 0) {
	process.exit(0);
}
const panel = await startPanel({ files: attackedNode() });
try {
	for (const theme of ['light', 'dark'] as const) {
		const view = await panel.open({ dark: theme === 'dark' });
		const { page } = view;
		page.setDefaultTimeout(patience);
		if (theme === 'light') {
			await prepare(view);
		}
		for (const [name, show] of chosen) {
			await show(view, panel);
			await shoot(view, name, theme);
			await closeAll(page);
		}
		if (view.errors.length > 0) {
			throw new Error(view.errors.join('\n'));
		}
		await view.close();
	}
} finally {
	await panel.close();
}
