import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buttonOf, pickFromMenu, retype, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const stamp = new Date().toString().replace(/^\w+ (\w+) 0?(\d+) \d+ ([\d:]+).*/, (_all, month, day, time) => {
	return `${month} ${day.padStart(2)} ${time}`;
});
const failures = ['203.0.113.5', '203.0.113.6', '2001:db8::7'].map(
	(ip) => `${stamp} pve1 pvedaemon[12]: authentication failure; rhost=${ip} user=<b>eve@pam msg=no such user`,
);
const others = [1, 2].map(
	(n) => `${stamp} pve1 pvedaemon[1${n}]: <root@pam> successful auth for user 'root@pam'`,
);

/** Matches wherever it stands: a user name can hold it. */
const loose = '[Definition]\nfailregex = authentication failure; rhost=<HOST> user=.* msg=.*\n';

describe('the filters', () => {
	let panel: Panel;
	let view: View;

	beforeAll(async () => {
		panel = await startPanel({ files: { 'filter.d/loose.conf': loose } });
		await writeFile(join(panel.dir, 'logs/pvedaemon.log'), `${[...failures, ...others].join('\n')}\n`);
		view = await panel.open();
		await view.openCard('fail2ban-filters');
		await rowOf(view.page, 'sshd').waitFor();
	});
	afterAll(() => panel?.close());

	const file = (name: string) => join(panel.config, 'filter.d', name);
	const names = () =>
		view.page
			.locator('[id^=pveFail2banFilters-] .x-grid-cell:first-child .x-grid-cell-inner')
			.allTextContents();
	const inWindow = (selector: string) => view.page.locator(`.x-window:visible ${selector}`);
	const barButton = (text: string) =>
		view.page.locator('[id^=pveFail2banFilters-]').locator('.x-btn').filter({ hasText: text });
	const area = (name: string) => inWindow(`textarea[name="${name}"]`);
	const lines = () => inWindow('.x-grid-item').filter({ has: view.page.locator('div[style*="pre-wrap"]') });
	const counts = (text: string | RegExp) => inWindow('div').getByText(text).first().waitFor();

	/** The input of a field in the workbench, by its id there. */
	async function input(itemId: string): Promise<Locator> {
		const id = await view.page.evaluate((name) => {
			const { Ext } = window as unknown as { Ext: any };
			return Ext.ComponentQuery.query(`#fail2banWorkbench #${name}`)[0].inputEl.id as string;
		}, itemId);
		return view.page.locator(`[id="${id}"]`);
	}

	async function choose(itemId: string, text: string): Promise<void> {
		await (await input(itemId)).click();
		await view.page.locator('.x-boundlist-item:visible').getByText(text, { exact: true }).click();
	}

	async function openFilter(name: string): Promise<void> {
		await rowOf(view.page, name).dblclick();
		await inWindow('.x-window-header').getByText(`Filter: ${name}`).waitFor();
	}

	const search = (text: string) =>
		retype(view.page.locator('[id^=pveFail2banFilters-] input[placeholder="Search"]'), text);

	async function closeWindow(): Promise<void> {
		await inWindow('.x-btn').getByText('Close', { exact: true }).click();
		await area('failregex').waitFor({ state: 'detached' });
	}

	const regexOf = async (jail: string, option: string) =>
		(await panel.fail2banClient('get', jail, option)).stdout;

	test('lists the filters in use, and all of them if asked', async () => {
		const { page } = view;
		expect(await names()).toEqual(['pam-generic', 'proxmox', 'sshd']);
		await page.getByText('Show only used filters').click();
		await rowOf(page, 'apache-auth').waitFor();
		await search('LOOS');
		await expect.poll(names).toEqual(['loose']);
		await page.keyboard.press('Escape');
		await rowOf(page, 'apache-auth').waitFor();
		await search('nothing at all');
		await page.getByText('No filter matches.').waitFor();
		await page.locator('[id^=pveFail2banFilters-] .pmx-clear-trigger').click();
	});

	test('warns of a filter that a user name can deceive, and shows the line that does', async () => {
		const { page } = view;
		await search('loose');
		await openFilter('loose');
		await inWindow('.pmx-hint').getByText('failregex 1').waitFor();
		await inWindow('.pmx-hint').getByText("Warnings for the saved filter 'loose':").waitFor();
		expect(await inWindow('.pmx-hint').first().textContent()).toContain('authentication failure; rhost=');
		await closeWindow();
		await rowOf(page, 'loose').locator('.warning').waitFor();
		await search('');
		await page.getByText('Show only used filters').click();
	});

	test('shows what becomes of the lines that the jail reads', async () => {
		const { page } = view;
		await rowOf(page, 'proxmox').click();
		await barButton('Test').click();
		await counts('5 lines: 3 matched, 2 missed, 0 ignored');
		expect(await lines().count()).toBe(5);
		const found = lines().filter({ has: page.locator('.good') });
		expect(await found.locator('span[style*="gauge-default"]').allTextContents()).toEqual([
			'203.0.113.5',
			'203.0.113.6',
			'2001:db8::7',
		]);
		expect(await found.first().textContent()).toContain('user=<b>eve@pam');
		await found.first().hover();
		await page.locator('.x-tip:visible').getByText('user: <b>eve@pam').waitFor();
		await found.first().click();
		await inWindow('.x-grid-item-selected').getByText('failregex 1').waitFor();
		const chosen = inWindow('.x-grid-item-selected span[style*="gauge-default"]');
		const line = await chosen.evaluate((element) => getComputedStyle(element).borderBottomWidth);
		expect(line).toBe('2px');
		expect(await lines().filter({ hasText: 'no failregex matched' }).count()).toBe(2);
		for (const [button, count] of [
			['Missed', 2],
			['Ignored', 0],
			['Matched', 3],
			['All', 5],
		] as const) {
			await inWindow('.x-segmented-button .x-btn, .x-segmented-button-item')
				.getByText(button, { exact: true })
				.click();
			await expect.poll(() => lines().count()).toBe(count);
		}
	});

	test('tests what is typed, one call at a time, and marks what does not compile', async () => {
		const { page, calls } = view;
		calls.length = 0;
		await retype(area('failregex'), 'authentication failure; rhost=(<HOST>');
		await page
			.locator('.x-form-invalid-field[name="failregex"], .x-form-invalid [name="failregex"]')
			.first()
			.waitFor();
		await inWindow('.critical').first().waitFor();
		await retype(area('failregex'), '^.*rhost=<HOST> user=.*$');
		await counts('3 matched');
		await retype(area('ignoreregex'), 'rhost=203\\.0\\.113\\.6');
		await counts('2 matched, 2 missed, 1 ignored');
		expect(calls.filter((call) => call === 'POST /nodes/pve1/fail2ban/test').length).toBe(3);
		await inWindow('label').getByText('Test While Typing').click();
		await retype(area('ignoreregex'), '');
		await page.waitForTimeout(1000);
		expect(calls.filter((call) => call === 'POST /nodes/pve1/fail2ban/test').length).toBe(3);
		await inWindow('.x-btn').getByText('Test', { exact: true }).click();
		await counts('3 matched, 2 missed, 0 ignored');
		await inWindow('label').getByText('Test While Typing').click();
	});

	test('reads a log file, the journal or pasted text', async () => {
		const { page } = view;
		await choose('source', 'File');
		await retype(await input('file'), join(panel.dir, 'logs/auth.log'));
		await page.keyboard.press('Tab');
		await inWindow('.x-btn').getByText('Test', { exact: true }).click();
		await inWindow('.x-grid-empty').getByText('No lines in this time.').waitFor();
		await choose('source', 'Journal');
		await retype(await input('journalmatch'), 'no match');
		await inWindow('.x-btn').getByText('Test', { exact: true }).click();
		await inWindow('.critical')
			.getByText(/journalmatch|FIELD=value/)
			.waitFor();
		await choose('source', 'Text');
		await retype(await input('text'), `${failures[0]}\n${others[0]}`);
		await counts('2 lines: 1 matched, 1 missed, 0 ignored');
	});

	test('marks exactly the address, whatever characters stand before it', async () => {
		const users = ['😀😀', '用户', 'e\u0301ve'];
		const texts = users.map((user, n) => `${stamp} pve1 x[1]: ${user} rhost=192.0.2.${n} user=${user} msg`);
		await retype(await input('text'), texts.join('\n'));
		await counts('3 lines: 3 matched, 0 missed, 0 ignored');
		const marks = inWindow('.x-grid-item span[style*="gauge-default"]');
		expect(await marks.allTextContents()).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.2']);
	});

	test('ends an expression that would take for ever, and says so', async () => {
		await retype(await input('text'), `${stamp} pve1 x: ${'a'.repeat(40)}!`);
		await retype(area('failregex'), '^ ?pve1 x: (a+)+<HOST>$\n^.*: (a+)+$ <HOST>');
		await inWindow('.pmx-hint')
			.getByText(/^The (expression took longer than 3 s|test took too long) and was stopped\./)
			.waitFor();
		expect((await panel.fail2banClient('ping')).stdout).toContain('pong');
	});

	test('asks before changes are lost', async () => {
		const { page } = view;
		await inWindow('.x-btn').getByText('Close', { exact: true }).click();
		await page.getByText('Close without saving? Your changes are lost.').waitFor();
		await buttonOf(page, 'No').click();
		await inWindow('.x-btn').getByText('Close', { exact: true }).click();
		await buttonOf(page, 'Yes').click();
		await area('failregex').waitFor({ state: 'detached' });
		expect(existsSync(file('proxmox.local'))).toBe(false);
	});

	test('saves a change into a .local file, and the jail then runs with it', async () => {
		const { page } = view;
		const before = readFileSync(file('proxmox.conf'), 'utf8');
		await rowOf(page, 'proxmox').click();
		await page.keyboard.press('Enter');
		await inWindow('.x-window-header').getByText('Filter: proxmox').waitFor();
		await retype(area('ignoreregex'), 'user=git@pam');
		await counts('3 matched');
		await inWindow('.x-btn').getByText('Save', { exact: true }).click();
		await page.getByText("Save filter 'proxmox'? Used by: proxmox.").waitFor();
		await buttonOf(page, 'Yes').click();
		await inWindow('.x-btn.x-btn-disabled').getByText('Save', { exact: true }).waitFor();
		expect(readFileSync(file('proxmox.local'), 'utf8')).toBe('[Definition]\nignoreregex = user=git@pam\n');
		expect(readFileSync(file('proxmox.conf'), 'utf8')).toBe(before);
		await expect.poll(() => regexOf('proxmox', 'ignoreregex')).toContain('user=git@pam');
		await closeWindow();
		await rowOf(page, 'Changed').waitFor();
	});

	test('saves a copy under another name, after a look at that name', async () => {
		const { page } = view;
		await rowOf(page, 'proxmox').click();
		await barButton('Copy').click();
		await inWindow('.x-window-header').getByText('Create: Filter').waitFor();
		await inWindow('.x-btn').getByText('Save', { exact: true }).click();
		const name = inWindow('input[name="name"]');
		await retype(name, '../evil');
		await page.locator('.x-btn-disabled:visible').filter({ hasText: 'Create' }).last().waitFor();
		await retype(name, 'mine');
		await buttonOf(page, 'Create').last().click();
		await inWindow('.x-window-header').getByText('Filter: mine').waitFor();
		expect(readFileSync(file('mine.local'), 'utf8')).toContain('pvedaemon');
		await closeWindow();
		await rowOf(page, 'mine').getByText('Own').waitFor();
	});

	test('removes an own filter and resets a changed one', async () => {
		const { page } = view;
		await rowOf(page, 'mine').click();
		await page.keyboard.press('Delete');
		await page.getByText("Remove filter 'mine'?").waitFor();
		await buttonOf(page, 'Yes').click();
		await rowOf(page, 'mine').waitFor({ state: 'detached' });
		expect(existsSync(file('mine.local'))).toBe(false);
		await search('proxmox');
		await pickFromMenu(rowOf(page, 'proxmox'), 'Remove');
		await page.getByText("Reset filter 'proxmox' to its packaged version?").waitFor();
		await buttonOf(page, 'Yes').click();
		await rowOf(page, 'Changed').waitFor({ state: 'detached' });
		expect(existsSync(file('proxmox.local'))).toBe(false);
		await expect.poll(() => regexOf('proxmox', 'ignoreregex')).not.toContain('user=git@pam');
	});

	test('makes a filter from nothing, tried on pasted lines', async () => {
		const { page } = view;
		await barButton('Create').click();
		await inWindow('.x-window-header').getByText('Create: Filter').waitFor();
		await choose('source', 'Text');
		await retype(await input('text'), `${stamp} pve1 myapp: login failed from 198.51.100.9`);
		await retype(area('failregex'), '^\\s*\\S+ myapp: login failed from <ADDR>$');
		await counts('1 line: 1 matched');
		await inWindow('.x-btn').getByText('Save', { exact: true }).click();
		await retype(inWindow('input[name="name"]'), 'myapp');
		await buttonOf(page, 'Create').last().click();
		await inWindow('.x-window-header').getByText('Filter: myapp').waitFor();
		expect(readFileSync(file('myapp.local'), 'utf8')).toContain('login failed from <ADDR>$');
		await closeWindow();
	});

	test('tries the advanced options, and names the rule of a wrong one', async () => {
		const { page } = view;
		await search('proxmox');
		await openFilter('proxmox');
		await inWindow('.x-fieldset-header').getByText('Advanced').click();
		await retype(area('prefregex'), '^nothing <F-CONTENT>.*</F-CONTENT>$');
		await counts('5 lines: 0 matched, 5 missed, 0 ignored');
		await retype(area('prefregex'), '');
		await counts('5 lines: 3 matched');
		await retype(inWindow('input[name="maxlines"]'), '500');
		await inWindow('.x-form-invalid-field[name="maxlines"]')
			.or(inWindow('.x-form-invalid input[name="maxlines"]'))
			.first()
			.waitFor();
		await retype(inWindow('input[name="maxlines"]'), '2');
		await counts('3 matched');
		await retype(inWindow('input[name="datepattern"]'), '(');
		await inWindow('.critical')
			.getByText(/unterminated/)
			.waitFor();
		await retype(inWindow('input[name="datepattern"]'), '');
		await choose('since', '7 days');
		await choose('jail', 'sshd');
		await inWindow('.x-grid-empty').getByText('No lines in this time.').waitFor();
		await inWindow('.x-btn').getByText('Close', { exact: true }).click();
		await buttonOf(page, 'Yes').click();
		await area('failregex').waitFor({ state: 'detached' });
	});

	test('scans a whole log as a task', async () => {
		const { page } = view;
		await openFilter('proxmox');
		await inWindow('.x-btn').getByText('Scan Whole Log', { exact: true }).click();
		await page
			.locator('.x-window:visible')
			.getByText(/5 lines, 0 ignored, 3 matched, 2 missed/)
			.waitFor();
		await page.keyboard.press('Escape');
		await closeWindow();
	});

	test('lets an auditor look, with what is not allowed greyed out', async () => {
		const auditor = await panel.open({ user: 'audit@pve' });
		const { page } = auditor;
		await auditor.openCard('fail2ban-filters');
		await rowOf(page, 'proxmox').click();
		for (const text of ['Create', 'Copy', 'Remove', 'Test']) {
			await page.locator('[id^=pveFail2banFilters-] .x-btn-disabled').filter({ hasText: text }).waitFor();
		}
		await page.keyboard.press('Enter');
		await page.locator('.x-window:visible textarea[name="failregex"][readonly]').waitFor();
		await page.locator('.x-window:visible .x-btn-disabled').filter({ hasText: 'Scan Whole Log' }).hover();
		await page
			.locator('.x-tip:visible')
			.getByText('Requires Sys.Modify, Sys.Syslog on /nodes/pve1.')
			.waitFor();
		expect(auditor.errors).toEqual([]);
		expect(auditor.calls.filter((call) => /POST/.test(call) && /fail2ban/.test(call))).toEqual([]);
	});

	test('makes no call any more when the card is left', async () => {
		expect(await view.callsAfterLeaving()).toEqual([]);
	});

	test('has caused no error on the page', () => {
		expect(view.errors).toEqual([]);
	});
});
