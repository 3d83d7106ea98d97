import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buttonOf, retype, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const text = (page: Page) => page.locator('textarea[name="content"]');

function write(page: Page, content: string): Promise<void> {
	return retype(text(page), content);
}

/** The button, once it can be pressed or not. */
function ready(page: Page, name: string, yes = true) {
	const cls = yes ? '.x-btn:not(.x-btn-disabled)' : '.x-btn-disabled';
	return buttonOf(page, name).and(page.locator(cls)).last();
}

function search(page: Page, part: string): Promise<void> {
	return retype(page.locator('input[name="search"]:visible').last(), part);
}

/** A file of the list. The first row of a group holds the group's header too, so the click goes to the name. */
function nameOf(page: Page, name: string) {
	return page.locator('.x-window:visible .x-grid-cell-inner').getByText(name, { exact: true });
}

async function closeWindow(page: Page): Promise<void> {
	await page.locator('.x-window:visible .x-tool-close').last().click();
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
}

describe('configuration files and change history', () => {
	let panel: Panel;
	let view: View;
	let page: Page;

	beforeAll(async () => {
		panel = await startPanel({ files: { 'jail.d/odd.txt': 'not read\n' } });
		view = await panel.open();
		({ page } = view);
		await view.openCard('fail2ban-options');
	});
	afterAll(() => panel?.close());

	const file = (name: string) => join(panel.config, name);
	const bantime = async () => (await panel.fail2banClient('get', 'sshd', 'bantime')).stdout.trim();

	test('shows a file of the package, which cannot be edited', async () => {
		await buttonOf(page, 'Configuration Files').click();
		await search(page, 'JAIL.');
		await nameOf(page, 'jail.conf').click();
		await page.getByText('Belongs to package fail2ban. Use a .local file.').waitFor();
		expect(await text(page).inputValue()).toBe(readFileSync(file('jail.conf'), 'utf8'));
		expect(await text(page).getAttribute('readonly')).not.toBeNull();
		for (const name of ['Save', 'Revert', 'Remove']) await ready(page, name, false).waitFor();
	});

	test('does not show what fail2ban does not read', async () => {
		await search(page, 'odd');
		await nameOf(page, 'jail.d/odd.txt').click();
		await page.getByText('Not shown: fail2ban does not read it, or it is a link.').waitFor();
		expect(await text(page).inputValue()).toBe('');
	});

	test('creates only files that fail2ban would read', async () => {
		await search(page, 'jail');
		await buttonOf(page, 'Create').click();
		await page.keyboard.type('jail.d/x.conf');
		await page.keyboard.press('Enter');
		await page.getByText('Only .local files, at the top or in').waitFor();
		await buttonOf(page, 'OK').last().click();
		await page.getByText('Name, for example jail.d/sshd.local:').waitFor();
		await page.keyboard.press('Control+a');
		await page.keyboard.type('jail.d/sshd.local');
		await page.keyboard.press('Enter');
		await page.getByText('New file jail.d/sshd.local').waitFor();
	});

	test('names the lines that are wrong, and saves nothing', async () => {
		await write(page, '[sshd]\nmaxretry = 4\nmaxretry = 6\nbantime = soon\n');
		await ready(page, 'Save').click();
		const problem = page.getByText('Line 3: The option maxretry appears twice in [sshd].');
		await problem.waitFor();
		await problem.click();
		const selected = () =>
			text(page).evaluate((area: HTMLTextAreaElement) =>
				area.value.slice(area.selectionStart, area.selectionEnd),
			);
		await expect.poll(selected).toBe('maxretry = 6');
		await page.keyboard.press('Delete');
		await ready(page, 'Save').click();
		await page.getByText('Line 4: bantime: Use numbers with units').waitFor();
		await expect.poll(selected).toBe('bantime = soon');
		expect(existsSync(file('jail.d/sshd.local'))).toBe(false);
	});

	test('saves a new file and applies it', async () => {
		await write(page, '# by hand\n[sshd]\nbantime = 2h\n');
		await ready(page, 'Save').click();
		await nameOf(page, 'jail.d/sshd.local').waitFor();
		await ready(page, 'Save', false).waitFor();
		expect(readFileSync(file('jail.d/sshd.local'), 'utf8')).toBe('# by hand\n[sshd]\nbantime = 2h\n');
		expect(await bantime()).toBe('7200');
	});

	test('gives back the loaded text, and asks before edited text is lost', async () => {
		await write(page, 'x');
		await ready(page, 'Revert').click();
		expect(await text(page).inputValue()).toContain('bantime = 2h');
		await write(page, '[sshd]\nbantime = 3h\n');
		await nameOf(page, 'jail.conf').click();
		await page.getByText('Discard the changes of this file?').waitFor();
		await buttonOf(page, 'No').click();
		expect(await text(page).inputValue()).toContain('bantime = 3h');
		await page.locator('.x-window:visible .x-tool-close').last().click();
		await buttonOf(page, 'No').click();
		await ready(page, 'Save').click();
		await ready(page, 'Save', false).waitFor();
		expect(await bantime()).toBe('10800');
	});

	test('asks before jails stop', async () => {
		await write(page, '[sshd]\nenabled = false\n');
		await ready(page, 'Save').click();
		await page.getByText('These jails stop, and their banned addresses can connect again: sshd.').waitFor();
		await buttonOf(page, 'No').click();
		await ready(page, 'Revert').click();
		expect((await panel.fail2banClient('status')).stdout).toContain('sshd');
	});

	test('removes a file, and with it what it set', async () => {
		await ready(page, 'Remove').click();
		await page.getByText('Remove jail.d/sshd.local? Its settings revert').waitFor();
		await buttonOf(page, 'Yes').click();
		await nameOf(page, 'jail.d/sshd.local').waitFor({ state: 'detached' });
		expect(existsSync(file('jail.d/sshd.local'))).toBe(false);
		expect(await bantime()).not.toBe('10800');
		await closeWindow(page);
	});

	test('tells who changed what, with the lines that changed', async () => {
		await buttonOf(page, 'Change History').click();
		await rowOf(page, 'remove jail.d/sshd.local').waitFor();
		await rowOf(page, 'create jail.d/sshd.local').waitFor();
		await rowOf(page, 'edit jail.d/sshd.local').click();
		await page.locator('#fail2banChangeHistory, .x-window').getByText('-bantime = 2h').waitFor();
		await page.locator('.x-window').getByText('+bantime = 3h').waitFor();
		await page.getByText('has been removed since').waitFor();
		await ready(page, 'Revert', false).waitFor();
	});

	test('reverts a change, which is a change itself', async () => {
		await rowOf(page, 'remove jail.d/sshd.local').click();
		await ready(page, 'Revert').click();
		await page
			.getByText('Revert this change? jail.d/sshd.local is restored and applied immediately.')
			.waitFor();
		await buttonOf(page, 'Yes').click();
		await rowOf(page, 'revert: remove jail.d/sshd.local').waitFor();
		await rowOf(page, 'remove jail.d/sshd.local (undone)').waitFor();
		expect(await bantime()).toBe('10800');
	});

	test('shows an edit made outside, and takes it back', async () => {
		const ours = readFileSync(file('jail.d/sshd.local'), 'utf8');
		writeFileSync(file('jail.d/sshd.local'), `${ours}maxretry = 8\n`);
		await buttonOf(page, 'Reload').last().click();
		const row = rowOf(page, 'jail.d/sshd.local: edited by hand');
		await row.click();
		await page.locator('.x-window').getByText('+maxretry = 8').waitFor();
		await ready(page, 'Revert').click();
		await buttonOf(page, 'Yes').click();
		await rowOf(page, 'revert edit of jail.d/sshd.local').waitFor();
		await row.waitFor({ state: 'detached' });
		expect(readFileSync(file('jail.d/sshd.local'), 'utf8')).toBe(ours);
		await closeWindow(page);
	});

	test('shows what on disk differs from what runs, and applies it', async () => {
		writeFileSync(file('filter.d/sshd.local'), '[Definition]\nignoreregex = ^harmless <HOST>$\n');
		await page.getByText('Configuration on disk differs from what runs (1 option).').waitFor();
		await buttonOf(page, 'Show Difference').click();
		await page.locator('.x-window').getByText('^harmless <HOST>$').waitFor();
		await page.locator('.x-window').getByText('filter.d/sshd.local:2').waitFor();
		await buttonOf(page, 'Close').last().click();
		await buttonOf(page, 'Apply Configuration').click();
		await buttonOf(page, 'Yes').click();
		await page.getByText('Configuration on disk differs').waitFor({ state: 'hidden' });
		expect((await panel.fail2banClient('get', 'sshd', 'ignoreregex')).stdout).toContain('^harmless ');
		await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	});

	test('shows names, but no text, to an auditor', async () => {
		const auditor = await panel.open({ user: 'audit@pve' });
		await auditor.openCard('fail2ban-options');
		await buttonOf(auditor.page, 'Configuration Files').click();
		await ready(auditor.page, 'Create', false).waitFor();
		await search(auditor.page, 'jail.d/sshd');
		await nameOf(auditor.page, 'jail.d/sshd.local').click();
		await auditor.page.getByText('Only root@pam may do this.').waitFor();
		expect(await text(auditor.page).inputValue()).toBe('');
		await closeWindow(auditor.page);
		await buttonOf(auditor.page, 'Change History').click();
		await rowOf(auditor.page, 'create jail.d/sshd.local').click();
		await auditor.page.locator('.x-window').getByText('Only root@pam may do this.').waitFor();
		await ready(auditor.page, 'Revert', false).waitFor();
		expect(auditor.errors).toEqual([]);
	});

	test('asks nothing any more when its card is left, and caused no error', async () => {
		expect(await view.callsAfterLeaving()).toEqual([]);
		expect(view.errors).toEqual([]);
	});
});
