import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buttonOf, rowOf as itemOf, pickFromMenu, retype } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

let panel: Panel;
let view: View;

beforeAll(async () => {
	panel = await startPanel({
		files: {
			'action.d/other.conf':
				'[Definition]\nactionstart =\nactionstop =\nactionban = true\nactionunban = true\n',
			'../fail2ban.log': '',
			'jail.d/sshd.local': '[sshd]\nmaxretry = 3\n',
			'jail.d/recidive.local':
				'[recidive]\nenabled = true\nbackend = polling\nlogpath = @DIR@/fail2ban.log\nusedns = no\n',
		},
	});
	view = await panel.open();
	await view.openCard('fail2ban-options');
	await rowOf(view.page, 'Max. Retry').waitFor();
});
afterAll(() => panel?.close());

/** Without the header of its group, which stands in the first item. */
const rowOf = (page: Page, label: string) => itemOf(page, label).locator('.x-grid-row');
const get = async (...words: string[]) => (await panel.fail2banClient('get', ...words)).stdout.trim();
const file = (name: string) => join(panel.config, name);
const read = (name: string) => readFileSync(file(name), 'utf8');
const button = (text: string) => buttonOf(view.page, text).last();
const dialog = () => view.page.locator('.x-window:visible').last();
/** A message or a question, which may stand before or behind the window in the page. */
const asked = () => view.page.locator('.x-message-box:visible');
const field = (param: string) => dialog().locator(`[name="${param}"]`);
/** What a row shows behind its name. */
const shows = (label: string, ...texts: (string | RegExp)[]) =>
	expect
		.poll(async () => (await rowOf(view.page, label).locator('.x-grid-cell').allTextContents()).slice(-2))
		.toEqual(texts.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text))));

async function edit(label: string, page = view.page): Promise<void> {
	await rowOf(page, label).dblclick();
	await page.locator('.x-window:visible [id^=pveFail2banOption-] [data-ref=inputEl]').first().waitFor();
	// the origin is written when the option is there
	await page
		.locator('.x-window:visible [id$=-origin], .x-window:visible .pmx-opacity-75')
		.getByText(/./)
		.first()
		.waitFor();
}

async function type(param: string, text: string): Promise<void> {
	await retype(field(param), text);
	// an open list would take the next click
	await view.page.keyboard.press('Tab');
}

const pick = (label: string, item: string) => pickFromMenu(rowOf(view.page, label), item);

const gone = () => view.page.locator('.x-window:visible').waitFor({ state: 'detached' });

/** Saves, and waits for the task if jails restart. */
async function save(): Promise<void> {
	await button('OK').click();
	await gone();
}

test('lists what holds for all jails and for the server, with the file that says so', async () => {
	await view.page.locator('.x-grid-group-hd').getByText('Defaults', { exact: true }).waitFor();
	await shows('Max. Retry', '5', /^jail\.conf:\d+$/);
	await shows('Find Time', '10m = 10 minutes', /^jail\.conf:\d+$/);
	await shows('Multipliers', 'not set', 'fail2ban default');
	await shows('Ban Action', 'noop', 'jail.d/defaults-debian.conf:2');
	await shows('Log Target', `${panel.dir}/fail2ban.log`, /^fail2ban\.d\/.*:\d+$/);
	await shows('Database', /sqlite3$/, /^fail2ban\./);
	await rowOf(view.page, 'Database').click();
	await expect.poll(() => button('Edit').getAttribute('class')).toContain('x-btn-disabled');
	await rowOf(view.page, 'Max. Retry').click();
	await expect.poll(() => button('Edit').getAttribute('class')).not.toContain('x-btn-disabled');
	await expect.poll(() => button('Reset').getAttribute('class')).toContain('x-btn-disabled');
});

test('changes every default, for the jails that have none of their own', async () => {
	await view.page.keyboard.press('Enter');
	await dialog().getByText('Jails with their own value: sshd.').waitFor();
	await type('maxretry', '0');
	await expect.poll(() => button('OK').getAttribute('class')).toContain('x-btn-disabled');
	await type('maxretry', '7');
	await dialog().getByText('will be written to jail.local').waitFor();
	await save();
	const typed: [label: string, param: string, text: string][] = [
		['Find Time', 'findtime', '20m'],
		['Multipliers', 'bantime-multipliers', '1 3 9'],
		['Factor', 'bantime-factor', '2'],
		['Maximum Ban Time', 'bantime-maxtime', '4w'],
		['Random Extra Time', 'bantime-rndtime', '5m'],
		['Use DNS', 'usedns', 'no'],
	];
	for (const [label, param, text] of typed) {
		await edit(label);
		await type(param, text);
		await save();
	}
	await edit('Ban Time');
	await dialog().getByText('Permanent', { exact: true }).click();
	await save();
	await shows('Ban Time', 'permanent', /^jail\.local:\d+$/);
	for (const label of ['Ban Longer Each Time', 'Count Over All Jails', 'Ignore Own Addresses']) {
		await edit(label);
		await dialog().locator('.x-form-checkbox').click();
		await save();
	}
	expect(read('jail.local').split('\n').sort().filter(Boolean)).toEqual(
		[
			'[DEFAULT]',
			'maxretry = 7',
			'findtime = 20m',
			'bantime = -1',
			'bantime.increment = true',
			'bantime.multipliers = 1 3 9',
			'bantime.factor = 2',
			'bantime.maxtime = 4w',
			'bantime.rndtime = 5m',
			'bantime.overalljails = true',
			'usedns = no',
			'ignoreself = false',
		].sort(),
	);
	expect(await get('proxmox', 'maxretry')).toBe('7');
	expect(await get('sshd', 'maxretry')).toBe('3');
	expect(await get('sshd', 'findtime')).toBe('1200');
	expect(await get('sshd', 'bantime')).toBe('-1');
	expect(await get('sshd', 'bantime.increment')).toBe('True');
	expect(await get('sshd', 'ignoreself')).toBe('False');
});

test('chooses actions and the backend from lists, and restarts the jails by a task', async () => {
	for (const [label, param] of [
		['Ban Action', 'banaction'],
		['Ban Action (All Ports)', 'banaction_allports'],
	] as const) {
		await edit(label);
		await dialog().getByText('The other jails restart: their bans are lifted and set again.').waitFor();
		await field(param).click();
		await view.page.keyboard.insertText('other');
		await view.page.locator('.x-boundlist-item:visible').getByText('other', { exact: true }).click();
		await save();
	}
	expect(await get('sshd', 'actions')).toContain('other');
	expect(await get('pam-generic', 'actions')).toContain('other');
	await edit('Backend');
	await dialog().locator('.x-form-arrow-trigger:visible').click();
	await view.page.locator('.x-boundlist-item:visible').getByText('polling', { exact: true }).click();
	await save();
	await shows('Backend', 'polling', /^jail\.local:\d+$/);
});

test('gives options back by button, key and menu, after a question', async () => {
	await rowOf(view.page, 'Max. Retry').click();
	await button('Reset').click();
	await asked()
		.getByText(/^Reset Max\. Retry to 5 \(jail\.conf:\d+\)\?$/)
		.waitFor();
	await button('No').click();
	await gone();
	expect(read('jail.local')).toContain('maxretry = 7');
	await view.page.keyboard.press('Escape');
	await rowOf(view.page, 'Max. Retry').click();
	await view.page.keyboard.press('Delete');
	await button('Yes').click();
	await shows('Max. Retry', '5', /^jail\.conf:\d+$/);
	await pick('Factor', 'Reset');
	await button('Yes').click();
	await shows('Factor', 'not set', 'fail2ban default');
	await pick('Ban Time', 'Edit');
	await dialog().getByText('Permanent', { exact: true }).click();
	await dialog()
		.getByText(/^will be reset to 10m \(jail\.conf:\d+\)$/)
		.waitFor();
	await save();
	expect(await get('proxmox', 'maxretry')).toBe('5');
	expect(await get('sshd', 'bantime')).toBe('600');
	expect(read('jail.local')).not.toMatch(/maxretry|factor|^bantime =/m);
});

test('tells the running server its own options', async () => {
	await edit('Keep Bans For');
	await type('dbpurgeage', '30d');
	await dialog().getByText('= 30 days, will be written to fail2ban.local').waitFor();
	await save();
	await edit('Log Lines per Ban');
	await type('dbmaxmatches', '4');
	await save();
	await edit('Log Level');
	await dialog().locator('.x-form-arrow-trigger:visible').click();
	await view.page.locator('.x-boundlist-item:visible').getByText('NOTICE', { exact: true }).click();
	await save();
	expect(read('fail2ban.local')).toBe(
		'[Definition]\ndbpurgeage = 30d\ndbmaxmatches = 4\nloglevel = NOTICE\n',
	);
	expect(await get('dbpurgeage')).toContain('2592000');
	expect(await get('dbmaxmatches')).toContain('4');
	expect(await get('loglevel')).toContain("'NOTICE'");
});

test('says what is wrong with a value that only the server can judge, and keeps the window', async () => {
	await edit('Log Target');
	await type('logtarget', '/etc/shadow.log');
	await button('OK').click();
	await asked()
		.getByText(/Use SYSLOG, SYSOUT or a file \/var\/log\/NAME\.log\./)
		.locator('visible=true')
		.first()
		.waitFor();
	await buttonOf(view.page, 'OK').and(asked().locator('.x-btn')).click();
	await expect.poll(() => field('logtarget').getAttribute('class')).toContain('x-form-invalid-field');
});

test('asks before it takes the log away from a jail that reads it', async () => {
	await type('logtarget', 'SYSOUT');
	await button('OK').click();
	await asked()
		.getByText(/^Jail 'recidive' reads .*fail2ban\.log, .* Save anyway\?$/)
		.waitFor();
	await button('No').click();
	expect(await get('logtarget')).toContain(`${panel.dir}/fail2ban.log`);
	await button('OK').click();
	await button('Yes').click();
	await gone();
	expect(await get('logtarget')).toContain('SYSOUT');
	await shows('Log Target', 'SYSOUT', /^fail2ban\.local:\d+$/);
});

test('names the file that wins over a change, and what differs from the running server', async () => {
	writeFileSync(file('jail.d/zz.local'), '[DEFAULT]\nfindtime = 30m\n');
	await panel.fail2banClient('set', 'dbmaxmatches', '9');
	await view.page.locator('.pmx-hint:visible').getByText('Configuration on disk differs').waitFor();
	await shows('Find Time', '30m = 30 minutes', 'jail.d/zz.local:2');
	await shows('Log Lines per Ban', /^4\s+runs with 9$/, /^fail2ban\.local:\d+$/);
	await edit('Find Time');
	await dialog().getByText('jail.d/zz.local:2 is read later and overrides it').waitFor();
	await expect.poll(() => field('findtime').isDisabled()).toBe(true);
	await view.page.keyboard.press('Escape');
	await gone();
	rmSync(file('jail.d/zz.local'));
	await panel.fail2banClient('set', 'dbmaxmatches', '4');
	await shows('Find Time', '20m = 20 minutes', /^jail\.local:\d+$/);
});

test('opens the files and the history, where a change is taken back', async () => {
	await button('Configuration Files').click();
	await dialog().getByText('Configuration Files').waitFor();
	await view.page.keyboard.press('Escape');
	await gone();
	await button('Change History').click();
	await rowOf(view.page, 'server options: logtarget').click();
	await buttonOf(view.page, 'Revert').last().click();
	await button('Yes').click();
	await expect.poll(() => get('logtarget')).toContain(`${panel.dir}/fail2ban.log`);
	await view.page.keyboard.press('Escape');
	await gone();
	await shows('Log Target', `${panel.dir}/fail2ban.log`, /^fail2ban\.d\/.*:\d+$/);
	expect(existsSync(file('fail2ban.local'))).toBe(true);
});

test('greys out what others than root@pam may not change', async () => {
	const { page, openCard, errors, close } = await panel.open({ user: 'admin@pve' });
	await openCard('fail2ban-options');
	await edit('Log Target', page);
	const target = page.locator('.x-window [name="logtarget"]');
	expect(await target.isDisabled()).toBe(true);
	await page.locator('.x-window [id^=pveFail2banOption-]').first().hover();
	await page.getByText('Only root@pam may do this.').waitFor();
	await page.keyboard.press('Escape');
	await edit('Keep Bans For', page);
	expect(await page.locator('.x-window [name="dbpurgeage"]').isDisabled()).toBe(false);
	expect(errors).toEqual([]);
	await close();
});

test('lets an auditor look', async () => {
	const { page, openCard, errors, close } = await panel.open({ user: 'audit@pve' });
	await openCard('fail2ban-options');
	await rowOf(page, 'Use DNS').click();
	await buttonOf(page, 'Reset').and(page.locator('.x-btn-disabled')).waitFor();
	await edit('Use DNS', page);
	expect(await page.locator('.x-window [name="usedns"]').isDisabled()).toBe(true);
	expect(errors).toEqual([]);
	await close();
});

test('has caused no error, and asks for nothing when it is left', async () => {
	// the answers that refuse are errors of the console, too
	expect(view.errors.filter((error) => !/Failed to load resource.*(400|409)/.test(error))).toEqual([]);
	expect(await view.callsAfterLeaving()).toEqual([]);
});
