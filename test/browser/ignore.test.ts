import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { buttonOf, rowOf, typeInto } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

/** Entries of each kind: a plain one, one that another option brings, a host name, a jail's own, a package's. */
const files = {
	'jail.local': `[DEFAULT]
office = 10.1.2.3
ignoreip = %(office)s host.example
    203.0.113.9 ; <b>monitoring</b> (2026-11-22T10:00:00Z admin@pve)

[pam-generic]
ignoreip = 192.0.2.128/25
`,
	'jail.d/vendor.conf': '[proxmox]\nignoreip = 198.51.100.0/28\n',
};

describe('the ignore list', () => {
	let panel: Panel;
	let view: View;

	beforeAll(async () => {
		panel = await startPanel({ files });
		await panel.fail2banClient('set', 'sshd', 'banip', '203.0.113.9', '198.51.100.77');
		await panel.fail2banClient('set', 'pam-generic', 'banip', '203.0.113.9', '192.0.2.200');
		view = await panel.open({ client: '100.64.0.9' });
		await view.openCard('fail2ban-ignore');
		await row('203.0.113.9').waitFor();
	});
	afterAll(() => panel?.close());

	const row = (text: string) => rowOf(view.page, text);
	const textsOf = async (cells: Locator) => (await cells.allTextContents()).map((text) => text.trim());
	const cells = () => textsOf(view.page.locator('[id^=pveFail2banIgnore-] .x-grid-cell:first-child'));
	const written = () => readFileSync(join(panel.config, 'jail.local'), 'utf8');
	const grey = (text: string) => buttonOf(view.page, text).and(view.page.locator('.x-btn-disabled'));
	const inWindow = (selector: string) => view.page.locator(`.x-window:visible ${selector}`);
	const hint = (text: string | RegExp) => view.page.locator('.pmx-hint:visible').getByText(text);

	const ignoredBy = async (jail: string) => {
		const { stdout } = await panel.fail2banClient('get', jail, 'ignoreip');
		return stdout.split(/\s+/).filter((word) => /^[\da-f:.]+[.:][\da-f:.]*(?:\/\d+)?$/.test(word));
	};
	const banned = async (jail: string) => (await panel.fail2banClient('get', jail, 'banip')).stdout;
	const typeAddresses = async (text: string) => {
		await inWindow('textarea').click();
		await view.page.keyboard.press('Control+a');
		await view.page.keyboard.type(text);
	};
	const menu = async (text: string, entry: string) => {
		await row(text).click({ button: 'right' });
		return view.page.locator('.x-menu-item:visible').filter({ hasText: entry });
	};

	test('shows every entry with its scope, its comment as text, when, who and where', async () => {
		expect(await cells()).toEqual([
			'10.1.2.3',
			'192.0.2.128/25',
			'198.51.100.0/28',
			'203.0.113.9',
			'host.example',
		]);
		expect(await textsOf(row('203.0.113.9').locator('.x-grid-cell'))).toEqual([
			'203.0.113.9',
			'All Jails except pam-generic, proxmox',
			'<b>monitoring</b>',
			expect.stringMatching(/^2026-11-22 /),
			'admin@pve',
			'jail.local:3',
		]);
		expect(await row('198.51.100.0/28').textContent()).toContain('jail.d/vendor.conf:2');
	});

	test('greys out what is not its to change', async () => {
		for (const ip of ['10.1.2.3', '198.51.100.0/28', 'host.example']) {
			await row(ip).and(view.page.locator(':has(.pmx-opacity-75), .pmx-opacity-75')).waitFor();
			await row(ip).click();
			await grey('Edit').waitFor();
			await grey('Remove').waitFor();
			await row(ip).dblclick();
		}
		expect(await inWindow('*').count()).toBe(0);
		await row('192.0.2.128/25').click();
		await buttonOf(view.page, 'Edit').and(view.page.locator(':not(.x-btn-disabled)')).waitFor();
	});

	test('tells which entries are banned all the same, and lifts these bans and no other', async () => {
		const before = written();
		await hint('2 ignored entries still have active bans.').waitFor();
		expect(await view.page.locator('.proxmox-warning-row .fa-exclamation-triangle').count()).toBe(2);
		await view.page.locator('.pmx-hint:visible').locator('.x-btn').getByText('Unban').click();
		await hint(/still have active bans/).waitFor({ state: 'hidden' });
		// the jail has a list of its own, without it
		expect((await banned('pam-generic')).trim()).toBe('203.0.113.9');
		expect((await banned('sshd')).trim()).toBe('198.51.100.77');
		expect(written()).toBe(before);
	});

	test('warns while the own address is not on it, and adds that', async () => {
		await hint(
			'Your address 100.64.0.9 is not on the ignore list: wrong passwords can lock you out.',
		).waitFor();
		await buttonOf(view.page, 'Add My Address').click();
		expect(await inWindow('textarea').inputValue()).toBe('100.64.0.9');
		await typeInto(view.page, 'comment', 'me');
		await inWindow('.x-btn').getByText('Add', { exact: true }).click();
		await row('100.64.0.9 (you)').waitFor();
		await hint(/is not on the ignore list/).waitFor({ state: 'hidden' });
		await buttonOf(view.page, 'Change History').click();
		await inWindow('.x-grid-item').filter({ hasText: 'jail.local' }).first().waitFor();
		await inWindow('.x-tool-close').click();
		await inWindow('.x-tool-close').waitFor({ state: 'detached' });
		await grey('Add My Address').waitFor();
		// in the jails with a list of their own as well
		for (const jail of ['sshd', 'pam-generic', 'proxmox'])
			expect(await ignoredBy(jail)).toContain('100.64.0.9');
		expect(written()).toMatch(/100\.64\.0\.9 ; me \(\d{4}-\d\d-\d\dT[\d:]+Z root@pam\)/);
	});

	test('adds addresses to one jail, without lifting bans where that is not wanted', async () => {
		const { page } = view;
		await buttonOf(page, 'Add').click();
		await typeAddresses('198.51.100.77, example.org');
		await inWindow('.x-btn.x-btn-disabled').getByText('Add', { exact: true }).waitFor();
		await typeAddresses('198.51.100.77\n2001:DB8::/64');
		await inWindow('.x-form-trigger').last().click();
		await page.locator('.x-boundlist-item:visible').getByText('sshd', { exact: true }).click();
		await inWindow('input[type=button].x-form-cb-input, .x-form-checkbox').last().click();
		await inWindow('.x-btn').getByText('Add', { exact: true }).click();
		await row('2001:db8::/64').waitFor();
		expect(await ignoredBy('sshd')).toEqual(expect.arrayContaining(['198.51.100.77', '2001:db8::/64']));
		expect(await ignoredBy('pam-generic')).not.toContain('198.51.100.77');
		expect(await banned('sshd')).toContain('198.51.100.77');
		await hint('1 ignored entry still has active bans.').waitFor();
	});

	test('changes a comment, and keeps when the entry was added', async () => {
		const { page } = view;
		await row('203.0.113.9').dblclick();
		await inWindow('.x-window-header').getByText('Edit: 203.0.113.9').waitFor();
		await typeInto(page, 'comment', 'Nagios');
		await buttonOf(page, 'OK').click();
		await row('Nagios').waitFor();
		expect(written()).toContain('203.0.113.9 ; Nagios (2026-11-22T10:00:00Z admin@pve)');
	});

	test('refuses to ignore everybody, unless root insists', async () => {
		const { page } = view;
		await buttonOf(page, 'Add').click();
		await typeAddresses('0.0.0.0/1');
		await inWindow('.x-btn').getByText('Add', { exact: true }).click();
		await page.getByText('This would exempt 0.0.0.0/1 from bans entirely.').waitFor();
		await page.locator('.x-message-box .x-btn:visible').getByText('Cancel').click();
		expect(await ignoredBy('sshd')).not.toContain('0.0.0.0/1');
		await inWindow('.x-btn').getByText('Add', { exact: true }).click();
		await buttonOf(page, 'Save Anyway').click();
		await row('0.0.0.0/1 (you)').waitFor();
		expect(await ignoredBy('sshd')).toContain('0.0.0.0/1');
		expect(await banned('sshd')).toContain('198.51.100.77');
	});

	test('says whom removing lays open, and removes by button, key and menu', async () => {
		const { page } = view;
		await row('0.0.0.0/1 (you)').click();
		await buttonOf(page, 'Remove').click();
		await page
			.getByText('Remove 0.0.0.0/1? Its addresses can be banned again. Your own address is one of them.')
			.waitFor();
		await buttonOf(page, 'No').click();
		await page.keyboard.press('Escape');
		await row('0.0.0.0/1 (you)').locator('.x-grid-cell').first().click();
		await page.keyboard.press('Delete');
		await buttonOf(page, 'Yes').click();
		await row('0.0.0.0/1 (you)').waitFor({ state: 'detached' });
		await (await menu('192.0.2.128/25', 'Remove')).click();
		await page.getByText('Remove 192.0.2.128/25? Its addresses can be banned again.').waitFor();
		await buttonOf(page, 'Yes').click();
		await row('192.0.2.128/25').waitFor({ state: 'detached' });
		expect(await ignoredBy('pam-generic')).toEqual(
			expect.not.arrayContaining(['0.0.0.0/1', '192.0.2.128/25']),
		);
	});

	test('removes entries of several scopes at once', async () => {
		const { page } = view;
		await row('198.51.100.77').click();
		await row('203.0.113.9').click({ modifiers: ['Control'] });
		await buttonOf(page, 'Remove').click();
		await page.getByText('Remove 2 entries? Their addresses can be banned again.').waitFor();
		await buttonOf(page, 'Yes').click();
		await row('203.0.113.9').waitFor({ state: 'detached' });
		await until(
			() => ignoredBy('sshd'),
			'both removed',
			(left) => !/198\.51\.100\.77|203\.0\.113\.9/.test(left.join()),
		);
		expect(written()).not.toContain('203.0.113.9');
		expect(await ignoredBy('sshd')).toContain('2001:db8::/64');
	});

	test('shows what is searched for only', async () => {
		const { page } = view;
		await page.locator('[id^=pveFail2banIgnore] input[placeholder="Search"]:visible').click();
		await page.keyboard.type('PROXMOX');
		await row('host.example').waitFor({ state: 'detached' });
		expect(await cells()).toEqual(['198.51.100.0/28']);
		await page.keyboard.press('Escape');
		await row('host.example').waitFor();
	});

	test('shows an entry made on the disk once fail2ban has it', async () => {
		writeFileSync(join(panel.config, 'jail.d/zz.local'), '[pam-generic]\nignoreip = 192.0.2.99\n');
		await panel.fail2banClient('reload', 'pam-generic');
		await panel.fail2banClient('set', 'sshd', 'banip', '198.51.100.99');
		await row('192.0.2.99').waitFor();
	});

	test('lets an auditor look, and keeps root’s force from an administrator', async () => {
		const auditor = await panel.open({ user: 'audit@pve' });
		await auditor.openCard('fail2ban-ignore');
		await rowOf(auditor.page, 'host.example').waitFor();
		for (const text of ['Add', 'Edit', 'Remove', 'Add My Address']) {
			await buttonOf(auditor.page, text).and(auditor.page.locator('.x-btn-disabled')).waitFor();
		}
		expect(auditor.errors).toEqual([]);
		const admin = await panel.open({ user: 'admin@pve', client: '127.0.0.1' });
		await admin.openCard('fail2ban-ignore');
		// who comes from this host needs no entry, since a jail ignores its host
		await buttonOf(admin.page, 'Add My Address').and(admin.page.locator('.x-btn-disabled')).waitFor();
		expect(await admin.page.getByText('127.0.0.1 is not').count()).toBe(0);
		await buttonOf(admin.page, 'Add').click();
		await admin.page.locator('.x-window textarea').click();
		await admin.page.keyboard.type('0.0.0.0/1');
		await admin.page.locator('.x-window .x-btn').getByText('Add', { exact: true }).click();
		await admin.page
			.locator('.x-message-box')
			.getByText('Only root@pam may ignore so many addresses.')
			.waitFor();
		expect(await admin.page.getByText('Save Anyway').count()).toBe(0);
	});

	test('causes no error, and no request after its card is left', async () => {
		expect(await view.callsAfterLeaving()).toEqual([]);
		expect(view.errors).toEqual([]);
	});
});
