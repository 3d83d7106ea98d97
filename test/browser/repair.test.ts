import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint } from '../support/helper.ts';
import { startGuidePanel } from './support/guidePanel.ts';
import { buttonOf } from './support/openPage.ts';
import type { Panel, View } from './support/panel.ts';

let panel: Panel;
let view: View;
let before: Record<string, string>;

beforeAll(async () => {
	panel = await startGuidePanel();
	before = await fingerprint(panel.config);
	view = await panel.open({ client: '192.0.2.17' });
	await view.openCard('fail2ban');
});
afterAll(() => panel?.close());

const repairWindow = () =>
	view.page.locator('.x-window:visible', { hasText: 'Repair Configuration' }).first();
const isOff = async (text: string) =>
	(await buttonOf(view.page, text).last().getAttribute('class'))?.includes('x-btn-disabled');
const jails = async () => /Jail list:\s*(.*)/.exec((await panel.fail2banClient('status')).stdout)?.[1] ?? '';

test('says on the Overview, in one line that leads to the repair, why fail2ban refuses to start', async () => {
	const { page } = view;
	const line = page.locator('.x-grid-row:visible', { hasText: 'fail2ban refuses to start' });
	await line
		.getByText(
			/jail 'sshd' has no log: jail\.local:\d+ \(backend = %\(sshd_backend\)s, which is auto\) overrides jail\.d\/sshd\.conf:\d+ \(backend = systemd\)/,
		)
		.waitFor();
	expect(await line.count()).toBe(1);
	expect(await page.getByText('Have not found any log file').count()).toBe(0);
	await line.locator('.fa-chevron-right').click();
	await repairWindow().waitFor();
});

test('lists what is wrong, and shows every change before it is made', async () => {
	const found = repairWindow();
	await found.getByText('jail.local (removed), jail.d/proxmox.local (created)', { exact: true }).waitFor();
	for (const text of [
		"The same applies to jail 'pam-generic' (jail.local:",
		'so a user name in it can forge the address',
		'jail.local is a copy of jail.conf',
		'filter.d/sshd.conf is not what the package fail2ban ships',
		'filter.d/proxmox.conf was made by hand',
		"One wrong password bans for 30 days in jail 'proxmox'",
		'Your address 192.0.2.17 can be banned',
	])
		await found.getByText(text).first().waitFor();
	await found.getByText('+filter = pve-fail2ban-pve').waitFor();
	await found.getByText('Also remove the copied filters', { exact: true }).click();
	await found.getByText('filter.d/proxmox.conf (removed)').waitFor();
	await found.getByText(/filter\.d\/sshd\.conf \(changed\)/).waitFor();
	await found.getByText('+++ b/filter.d/sshd.conf').waitFor();
	expect(await fingerprint(panel.config)).toEqual(before);
});

test('repairs it with one click, and keeps that when the page still reaches the node', async () => {
	await expect.poll(() => isOff('Repair')).toBe(false);
	await buttonOf(view.page, 'Repair').last().click();
	const checking = view.page.getByText('Checking the Connection');
	await checking.waitFor();
	await checking.waitFor({ state: 'hidden' });
	await expect.poll(jails).toBe('pam-generic, proxmox, sshd');
	const { release } = panel.demo.fail2ban;
	expect(existsSync(join(panel.config, 'jail.local'))).toBe(false);
	expect(existsSync(join(panel.config, 'filter.d/proxmox.conf'))).toBe(false);
	expect(readFileSync(join(panel.config, 'filter.d/sshd.conf'), 'utf8')).toBe(
		readFileSync(join(release.stock, 'filter.d/sshd.conf'), 'utf8'),
	);
	await repairWindow().getByText('There is nothing to repair.').waitFor();
	expect(await isOff('Repair')).toBe(true);
	await buttonOf(view.page, 'Close').last().click();
	await view.page.getByText('fail2ban refuses to start').waitFor({ state: 'hidden' });
	expect(await jails()).toBe('pam-generic, proxmox, sshd');
});

test('is undone from the history, with a question because fail2ban will refuse to start again', async () => {
	const { page } = view;
	await view.openCard('fail2ban-options');
	await buttonOf(page, 'Change History').click();
	await page.getByText('+++ b/jail.d/proxmox.local').waitFor();
	await expect.poll(() => isOff('Revert')).toBe(false);
	await buttonOf(page, 'Revert').last().click();
	await buttonOf(page, 'Yes').last().click();
	await page.getByText('fail2ban refuses to start with the earlier configuration').waitFor();
	expect(await jails()).toBe('pam-generic, proxmox, sshd');
	await buttonOf(page, 'Revert Anyway').last().click();
	await expect.poll(jails).toBe('proxmox');
	await expect.poll(() => fingerprint(panel.config)).toEqual(before);
	const windows = page.locator('.x-window:visible');
	await page.getByText('revert: repair the configuration').waitFor();
	await windows.filter({ hasText: 'Task: Revert' }).waitFor({ state: 'hidden' });
	await page.waitForFunction(() => document.activeElement !== document.body);
	await page.keyboard.press('Escape');
	await windows.waitFor({ state: 'hidden' });
});

test('shows an auditor the findings without the texts of files, and lets nobody but root@pam repair', async () => {
	const auditor = await panel.open({ user: 'audit@pve' });
	await auditor.openCard('fail2ban');
	const line = auditor.page.locator('.x-grid-row:visible', { hasText: 'would refuse to start again' });
	await line.locator('.fa-chevron-right').click();
	await auditor.page.getByText('Only root@pam may do this.').first().waitFor();
	expect(await auditor.page.getByText('+filter = pve-fail2ban-pve').count()).toBe(0);
	const repair = buttonOf(auditor.page, 'Repair').last();
	await repair.and(auditor.page.locator('.x-btn-disabled')).waitFor();
	expect(auditor.errors).toEqual([]);
	await auditor.close();
});

test('has caused no error, and asks nothing more after the tab is left', async () => {
	expect(await view.callsAfterLeaving()).toEqual([]);
	expect(view.errors).toEqual([]);
});
