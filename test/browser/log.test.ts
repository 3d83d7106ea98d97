import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buttonOf, retype, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const two = (value: number) => String(value).padStart(2, '0');

/** A line of fail2ban's log. */
function line(secondsAgo: number, text: string, level = 'NOTICE'): string {
	const time = new Date(Date.now() - secondsAgo * 1000);
	const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
	const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
	return `${day} ${clock},000 fail2ban.actions        [77]: ${level.padEnd(7)} ${text}\n`;
}

const hour = 3600;
const day = 24 * hour;

describe('the log and the history', () => {
	let panel: Panel;
	let view: View;
	let log: string;

	beforeAll(async () => {
		panel = await startPanel();
		log = join(panel.dir, 'fail2ban.log');
		const old = [
			...Array.from({ length: 900 }, (_, n) =>
				line(20 * day - n, `[sshd] Unban 192.0.2.${n % 250} number ${n}`),
			),
			line(10 * day, '[sshd] Found 192.0.2.30 - earlier', 'INFO'),
			line(3 * hour, '[sshd] Found 198.51.100.7 - then', 'INFO'),
			line(3 * hour, '[sshd] Found 198.51.100.7 - then', 'INFO'),
			line(2 * hour, '[sshd] Found 198.51.100.8 - then', 'INFO'),
			line(2 * hour, '[sshd] Ban 198.51.100.7'),
			line(2 * hour, '[pam-generic] <b>bold</b> ERROR of ours', 'ERROR'),
		];
		await writeFile(`${log}.1`, old.join(''));
		view = await panel.open();
	});
	afterAll(() => panel?.close());

	const content = () =>
		view.page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			const shown = Ext.ComponentQuery.query('pveFail2banLog proxmoxJournalView')[0];
			const nodes = [...(shown?.getController().lookup('content').el.dom.childNodes ?? [])] as Node[];
			return nodes.map((node) => (node.nodeName === 'BR' ? '\n' : node.textContent)).join('');
		});
	const shows = (text: string | RegExp, wanted = true) =>
		expect
			.poll(async () => {
				const now = (await content()) ?? '';
				return typeof text === 'string' ? now.includes(text) : text.test(now);
			})
			.toBe(wanted);
	const lines = async () => (await content()).split('\n').filter((text) => text.trim() !== '');
	const choose = async (field: string, text: string) => {
		const trigger = await view.page.evaluate((itemId) => {
			const { Ext } = window as unknown as { Ext: any };
			const [shown] = Ext.ComponentQuery.query(`#${itemId}`).filter((one: any) => one.isVisible(true));
			return shown.getTrigger('picker').el.dom.id as string;
		}, field);
		await view.page.locator(`#${trigger}`).click();
		await view.page.locator('.x-boundlist-item:visible').getByText(text, { exact: true }).click();
	};
	// Proxmox VE's own search stands in the header
	const searchField = () => view.page.locator('input[placeholder="Search"][maxlength="200"]:visible');
	const search = (text: string) => retype(searchField(), text);
	const clear = () => view.page.locator('.pmx-clear-trigger:visible').first().click();

	describe('log', () => {
		test('shows the newest lines and follows what fail2ban does', async () => {
			await view.openCard('fail2ban-log');
			await shows('ERROR of ours');
			expect(await content()).toContain('<b>bold</b>');
			await panel.fail2banClient('set', 'sshd', 'banip', '203.0.113.99');
			await shows(/\[sshd\] Ban 203\.0\.113\.99/);
			expect((await lines()).filter((text) => text.includes('Ban 203.0.113.99'))).toHaveLength(1);
		});

		test('fetches earlier lines at the top, each once', async () => {
			const scroll = (where: number) =>
				view.page.evaluate((y) => {
					const { Ext } = window as unknown as { Ext: any };
					Ext.ComponentQuery.query('pveFail2banLog proxmoxJournalView')[0].scrollTo(0, y);
				}, where);
			// a line that comes just then scrolls to the end again
			for (let tries = 0; tries < 30 && !(await content()).includes('number 0'); tries++) {
				await scroll(600);
				await scroll(0);
				await sleep(700);
			}
			const numbers = (await lines()).flatMap((text) => /number (\d+)/.exec(text)?.[1] ?? []);
			expect(numbers).toEqual(Array.from({ length: 900 }, (_, n) => String(n)));
			await scroll(1_000_000);
		});

		test('limits the lines to a jail, a level and a search, together and taken back', async () => {
			await choose('level', 'ERROR and worse');
			await shows('Unban', false);
			await shows('ERROR of ours');
			await choose('jail', 'sshd');
			await shows('ERROR of ours', false);
			await choose('level', 'All Levels');
			await shows('number 899');
			await search('NUMBER 42');
			await expect.poll(async () => (await lines()).length).toBe(11);
			await choose('jail', 'All Jails');
			await appendFile(log, line(0, '[sshd] number 42 is new') + line(0, '[sshd] number 5 is new'));
			await shows('number 42 is new');
			expect(await content()).not.toContain('number 5 is new');
			await searchField().press('Escape');
			await shows('number 5 is new');
			await search('no such line');
			await expect.poll(async () => (await lines()).length).toBe(0);
			await clear();
			await shows('number 42 is new');
		});

		test('shows a time span with the same limits, without moving its end', async () => {
			const until = () => view.page.locator('input[name="until_date"]:visible').inputValue();
			await buttonOf(view.page, 'Select Timespan').click();
			await shows('number 42 is new');
			const since = view.page.locator('input[name="since_date"]:visible');
			await since.click();
			await view.page.keyboard.press('Control+a');
			await view.page.keyboard.type(new Date(Date.now() - 25 * day * 1000).toISOString().slice(0, 10));
			await view.page.keyboard.press('Tab');
			await buttonOf(view.page, 'Update').click();
			await shows('number 0');
			const end = await until();
			await search('earlier');
			await expect.poll(async () => (await lines()).length).toBe(1);
			await search('number 77');
			await expect.poll(async () => (await lines()).length).toBe(11);
			expect(await until()).toBe(end);
			await clear();
			await buttonOf(view.page, 'Live Mode').click();
			await shows('number 42 is new');
		});

		test('shows the last hour, with the same limits, until another range is chosen', async () => {
			await buttonOf(view.page, 'Last Hour').click();
			await shows('ERROR of ours', false);
			await shows('number 42 is new');
			await search('number 5');
			await expect.poll(async () => (await lines()).length).toBe(1);
			await clear();
			await shows('number 42 is new');
			expect(await content()).not.toContain('ERROR of ours');
			await buttonOf(view.page, 'Select Timespan').click();
			await shows('ERROR of ours');
			await buttonOf(view.page, 'Last Hour').click();
			await shows('ERROR of ours', false);
			await shows('number 42 is new');
			await appendFile(log, line(0, '[sshd] comes later'));
			// let go, it follows again
			await buttonOf(view.page, 'Last Hour').click();
			await shows('comes later');
			await shows('ERROR of ours');
		});

		test('asks for no line more after leaving', async () => {
			view.calls.length = 0;
			await view.openCard('fail2ban');
			await expect.poll(() => view.calls.some((call) => call.endsWith('/fail2ban/history'))).toBe(true);
			const left = view.calls.length;
			// longer than the log's own poll
			await sleep(2500);
			expect(view.calls.slice(left).filter((call) => call.endsWith('/fail2ban/log'))).toEqual([]);
		});
	});

	describe('history', () => {
		const chart = () =>
			view.page.evaluate(() => {
				const { Ext } = window as unknown as { Ext: any };
				const shown = Ext.ComponentQuery.query('pveFail2banHistoryChart')[0];
				const rows = shown.store.getRange().map(({ data }: any) => data);
				const sum = (field: string) =>
					rows.slice(0, -1).reduce((all: number, row: any) => all + row[field], 0);
				return { visible: shown.isVisible(), bars: rows.length - 1, found: sum('found'), bans: sum('bans') };
			});
		const inList = (id: string) => view.page.locator(`[id^=pveFail2banTop]:visible`).filter({ hasText: id });
		const topRow = (ip: string) =>
			inList('Top Addresses').first().locator('.x-grid-item').filter({ hasText: ip });
		const icon = (ip: string, name: string) => topRow(ip).locator(`.x-action-col-icon.fa-${name}`);

		test('counts what the log tells, by day, week and month', async () => {
			await expect.poll(chart).toMatchObject({ visible: true, found: 3, bans: 2 });
			expect((await chart()).bars).toBeGreaterThanOrEqual(24);
			await choose('span', 'Month');
			await expect.poll(async () => (await chart()).found).toBe(4);
			expect((await chart()).bars).toBeGreaterThanOrEqual(30);
			await choose('span', 'Week');
			await expect.poll(async () => (await chart()).found).toBe(3);
			expect((await chart()).bars).toBeGreaterThanOrEqual(28);
			const cells = rowOf(view.page, '198.51.100.0/24').locator('.x-grid-cell-inner');
			expect(await cells.allTextContents()).toEqual(['198.51.100.0/24', '2', '3', '1']);
		});

		test('bans and unbans a top address, and ignores it', async () => {
			await icon('198.51.100.8', 'ban').click();
			await expect
				.poll(() => view.page.locator('.x-window:visible textarea').inputValue())
				.toBe('198.51.100.8');
			await view.page.locator('.x-window:visible .x-btn').getByText('Ban', { exact: true }).click();
			await icon('198.51.100.8', 'unlock').waitFor();
			const banned = async () => (await panel.fail2banClient('banned', '198.51.100.8')).stdout;
			expect(await banned()).not.toContain('[[]]');
			await icon('198.51.100.8', 'question-circle').click();
			await view.page.locator('.x-window-header:visible').getByText('Why Banned: 198.51.100.8').waitFor();
			await buttonOf(view.page, 'Close').click();
			await icon('198.51.100.8', 'unlock').click();
			await buttonOf(view.page, 'Yes').click();
			await icon('198.51.100.8', 'ban').waitFor();
			expect(await banned()).toContain('[[]]');
			await icon('198.51.100.7', 'check-circle').click();
			await view.page.locator('.x-window:visible .x-btn').getByText('Add', { exact: true }).click();
			await expect
				.poll(async () => (await panel.fail2banClient('get', 'sshd', 'ignoreip')).stdout)
				.toContain('198.51.100.7');
		});

		test('offers the same by a right click', async () => {
			await topRow('198.51.100.8').click({ button: 'right' });
			const entries = view.page.locator('.x-menu:visible .x-menu-item-text');
			await expect.poll(() => entries.allInnerTexts()).toEqual(['Why Banned', 'Ban', 'Ignore', 'Copy']);
			// the list is loaded anew, and scrolls
			await view.page.evaluate(async () => {
				const { Ext } = window as unknown as { Ext: any };
				const [list] = Ext.ComponentQuery.query('pveFail2banTop');
				const store = list.getStore();
				store.loadData(store.getRange().map(({ data }: any) => ({ ...data })));
				Ext.GlobalEvents.fireEvent('scroll', list.getView().getScrollable(), 0, 0);
			});
			expect(await entries.count()).toBe(4);
			await view.page.keyboard.press('Escape');
		});

		test('says that there was nothing', async () => {
			await writeFile(`${log}.1`, '');
			await writeFile(log, '');
			await choose('span', 'Day');
			await view.page.getByText('No failed log-ins in this time.').first().waitFor();
			expect((await chart()).visible).toBe(false);
		});

		test('asks nothing after leaving', async () => {
			expect(await view.callsAfterLeaving()).toEqual([]);
		});
	});

	test('says why there is no log, and greys it out for who may not see it', async () => {
		await panel.fail2banClient('set', 'logtarget', 'SYSOUT');
		await panel.fail2banClient('reload');
		await panel.fail2banClient('set', 'logtarget', 'SYSOUT');
		// the helper asks for the target again after a minute; by a call of ours at once
		await view.page.evaluate(() => {
			const { Proxmox } = window as unknown as { Proxmox: any };
			return new Promise((resolve) =>
				Proxmox.Utils.API2Request({
					url: '/nodes/pve1/fail2ban/bans',
					method: 'POST',
					params: { ip: '203.0.113.1', jail: 'sshd' },
					success: resolve,
					failure: resolve,
				}),
			);
		});
		await view.openCard('fail2ban-log');
		await view.page.getByText('fail2ban logs to SYSOUT; see the system log.').waitFor();
		await panel.fail2banClient('set', 'logtarget', log);
		const auditor = await panel.open({ user: 'audit@pve' });
		const disabled = await auditor.page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			const [node] = Ext.ComponentQuery.query('panel[hstateid]');
			return (
				node.savedItems?.['fail2ban-log']?.disabled ??
				node.store?.getNodeById('fail2ban-log')?.get('disabled')
			);
		});
		expect(disabled).toBeTruthy();
		expect(auditor.errors).toEqual([]);
	});

	test('leaves no error behind', () => {
		expect(view.errors).toEqual([]);
	});
});
