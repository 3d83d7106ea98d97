import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failedLogInLine } from '../support/failedLogIns.ts';
import { fingerprint } from '../support/helper.ts';
import { buttonOf, retype, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const mine = '192.0.2.17';

let panel: Panel;
let view: View;

beforeAll(async () => {
	panel = await startPanel({ confirmWithin: 12 });
	const attempts = [mine, mine, mine, '203.0.113.5', '203.0.113.5', '198.51.100.9'];
	const lines = attempts.map((ip, nth) => failedLogInLine(ip, 60 - nth)).join('');
	appendFileSync(join(panel.dir, 'logs/auth.log'), lines);
	view = await panel.open({ client: mine });
	await view.openCard('fail2ban-jails');
});
afterAll(() => panel?.close());

const top = () => view.page.locator('.x-window:visible').last();
const press = (text: string) => buttonOf(view.page, text).last().click();
const get = async (...words: string[]) => (await panel.fail2banClient('get', 'sshd', ...words)).stdout.trim();
const read = (name: string) => readFileSync(join(panel.config, name), 'utf8');
const closed = () => view.page.locator('.x-window:visible').waitFor({ state: 'detached' });

async function type(option: string, text: string): Promise<void> {
	await retype(view.page.locator(`.x-window [name="${option}"]:visible`), text);
	await view.page.keyboard.press('Tab');
}

/** Opens the jail sshd and changes how many failures it takes. */
async function tighten(maxretry: string): Promise<void> {
	await rowOf(view.page, 'sshd').dblclick();
	await top()
		.getByText(/jail\.conf:\d+/)
		.first()
		.waitFor();
	await type('maxretry', maxretry);
}

/** The warning of the guard: its words and its buttons. */
async function warned(text: RegExp, buttons: string[]): Promise<void> {
	const warning = view.page.locator('.x-message-box:visible', { hasText: 'Warning' });
	await warning.getByText(text).waitFor();
	expect(await warning.locator('.x-btn:visible').allInnerTexts()).toEqual(buttons);
}

const all = ['Add to Ignore List and Save', 'Save Anyway', 'Cancel'];

test('shows whom a stricter jail would ban while it is typed', async () => {
	await tighten('2');
	await top().getByText('Checking which addresses would be banned').waitFor();
	await top()
		.getByText(`Would be banned after one more failure: 2 addresses, including your address ${mine}.`)
		.waitFor();
	await top().locator('.critical', { hasText: mine }).waitFor();
	await press('Show');
	await top().getByText('Would Be Banned', { exact: true }).waitFor();
	await rowOf(view.page, mine).getByText('3', { exact: true }).waitFor();
	await rowOf(view.page, '203.0.113.5').getByText('2', { exact: true }).waitFor();
	await view.page.keyboard.press('Escape');
	await type('maxretry', '4');
	await top().getByText('Would be banned after one more failure: nobody.').waitFor();
	await type('maxretry', '2');
});

test('warns before the caller is banned, and keeps the form after Cancel', async () => {
	const before = await fingerprint(panel.config);
	await press('OK');
	await warned(/192\.0\.2\.17, the address you use now, for 10 minutes/, all);
	await press('Cancel');
	expect(await view.page.locator('.x-window [name="maxretry"]').inputValue()).toBe('2');
	expect(await fingerprint(panel.config)).toEqual(before);
});

test('ignores the address first, and then saves', async () => {
	await press('OK');
	await warned(/192\.0\.2\.17/, all);
	// the safe way is the default
	await view.page.keyboard.press('Enter');
	await closed();
	expect(await get('maxretry')).toBe('2');
	expect(await get('ignoreip')).toContain(mine);
	expect(read('jail.d/sshd.local')).toMatch(/^maxretry = 2$/m);
	expect(read('jail.local')).toContain(`${mine} ; Added by the lockout guard`);
});

test('warns before the entry that saves the caller is removed', async () => {
	await view.openCard('fail2ban-ignore');
	await view.page.locator('.x-grid-item', { hasText: mine }).click();
	await press('Remove');
	await press('Yes');
	await warned(/192\.0\.2\.17/, ['Remove Anyway', 'Cancel']);
	await press('Cancel');
	expect(await get('ignoreip')).toContain(mine);
});

test('saves all the same on demand, and keeps that only because the page still reaches the node', async () => {
	await press('Remove');
	await press('Yes');
	await warned(/192\.0\.2\.17/, ['Remove Anyway', 'Cancel']);
	await press('Remove Anyway');
	await top()
		.getByText('The change is kept if this page can still reach the node; otherwise it is undone.')
		.waitFor();
	await top()
		.getByText(/\d+ s left/)
		.first()
		.waitFor();
	await closed();
	expect(await get('ignoreip')).not.toContain(mine);
	expect(read('jail.local')).not.toContain(mine);
	// nothing is taken back later
	await expect
		.poll(
			async () =>
				(await view.page.evaluate(() => fetch('/api2/json/nodes/pve1/fail2ban/status').then((r) => r.json())))
					.data.provisional,
		)
		.toBeNull();
});

test('warns at options, raw files and the wizard alike', async () => {
	const { page } = view;
	await view.openCard('fail2ban-options');
	await rowOf(page, 'Find Time').dblclick();
	await top()
		.getByText(/jail\.conf:\d+/)
		.waitFor();
	await type('findtime', '2h');
	await press('OK');
	await warned(/192\.0\.2\.17/, all);
	await press('Cancel');
	await page.keyboard.press('Escape');
	await closed();

	await press('Configuration Files');
	await rowOf(page, 'jail.d/sshd.local').locator('.x-grid-cell').click();
	const text = page.locator('textarea[name=content]');
	await expect.poll(() => text.inputValue()).toContain('maxretry = 2');
	await text.click();
	await page.keyboard.press('Control+End');
	await page.keyboard.insertText('findtime = 3h\n');
	await press('Save');
	await warned(/192\.0\.2\.17/, all);
	await press('Cancel');
	await press('Revert');
	await page.locator('.x-window:visible .x-tool-close').last().click();
	await closed();

	await view.openCard('fail2ban');
	await buttonOf(page, 'Set Up Protection').first().click();
	await page.getByText('One Attempt', { exact: true }).click();
	await press('Next');
	await press('Next');
	const own = page.locator('.x-grid-item', { hasText: 'Your address' });
	await own.locator('.x-grid-checkcolumn').click();
	await top().getByText(`1 wrong password from ${mine} locks you out.`).waitFor();
	await press('Next');
	await top()
		.getByText(/files are changed/)
		.waitFor();
	await press('Finish');
	await warned(/192\.0\.2\.17.* 30 days/, all);
	await press('Add to Ignore List and Save');
	await top().getByText('Test for success').waitFor({ timeout: 60_000 });
	expect(await get('ignoreip')).toContain(mine);
	expect(await get('bantime')).toBe(String(30 * 86_400));
	// the task goes on with its test
	await buttonOf(page, 'Stop').last().and(page.locator('.x-btn-disabled')).waitFor();
	await page.locator('.x-window:visible .x-tool-close').last().click();
	await press('Close');
	await closed();
});

test('has caused no error, and asks nothing more after the tab is left', async () => {
	expect(await view.callsAfterLeaving()).toEqual([]);
	expect(view.errors).toEqual([]);
});
