import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { webLogInFailure, writeLine } from '../host/demo/logGenerator.ts';
import { buttonOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

describe('the overview', () => {
	let panel: Panel;
	let view: View;
	beforeAll(async () => {
		panel = await startPanel();
		view = await panel.open();
		await view.openCard('fail2ban');
	});
	afterAll(() => panel?.close());

	const fail = (address: string) =>
		writeLine(join(panel.dir, 'logs'), webLogInFailure(new Date(), address, 'mallory@pve'));
	const running = async () => (await panel.fail2banClient('ping')).exit === 0;
	const state = () => view.page.locator('[id^=pveFail2banOverview] .centered-flex-column');
	const lines = () => view.page.locator('[id^=pveFail2banOverview] .x-grid-item:visible');
	/** The button of a question or a task window above the card. */
	const answer = (text: string) =>
		view.page.locator('.x-window:visible .x-btn').getByText(text, { exact: true }).click();

	test('says what protects the node, and what is missing, with a hint and a way there', async () => {
		const { page } = view;
		// the demo's action does nothing, and no Proxmox VE is around it
		await state().getByText('Not protected').waitFor();
		await lines().getByText('fail2ban 1.1.0 has been running for').waitFor();
		await lines().getByText('/etc/pve/user.cfg cannot be read').first().waitFor();
		await lines().getByText('Jails watch log-ins to the web interface, by SSH and by PAM.').waitFor();
		const free = await page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			const [panelOfLines] = Ext.ComponentQuery.query('#statusPanel');
			const grid = panelOfLines.down('#statusLines');
			const rows = grid
				.getView()
				.getNodes()
				.map((node: HTMLElement) => node.offsetHeight);
			const needed = Math.min(
				260,
				rows.reduce((sum: number, height: number) => sum + height, 0),
			);
			return panelOfLines.body.getHeight() - Math.max(100, needed);
		});
		// its margins
		expect(free).toBeGreaterThanOrEqual(20);
		expect(free).toBeLessThan(40);
		await panel.fail2banClient('set', 'sshd', 'banip', '192.0.2.44');
		const row = lines().filter({ hasText: 'Bans do nothing in 3 jails' });
		await row.getByText('Choose nftables or iptables as Ban Action in Options.').waitFor();
		await row.locator('.fa-chevron-right').click();
		await page.getByText('Ban Action (All Ports)').waitFor();
		await view.openCard('fail2ban');
	});

	test('puts bans back that the firewall lost, as a task', async () => {
		const { page } = view;
		// the demo has no firewall that could lose any
		const lost = {
			id: 'enforced',
			state: 'warning',
			text: '3 of 120 bans are not enforced',
			hint: 'Re-apply',
		};
		const checks = '**/fail2ban/checks?*';
		await page.route(checks, (route) =>
			route.fulfill({ json: { success: 1, data: [{ ...lost, link: 'reapply' }] } }),
		);
		await view.openCard('fail2ban-jails');
		await view.openCard('fail2ban');
		const row = lines().filter({ hasText: '3 of 120 bans are not enforced' });
		await state().getByText('Protected, with warnings').waitFor();
		await page.unroute(checks);
		await row.locator('.fa-repeat').click();
		// the list is looked at again when the task has ended
		await lines().getByText('Bans do nothing in 3 jails').waitFor();
		await row.waitFor({ state: 'detached' });
		expect(view.calls.filter((call) => call === 'POST /nodes/pve1/fail2ban/enforcement')).toHaveLength(1);
	});

	test('waits for a failed log-in and says which jail saw it', async () => {
		const { page } = view;
		await buttonOf(page, 'Test Detection').click();
		await page.getByText('Log in once with a wrong password').waitFor();
		const window = page.locator('.x-window:visible', { hasText: 'Test Detection' });
		for (const jail of ['pam-generic', 'proxmox', 'sshd'])
			await window.getByText(jail, { exact: true }).waitFor();
		await fail('198.51.100.23');
		await window.getByText('Detected: 198.51.100.23, user mallory@pve, jail proxmox (1 of 5).').waitFor({
			timeout: 60_000,
		});
		await window.locator('.x-btn').getByText('Close', { exact: true }).click();
		await window.waitFor({ state: 'detached' });
	});

	test('keeps its buttons when the page renews its log-in', async () => {
		const { page, calls } = view;
		await page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			Ext.state.Manager.set('GuiCap', { ...Ext.state.Manager.get('GuiCap') });
		});
		calls.length = 0;
		await expect.poll(() => calls.filter((call) => call.endsWith('/status')).length).toBe(2);
		await buttonOf(page, 'Restart').and(page.locator(':not(.x-btn-disabled)')).first().waitFor();
	});

	test('asks before it stops fail2ban, and stops it', async () => {
		const { page } = view;
		await buttonOf(page, 'Stop').first().click();
		await page.getByText('1 banned address can connect again, and failed log-ins are not counted').waitFor();
		await answer('No');
		expect(await running()).toBe(true);
		await buttonOf(page, 'Stop').first().click();
		await answer('Yes');
		await expect.poll(running).toBe(false);
		await state().getByText('Not protected').waitFor();
	});

	test('starts it, and restarts it', async () => {
		const { page } = view;
		await buttonOf(page, 'Start').and(page.locator(':not(.x-btn-disabled)')).first().click();
		await expect.poll(running).toBe(true);
		await lines().getByText('Bans do nothing in 3 jails').waitFor();
		const first = panel.demo.fail2ban.pid;
		expect(first).toBeDefined();
		await buttonOf(page, 'Restart').and(page.locator(':not(.x-btn-disabled)')).first().click();
		await page.getByText('Restart fail2ban?').waitFor();
		await answer('Yes');
		const another = () => ![undefined, first].includes(panel.demo.fail2ban.pid);
		await expect.poll(async () => another() && (await running()), { timeout: 60_000 }).toBe(true);
		await lines()
			.getByText(/running for \d+s/)
			.waitFor({ timeout: 60_000 });
	});

	test('has caused no error, and asks nothing after it is left', async () => {
		expect(await view.callsAfterLeaving()).toEqual([]);
		expect(view.errors).toEqual([]);
	});
});
