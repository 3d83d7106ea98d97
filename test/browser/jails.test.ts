import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jails, optionRow, startJails } from './support/jailForm.ts';
import { buttonOf, pickFromMenu, rowOf, typeInto } from './support/openPage.ts';

let panel: Jails['panel'];
let view: Jails['view'];
let form: Jails['form'];

beforeAll(async () => {
	({ panel, view, form } = await startJails({ 'jail.d/sshd.local': '[sshd]\nmaxretry = 7\n' }));
});
afterAll(() => panel?.close());

const get = async (...words: string[]) => (await panel.fail2banClient('get', ...words)).stdout.trim();
const file = (name: string) => join(panel.config, name);
/** Only the list of all jails has one; which of them is on the screen depends on where it is scrolled to. */
const disabledJail = () => view.page.locator('.x-grid-item:visible', { hasText: 'disabled' }).first();

test('reloads and restarts one jail as tasks', async () => {
	const { page } = view;
	await panel.fail2banClient('set', 'proxmox', 'maxretry', '33');
	await rowOf(page, 'proxmox').click();
	await buttonOf(page, 'More').click();
	await page.locator('.x-menu-item:visible').getByText('Reload Jail').click();
	await expect.poll(() => get('proxmox', 'maxretry')).toBe('4');
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	await panel.fail2banClient('set', 'proxmox', 'banip', '203.0.113.9');
	await rowOf(page, 'proxmox').locator('.x-grid-cell').nth(2).getByText('1', { exact: true }).waitFor();
	await panel.fail2banClient('set', 'proxmox', 'maxretry', '33');
	await pickFromMenu(rowOf(page, 'proxmox'), 'Restart Jail');
	await page.getByText("Restart jail 'proxmox'? Its 1 ban is lifted and set again.").waitFor();
	await buttonOf(page, 'Yes').click();
	await expect.poll(() => get('proxmox', 'maxretry')).toBe('4');
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	await expect.poll(() => get('proxmox', 'banip')).toBe('203.0.113.9');
});

/** Loads the list anew as the poll does, and lets it scroll, as drawing its rows again does. */
async function reloadList(): Promise<void> {
	await view.page.evaluate(async () => {
		const { Ext } = window as unknown as { Ext: any };
		const grid = Ext.ComponentQuery.query('pveFail2banJails')[0];
		await new Promise((resolve) => {
			grid.rows.on('load', resolve, null, { single: true });
			grid.rows.load();
		});
		Ext.GlobalEvents.fireEvent('scroll', grid.getView().getScrollable(), 0, 0);
	});
}

/** Sorts the list of jails, or hides a jail in it. */
const arrange = (how: { direction: 'ASC' | 'DESC'; without?: string }) =>
	view.page.evaluate(({ direction, without }) => {
		const { Ext } = window as unknown as { Ext: any };
		const store = Ext.ComponentQuery.query('pveFail2banJails')[0].getStore();
		store.sort('jail', direction);
		store.clearFilter(true);
		store.filterBy(({ data }: any) => data.jail !== without);
	}, how);

test('keeps the menu of a row open while the list is loaded anew, and acts on that row', async () => {
	const { page } = view;
	const entry = (text: string) => page.locator('.x-menu-item:visible').getByText(text, { exact: true });
	await rowOf(page, 'proxmox').click({ button: 'right' });
	await entry('Edit').waitFor();
	await reloadList();
	await arrange({ direction: 'DESC' });
	await reloadList();
	await entry('Edit').click();
	const edited = () =>
		page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			return Ext.ComponentQuery.query('pveFail2banJailEdit')[0]?.jail;
		});
	await expect.poll(edited).toBe('proxmox');
	// a window that is closed while it loads is another matter
	await form
		.row('bantime')
		.getByText(/jail\./)
		.waitFor();
	await page.keyboard.press('Escape');
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	await arrange({ direction: 'ASC' });
	await rowOf(page, 'proxmox').click();
	await buttonOf(page, 'More').click();
	await entry('Reload Jail').waitFor();
	await reloadList();
	expect(await entry('Reload Jail').count()).toBe(1);
	await rowOf(page, 'sshd').click();
	await entry('Reload Jail').waitFor({ state: 'hidden' });
});

test('closes the menu of a row that is no longer listed, and at the wheel', async () => {
	const { page } = view;
	const open = page.locator('.x-menu:visible').first();
	await rowOf(page, 'proxmox').click({ button: 'right' });
	await open.waitFor();
	await arrange({ direction: 'ASC', without: 'proxmox' });
	await open.waitFor({ state: 'hidden' });
	await arrange({ direction: 'ASC' });
	await rowOf(page, 'sshd').click({ button: 'right' });
	await open.waitFor();
	await rowOf(page, 'proxmox').hover();
	await page.mouse.wheel(0, 100);
	await open.waitFor({ state: 'hidden' });
});

test('creates a jail, disables, enables and removes it', async () => {
	const { page } = view;
	const status = async () => (await panel.fail2banClient('status')).stdout;
	await buttonOf(page, 'Create').first().click();
	await form
		.row('findtime')
		.getByText(/^= 10 minutes/)
		.waitFor();
	await typeInto(page, 'jail', 'bad name');
	await expect.poll(() => form.button('Create').getAttribute('class')).toContain('x-btn-disabled');
	await typeInto(page, 'jail', 'mine');
	await form.type('filter', 'mine');
	await form.type('maxretry', '2');
	await form.showTab('Log Source');
	await form.type('backend', 'polling');
	await form.type('logpath', join(panel.dir, 'logs/auth.log'));
	await form.save('Create');
	await rowOf(page, 'mine').first().waitFor();
	expect(await status()).toContain('mine');
	expect(readFileSync(file('jail.d/mine.local'), 'utf8')).toMatch(
		/^\[mine\]\nenabled = true\nmaxretry = 2\nfilter = mine/,
	);
	await rowOf(page, 'mine').first().click();
	await page.locator('.x-btn:visible').getByText('Disable', { exact: true }).click();
	await page.getByText("Disable jail 'mine'?").waitFor();
	await buttonOf(page, 'Yes').click();
	await rowOf(page, 'mine').waitFor({ state: 'detached' });
	expect(await status()).not.toContain('mine');
	await page.getByText('Show only enabled jails').click();
	await rowOf(page, 'mine').first().click();
	await page.locator('.x-btn:visible').getByText('Enable', { exact: true }).click();
	await rowOf(page, 'mine').filter({ hasText: 'running' }).waitFor();
	expect(await status()).toContain('mine');
	await rowOf(page, 'mine').first().click();
	await buttonOf(page, 'Remove').click();
	await page.getByText("Remove jail 'mine'?").waitFor();
	await buttonOf(page, 'Yes').click();
	await rowOf(page, 'mine').waitFor({ state: 'detached' });
	expect(await status()).not.toContain('mine');
	expect(existsSync(file('jail.d/mine.local'))).toBe(false);
	await page.getByText('Show only enabled jails').click();
	await disabledJail().waitFor({ state: 'detached' });
});

test('keeps to the newest list when an older answer comes late', async () => {
	const { page } = view;
	const enabledOnly = (url: URL) => url.pathname.endsWith('/fail2ban/jails') && !url.searchParams.has('all');
	let release = () => {};
	const released = new Promise<void>((resolve) => {
		release = resolve;
	});
	let held = 0;
	await page.route(enabledOnly, async (route) => {
		held += 1;
		await released;
		await route.fallback();
	});
	await page.evaluate(() => {
		const { Ext } = window as unknown as { Ext: any };
		Ext.ComponentQuery.query('pveFail2banJails')[0].renew();
	});
	await expect.poll(() => held).toBeGreaterThan(0);
	await page.getByText('Show only enabled jails').click();
	await disabledJail().waitFor();
	const late = page.waitForResponse((response) => enabledOnly(new URL(response.url())));
	release();
	await (await late).finished();
	await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
	expect(await disabledJail().count()).toBe(1);
	await page.unroute(enabledOnly);
	await page.getByText('Show only enabled jails').click();
	await disabledJail().waitFor({ state: 'detached' });
});

test('lifts a jail’s bans, resets a stock jail, and shows its bans', async () => {
	const { page } = view;
	await rowOf(page, 'proxmox').click();
	await buttonOf(page, 'Unban All').click();
	await page.getByText("Unban 1 address in jail 'proxmox'?").waitFor();
	await buttonOf(page, 'Yes').click();
	await expect.poll(() => get('proxmox', 'banip')).toBe('');
	await rowOf(page, 'sshd').first().click();
	await buttonOf(page, 'Remove').click();
	await page.getByText("Reset jail 'sshd' to its defaults?").waitFor();
	await buttonOf(page, 'Yes').click();
	await expect.poll(() => existsSync(file('jail.d/sshd.local'))).toBe(false);
	await expect.poll(() => get('sshd', 'maxretry')).toBe('5');
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	await rowOf(page, 'sshd').first().click();
	await buttonOf(page, 'Show Bans').click();
	await page.getByText('Nobody is banned.').or(page.locator('[id^=pveFail2banBans]')).first().waitFor();
});

test('has caused no error, and asks nothing more after the tab is left', async () => {
	expect(await view.callsAfterLeaving()).toEqual([]);
	expect(view.errors.filter((error) => !/ 400 /.test(error))).toEqual([]);
});

test('lets an admin below root see why root’s fields are grey, and an auditor change nothing', async () => {
	const admin = await panel.open({ user: 'admin@pve' });
	await admin.openCard('fail2ban-jails');
	await rowOf(admin.page, 'sshd').dblclick();
	await admin.page.locator('.x-window .x-tab').getByText('Log Source').click();
	const logpath = optionRow('logpath', admin);
	await logpath.locator('.x-item-disabled').first().waitFor();
	await logpath.hover();
	await admin.page.getByText('Only root@pam may do this.').waitFor();
	expect(await admin.page.locator('[name="mode"]:visible').isEnabled()).toBe(true);
	expect(admin.errors).toEqual([]);
	await admin.close();
	const auditor = await panel.open({ user: 'audit@pve' });
	await auditor.openCard('fail2ban-jails');
	await rowOf(auditor.page, 'sshd').click();
	for (const text of ['Create', 'Remove', 'Unban All', 'More']) {
		await buttonOf(auditor.page, text).and(auditor.page.locator('.x-btn-disabled')).waitFor();
	}
	await rowOf(auditor.page, 'sshd').dblclick();
	await auditor.page.locator('.x-window .x-tab').getByText('All Options').click();
	await buttonOf(auditor.page, 'Server Commands').click();
	await auditor.page
		.getByText(/\['actionban', '\*\*\*'\]|\['addaction'|'addaction', 'noop'/)
		.first()
		.waitFor();
	expect(auditor.errors).toEqual([]);
	await auditor.close();
});
