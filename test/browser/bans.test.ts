import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { buttonOf, pickFromMenu, retype, rowOf, typeInto } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const attacker = '198.51.100.7';
/** Hers to choose, and counted differently by Python and JavaScript. */
const user = '😀用户e\u0301<b>root</b>';
/** More than seven pages of the list. */
const many = 1500;
const crowd = Array.from({ length: many }, (_, n) => `10.20.${n >> 8}.${n & 255}`);

describe('the bans', () => {
	let panel: Panel;
	let view: View;
	/** Queries of the list, as they were asked. */
	const asked: URLSearchParams[] = [];

	beforeAll(async () => {
		panel = await startPanel();
		const stamp = new Date()
			.toString()
			.replace(/^\w+ (\w+) 0?(\d+) \d+ ([\d:]+).*/, (_all, month, day, time) => {
				return `${month} ${day.padStart(2)} ${time}`;
			});
		const lines = [1, 2, 3, 4, 5].map(
			(n) =>
				`${stamp} pve1 sshd[${1000 + n}]: Failed password for ${user} from ${attacker} port 40${n} ssh2\n`,
		);
		await appendFile(join(panel.dir, 'logs/auth.log'), lines.join(''));
		await banned('sshd', attacker);
		await panel.fail2banClient(
			'set',
			'pam-generic',
			'banip',
			attacker,
			'192.0.2.1',
			'192.0.2.2',
			'2001:db8::9',
		);
		view = await panel.open();
		view.page.on('request', (request) => {
			const url = new URL(request.url());
			if (request.method() === 'GET' && url.pathname.endsWith('/fail2ban/bans')) asked.push(url.searchParams);
		});
		await view.openCard('fail2ban-bans');
		await row('2001:db8::9').waitFor();
	});
	afterAll(() => panel?.close());

	async function addressesIn(jail: string): Promise<string[]> {
		return (await panel.fail2banClient('get', jail, 'banip')).stdout.trim().split(/\s+/).filter(Boolean);
	}

	/** Waits until a jail bans, or no longer bans, an address. */
	async function banned(jail: string, ip: string, wanted = true): Promise<void> {
		const what = `${ip} is ${wanted ? '' : 'not '}banned by ${jail}`;
		await until(
			() => addressesIn(jail),
			what,
			(ips) => ips.includes(ip) === wanted,
		);
	}

	const row = (ip: string, jail?: string) => {
		const rows = rowOf(view.page, ip);
		return jail === undefined ? rows.first() : rows.filter({ hasText: jail });
	};
	const icon = (ip: string, name: string) => row(ip).locator(`.x-action-col-icon.fa-${name}`);
	const inWindow = (selector: string) => view.page.locator(`.x-window:visible ${selector}`);
	const count = (text: string) =>
		view.page.locator('.x-toolbar-text:visible').getByText(text, { exact: true }).waitFor();
	const why = async (ip: string) => {
		await inWindow('.x-window-header').getByText(`Why Banned: ${ip}`).waitFor();
		await inWindow('.x-grid-item').first().waitFor();
	};
	const close = async () => {
		await buttonOf(view.page, 'Close').click();
		await inWindow('.x-window-header').waitFor({ state: 'detached' });
	};
	const search = (text: string) =>
		retype(view.page.locator('input[placeholder="Address or CIDR"]:visible'), text);
	const typeAddresses = (...lines: string[]) => retype(inWindow('textarea'), lines.join('\n'));
	const chooseJail = async (text: string) => {
		await view.page.locator('.x-form-trigger:visible').first().click();
		await view.page.locator('.x-boundlist-item:visible').getByText(text, { exact: true }).click();
	};

	test('are explained by the lines that led to them, as they were logged', async () => {
		await icon(attacker, 'question-circle').click();
		await why(attacker);
		const marked = inWindow('span[style*="background"]');
		expect(await marked.allTextContents()).toEqual(Array(5).fill(attacker));
		// the user name of a log-in is the attacker's to choose
		await inWindow('div').getByText(`Failed password for ${user} from`).first().waitFor();
		await inWindow('div').getByText('Banned by hand.').waitFor();
		await inWindow('.x-grid-cell-inner').getByText('5 failures').waitFor();
		await inWindow('.x-grid-cell-inner').getByText('Ban #1, 10 minutes').first().waitFor();
		await close();
	});

	test('are explained by double-click, Enter, the button and the menu of a row too', async () => {
		const { page } = view;
		await row('192.0.2.1').dblclick();
		await why('192.0.2.1');
		await close();
		await row('192.0.2.1').locator('.x-grid-cell').nth(1).click();
		await page.keyboard.press('Enter');
		await why('192.0.2.1');
		await close();
		await buttonOf(page, 'Why Banned').click();
		await why('192.0.2.1');
		await page.keyboard.press('Escape');
		await inWindow('.x-window-header').waitFor({ state: 'detached' });
		await pickFromMenu(row('2001:db8::9'), 'Why Banned');
		await why('2001:db8::9');
		await close();
	});

	test('can be copied with what explains them', async () => {
		await view.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await icon(attacker, 'question-circle').click();
		await why(attacker);
		await buttonOf(view.page, 'Copy').click();
		const text = await view.page.evaluate(() => navigator.clipboard.readText());
		expect(text.split('\n')[0]).toBe(attacker);
		expect(
			text.match(/sshd\[100\d\]: Failed password for 😀用户e\u0301<b>root<\/b> from 198\.51\.100\.7/g),
		).toHaveLength(5);
		expect(text).toContain('Ban #1, 10 minutes');
		await close();
	});

	test('are limited to a jail, a part of an address or a network', async () => {
		await chooseJail('sshd');
		await count('1 of 5 Bans');
		await chooseJail('All Jails');
		await search('192.0');
		await count('2 of 5 Bans');
		await search('2001:DB8::/32');
		await count('1 of 5 Bans');
		const before = asked.length;
		await search('192.0.2.0/33');
		await view.page.locator('.critical:visible').getByText('Not a valid CIDR.').waitFor();
		expect(asked.slice(before).map((query) => query.get('search'))).not.toContain('192.0.2.0/33');
		await search('203.0.113.99');
		await view.page.getByText('No matching bans').waitFor();
		await view.page.keyboard.press('Escape');
		await count('5 Bans');
	});

	test('are made by hand', async () => {
		const { page } = view;
		await buttonOf(page, 'Ban').click();
		await typeAddresses('203.0.113.5', '203.0.113.256');
		await buttonOf(page, 'Ban').last().and(page.locator('.x-btn-disabled')).waitFor();
		await typeAddresses('203.0.113.5', '203.0.113.6');
		await inWindow('.x-form-trigger').last().click();
		await page.locator('.x-boundlist-item:visible').getByText('sshd', { exact: true }).click();
		await page.getByText("Banned for 10 minutes, the jail's Ban Time.").waitFor();
		await buttonOf(page, 'Ban').last().click();
		await row('203.0.113.6').waitFor();
		expect(await addressesIn('sshd')).toEqual(expect.arrayContaining(['203.0.113.5', '203.0.113.6']));
	});

	test('are lifted by the icon, in every jail or only in one', async () => {
		const { page } = view;
		await icon('203.0.113.5', 'unlock').click();
		const question = page.getByText('Unban 203.0.113.5? It can connect again immediately.');
		await question.waitFor();
		expect(await question.textContent()).not.toContain('banned again');
		await buttonOf(page, 'Yes').click();
		await banned('sshd', '203.0.113.5', false);
		await row(attacker, 'pam-generic').locator('.fa-unlock').click();
		await page.getByText(`It is banned by 2 jails: `).waitFor();
		// its failures are not older than the jail's findtime
		await page
			.getByText(
				/^Its last failed log-in was .+ ago\. If it keeps failing, it will be banned again\. Use Ignore/,
			)
			.waitFor();
		await page.getByText("Only in jail 'pam-generic'").click();
		await buttonOf(page, 'Yes').click();
		await banned('pam-generic', attacker, false);
		expect(await addressesIn('sshd')).toContain(attacker);
	});

	test('are lifted where they are explained', async () => {
		const { page } = view;
		await icon('203.0.113.6', 'question-circle').click();
		await why('203.0.113.6');
		await inWindow('.x-btn').getByText('Unban', { exact: true }).click();
		await buttonOf(page, 'Yes').click();
		await banned('sshd', '203.0.113.6', false);
		await inWindow('.x-window-header').waitFor({ state: 'detached' });
	});

	test('of a network are explained and lifted like those of an address', async () => {
		const { page } = view;
		await panel.fail2banClient('set', 'pam-generic', 'banip', '198.51.100.128/25');
		await row('198.51.100.128/25').waitFor();
		await icon('198.51.100.128/25', 'question-circle').click();
		await why('198.51.100.128/25');
		await inWindow('div').getByText('Banned by hand.').waitFor();
		await inWindow('.x-btn').getByText('Unban', { exact: true }).click();
		await page.getByText('Unban 198.51.100.128/25?').waitFor();
		await buttonOf(page, 'Yes').click();
		await banned('pam-generic', '198.51.100.128/25', false);
		await inWindow('.x-window-header').waitFor({ state: 'detached' });
	});

	test('are lifted for ticked rows by the button, and by the Delete key', async () => {
		const { page } = view;
		await row('192.0.2.1').locator('.x-grid-cell').first().click();
		await row('192.0.2.2').locator('.x-grid-cell').first().click();
		await buttonOf(page, 'Unban').click();
		await page.getByText('Unban 2 addresses? They can connect again immediately').waitFor();
		await buttonOf(page, 'No').click();
		await row('192.0.2.2').locator('.x-grid-cell').nth(1).focus();
		await page.keyboard.press('Delete');
		await buttonOf(page, 'Yes').click();
		await banned('pam-generic', '192.0.2.1', false);
		await banned('pam-generic', '192.0.2.2', false);
	});

	test('end for addresses that are ignored from now on', async () => {
		const { page } = view;
		await icon('2001:db8::9', 'check-circle').click();
		await typeInto(page, 'comment', 'our monitoring');
		await buttonOf(page, 'Add').click();
		await banned('pam-generic', '2001:db8::9', false);
		expect((await panel.fail2banClient('get', 'sshd', 'ignoreip')).stdout).toContain('2001:db8::9');
	});

	test('are loaded a page at a time, however far one scrolls and whatever one sorts by', async () => {
		const { page } = view;
		for (let at = 0; at < many; at += 500) {
			await panel.fail2banClient('set', 'proxmox', 'banip', ...crowd.slice(at, at + 500));
		}
		await buttonOf(page, 'Reload').or(buttonOf(page, 'Reload (new)')).click();
		await count(`${(many + 1).toLocaleString('en')} Bans`);
		asked.length = 0;
		await page.getByText('Address', { exact: true }).click();
		await row('10.20.0.0').waitFor();
		for (const share of [0.3, 0.7, 1]) {
			// a sort that ends late takes the list back to its top, so it is scrolled until it is there
			await page.waitForFunction((part) => {
				const { Ext } = window as unknown as { Ext: any };
				const grid = Ext.ComponentQuery.query('pveFail2banBans')[0];
				const list = grid.getView();
				const store = grid.getStore();
				const wanted = list.getScrollable().getMaxPosition().y * part;
				if (Math.abs(list.getScrollY() - wanted) > 1) list.setScrollY(wanted);
				// it has no rows for the moment in which it is sorted anew
				const [top] = list.getNodes();
				const first = top === undefined ? -1 : store.indexOf(list.getRecord(top));
				return !store.isLoading() && first >= store.getTotalCount() * part - 100;
			}, share);
		}
		await row(attacker).waitFor();
		await page.getByText('Jail', { exact: true }).first().click();
		await page.waitForFunction(() => {
			const { Ext } = window as unknown as { Ext: any };
			return !Ext.ComponentQuery.query('pveFail2banBans')[0].getStore().isLoading();
		});
		expect(new Set(asked.map((query) => query.get('limit')))).toEqual(new Set(['200']));
		expect(asked.map((query) => query.get('sort'))).toEqual(expect.arrayContaining(['ip', 'jail']));
		// one page on each side of what is seen, for three jumps and two sorts
		expect(asked.length).toBeLessThanOrEqual(3 * 3 + 2 * 2);
		expect(await page.locator('.x-grid-item:visible').count()).toBeLessThan(200);
	});

	test('follow the scroll bar also when it is moved right after the list was laid out', async () => {
		const { page } = view;
		const middle = await page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			const list = Ext.ComponentQuery.query('pveFail2banBans')[0].getView();
			// as each layout does
			list.getScrollable().restoreState();
			list.el.dom.scrollTop = list.getScrollable().getMaxPosition().y / 2;
			return list.el.dom.scrollTop as number;
		});
		expect(middle).toBeGreaterThan(10_000);
		await page.waitForFunction((wanted) => {
			const { Ext } = window as unknown as { Ext: any };
			const list = Ext.ComponentQuery.query('pveFail2banBans')[0].getView();
			const { top, height } = list.body.dom.getBoundingClientRect();
			const seen = list.el.dom.getBoundingClientRect();
			return list.getScrollY() === wanted && top <= seen.top && top + height >= seen.bottom;
		}, middle);
	});

	test('are lifted by the thousand as a task', async () => {
		const { page } = view;
		await search('10.20.0.0/16');
		await count(`${many.toLocaleString('en')} of ${(many + 1).toLocaleString('en')} Bans`);
		// nothing is ticked, so it offers what can be lifted at once
		await buttonOf(page, 'Unban').click();
		await page
			.locator('.x-menu-item:visible')
			.getByText(`Unban All in 10.20.0.0/16 (${many.toLocaleString('en')})`)
			.click();
		await page.getByText(`Unban all ${many.toLocaleString('en')} addresses of 10.20.0.0/16?`).waitFor();
		await buttonOf(page, 'Yes').click();
		await banned('proxmox', crowd.at(-1) as string, false);
		await page.getByText('No matching bans').waitFor();
		expect(await addressesIn('proxmox')).toEqual([]);
		await page.keyboard.press('Escape');
	});

	test('are explained on the overview as well', async () => {
		await view.openCard('fail2ban');
		// other lists of this card name the address, too
		const list = view.page
			.locator('[id^=pveFail2banBans-]:visible .x-grid-item')
			.filter({ hasText: attacker });
		await list.locator('.fa-question-circle').click();
		await why(attacker);
		await close();
	});

	test('keep their log lines from an auditor, and their buttons grey', async () => {
		const auditor = await panel.open({ user: 'audit@pve' });
		const { page } = auditor;
		await auditor.openCard('fail2ban-bans');
		await rowOf(page, attacker).first().dblclick();
		await page.getByText('Log lines require Sys.Syslog.').waitFor();
		for (const text of ['Ignore', 'Unban']) {
			await page.locator('.x-window .x-btn.x-btn-disabled').getByText(text, { exact: true }).waitFor();
		}
		expect(await page.getByText('Failed password').count()).toBe(0);
		expect(auditor.errors).toEqual([]);
	});

	test('cause no error, and no request after their card is left', async () => {
		await view.openCard('fail2ban-bans');
		expect(await view.callsAfterLeaving()).toEqual([]);
		expect(view.errors).toEqual([]);
	});
});
