import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buttonOf, chooseFrom, rowOf, typeInto } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

/** A reload or restart takes many times longer while other files test beside this one. */
const patient = { timeout: 45_000 };

let panel: Panel;
let view: View;

beforeAll(async () => {
	panel = await startPanel({
		files: {
			'action.d/other.conf': '[Definition]\nactionstart =\nactionstop =\nactionban = true\nactionunban =\n',
			'filter.d/mine.conf': '[Definition]\nfailregex = ^mine <HOST>$\n',
			'jail.d/zz.local': '[proxmox]\nmaxretry = 4\n',
		},
	});
	view = await panel.open();
	view.page.setDefaultTimeout(patient.timeout);
	await view.openCard('fail2ban-jails');
	await rowOf(view.page, 'sshd').waitFor();
});
afterAll(() => panel?.close());

const get = async (...words: string[]) => (await panel.fail2banClient('get', ...words)).stdout.trim();
/** Asks the server for many options at once. */
async function runsWith(jail: string, wanted: Record<string, string | RegExp>): Promise<void> {
	const found = await Promise.all(
		Object.keys(wanted).map(async (option) => [option, await get(jail, option)] as const),
	);
	const matching = Object.entries(wanted).map(([option, value]) => [
		option,
		typeof value === 'string' ? value : expect.stringMatching(value),
	]);
	expect(Object.fromEntries(found)).toEqual(Object.fromEntries(matching));
}

const file = (name: string) => join(panel.config, name);
const local = () => readFileSync(file('jail.d/sshd.local'), 'utf8');
const window_ = () => view.page.locator('.x-window:visible').last();
/** The row of an option by its parameter, or by its label: a check box has no name in the page. */
const row = (name: string, { page } = view) => {
	const rows = page.locator('[id^=pveFail2banOption-]:visible');
	return /^[A-Z]/.test(name)
		? rows.filter({ hasText: `${name}:` }).last()
		: rows.filter({ has: page.locator(`[name="${name}"]`) }).last();
};
const showTab = (title: string) =>
	view.page.locator('.x-window .x-tab').getByText(title, { exact: true }).click();
const button = (text: string) => buttonOf(view.page, text).last();

async function edit(jail = 'sshd'): Promise<void> {
	await rowOf(view.page, jail).dblclick();
	await view.page.locator('.x-window .x-tab').first().waitFor();
	await row('bantime')
		.getByText(/jail\./)
		.waitFor();
}

async function type(option: string, text: string): Promise<void> {
	await view.page.locator(`.x-window [name="${option}"]:visible`).click();
	await view.page.keyboard.press('Control+a');
	await view.page.keyboard.press('Delete');
	await view.page.keyboard.insertText(text);
	// an open list would take the next click
	await view.page.keyboard.press('Tab');
}

const tick = (label: string) => row(label).locator('.x-form-checkbox').click();

/** Saves, and waits for the task if the jail restarts. */
async function save(text = 'OK'): Promise<void> {
	await button(text).click();
	await view.page.locator('.x-window:visible').waitFor({ state: 'detached', ...patient });
}

test('shows of each value what it means and where it stands', async () => {
	await edit();
	await row('findtime')
		.getByText(/^= 10 minutes, jail\.conf:\d+$/)
		.waitFor();
	await row('maxretry')
		.getByText(/^jail\.conf:\d+$/)
		.waitFor();
	await row('Enable')
		.getByText(/^jail\.d\/defaults-debian\.conf:\d+$/)
		.waitFor();
	await type('bantime', '1h 30m');
	await row('bantime').getByText('= 1 hour 30 minutes, will be written to jail.d/sshd.local').waitFor();
	await window_().getByText('5 failures within 10 minutes ban the address for 1 hour 30 minutes.').waitFor();
	await type('bantime', 'soon');
	await expect.poll(() => button('OK').getAttribute('class'), patient).toContain('x-btn-disabled');
	await row('maxretry').hover();
	await view.page.getByText('A whole number from 1 to 1000.').waitFor();
});

test('writes what the tabs General and Repeat Offenders hold', async () => {
	await type('bantime', '');
	await row('bantime').getByText('Permanent', { exact: true }).click();
	await type('maxretry', '7');
	await type('findtime', '20m');
	await type('ignoreip', '192.0.2.7 10.0.0.0/8');
	await showTab('Repeat Offenders');
	await expect
		.poll(() => row('bantime-maxtime').locator('.x-item-disabled').count(), patient)
		.toBeGreaterThan(0);
	await showTab('General');
	await row('bantime').getByText('Permanent', { exact: true }).click();
	await type('bantime', '2h');
	await showTab('Repeat Offenders');
	await tick('Ban Longer Each Time');
	await type('bantime-multipliers', '1 3 9');
	await type('bantime-factor', '2');
	await type('bantime-maxtime', '4w');
	await type('bantime-rndtime', '5m');
	await tick('Count Over All Jails');
	await window_().getByText('2h, 12h, 1d 12h, 1d 12h … at most 4w').waitFor();
	await type('bantime-formula', 'ban.Time * 3');
	await save();
	await runsWith('sshd', {
		maxretry: '7',
		findtime: '1200',
		bantime: '7200',
		ignoreip: /10\.0\.0\.0\/8[\s\S]*192\.0\.2\.7/,
		'bantime.increment': 'True',
		'bantime.multipliers': '1 3 9',
		'bantime.factor': '2',
		'bantime.maxtime': '2419200',
		'bantime.rndtime': '300',
		'bantime.overalljails': 'True',
		'bantime.formula': 'ban.Time * 3',
	});
	await rowOf(view.page, '2h').waitFor();
});

test('leads to who changed what', async () => {
	await button('Change History').click();
	await window_().locator('.x-grid-item').filter({ hasText: 'jail.d/sshd.local' }).first().waitFor();
	await window_().locator('.x-tool-close').click();
	await view.page.locator('.x-window:visible').waitFor({ state: 'detached', ...patient });
});

test('gives values back to what is inherited', async () => {
	await edit();
	await row('bantime').locator('.pmx-clear-trigger').click();
	await row('bantime')
		.getByText(/^will be reset to 10m \(jail\.conf:\d+\)$/)
		.waitFor();
	await showTab('Repeat Offenders');
	await row('Ban Longer Each Time').locator('.fa-undo').click();
	await showTab('General');
	await save();
	expect(await get('sshd', 'bantime')).toBe('600');
	expect(await get('sshd', 'bantime.increment')).not.toBe('True');
	expect(local()).not.toMatch(/^bantime = |^bantime\.increment/m);
	expect(local()).toContain('maxretry = 7');
});

test('writes a value a line on Log Source, and asks the workbench', async () => {
	const logs = ['logs/auth.log', 'logs/second.log'].map((name) => join(panel.dir, name));
	writeFileSync(logs[1] as string, '');
	await edit();
	await showTab('Log Source');
	await row('journalmatch').locator('.x-item-disabled').first().waitFor();
	await type('logpath', logs.join('\n'));
	await chooseFrom(row('mode').locator('.x-form-arrow-trigger'), 'aggressive');
	await type('backend', 'systemd');
	await row('logpath').locator('.x-item-disabled').first().waitFor();
	await type('journalmatch', '_COMM=sshd');
	await type('backend', 'polling');
	await chooseFrom(row('filter').locator('.x-form-arrow-trigger'), 'mine');
	await button('Test').click();
	const asked = await view.page.waitForFunction(() => {
		const { Ext } = window as unknown as { Ext: any };
		return Ext.ComponentQuery.query('#fail2banWorkbench')[0]?.start;
	});
	expect(await asked.jsonValue()).toEqual({ jail: 'sshd', filter: 'mine', test: true });
	await view.page.keyboard.press('Escape');
	await save();
	expect(await get('sshd', 'logpath')).toMatch(/auth\.log[\s\S]*second\.log/);
	expect(await get('sshd', 'failregex')).toContain('mine');
	expect(local()).toMatch(/^mode = aggressive$/m);
	expect(local()).not.toMatch(/^(journalmatch|backend) = /m);
});

test('says that the jail restarts, and keeps its bans, when its action changes', async () => {
	await panel.fail2banClient('set', 'sshd', 'banip', '203.0.113.5');
	await rowOf(view.page, 'sshd').locator('.x-grid-cell').nth(2).getByText('1', { exact: true }).waitFor();
	await edit();
	await showTab('Log Source');
	await row('filter').locator('.pmx-clear-trigger').click();
	await row('filter')
		.getByText(/^will be reset to sshd \(/)
		.waitFor();
	await showTab('Action');
	await chooseFrom(row('banaction').locator('.x-form-arrow-trigger'), 'other');
	await window_().getByText('The jail restarts: its 1 ban is lifted and set again.').waitFor();
	await type('banaction_allports', 'other');
	await type('port', '22,5900:5999');
	await type('protocol', 'udp');
	await type('chain', 'F2B');
	await type('destemail', 'admin@example.org');
	await type('sender', 'fail2ban@example.org');
	await type('mta', 'mail');
	await save();
	expect(await get('sshd', 'failregex')).not.toContain('mine');
	expect(await get('sshd', 'actions')).toContain('other');
	for (const line of ['port = 22,5900:5999', 'protocol = udp', 'chain = F2B', 'mta = mail']) {
		expect(local()).toContain(`${line}\n`);
	}
	expect(local()).toMatch(
		/banaction_allports = other\n[\s\S]*destemail = admin@example\.org\nsender = fail2ban@/,
	);
	await expect.poll(() => get('sshd', 'banip'), patient).toBe('203.0.113.5');
	await edit();
	await showTab('Action');
	await type('action', 'noop[name=one]\nother[name=two]');
	await save();
	expect(await get('sshd', 'actions')).toMatch(/noop[\s\S]*other/);
});

test('writes the rare options of Advanced, and shows what is refused beside its field', async () => {
	await edit();
	await showTab('Advanced');
	await row('failregex')
		.getByText(/^filter\.d\/sshd\.conf:\d+$/)
		.waitFor();
	await type('usedns', 'no');
	await type('maxmatches', '9');
	await tick('Ignore Own Addresses');
	await type('ignorecommand', '/bin/true <ip>');
	await type('ignorecache', 'key="<ip>", max-count=100, max-time=5m');
	await type('maxlines', '2');
	await type('datepattern', '%%Y-%%m-%%d');
	await type('logencoding', 'utf-8');
	await type('logtimezone', 'UTC+0200');
	await type('prefregex', '^<F-CONTENT>.+</F-CONTENT>$');
	await type('ignoreregex', '^never <HOST>$');
	await type('failregex', '^one( <HOST>$');
	await button('OK').click();
	await view.page
		.locator('.x-message-box')
		.getByText(/unable to compile/i)
		.waitFor();
	await view.page.keyboard.press('Escape');
	await view.page.locator('.x-message-box').waitFor({ state: 'hidden' });
	await type('failregex', '^one <HOST>$\n^two <HOST>$');
	await save();
	await runsWith('sshd', {
		usedns: 'no',
		maxmatches: '9',
		ignoreself: 'False',
		ignorecommand: '/bin/true <ip>',
		ignorecache: /<ip>.*100/,
		maxlines: '2',
		datepattern: /Year-Month-Day/,
		logencoding: /utf-8/,
		logtimezone: /UTC\+0200/,
		prefregex: /content/,
		failregex: /one[\s\S]*two/,
		ignoreregex: /never/,
	});
});

test('shows all options, the merged files and the server commands', async () => {
	await edit();
	await showTab('All Options');
	await window_()
		.locator('.x-grid-item')
		.filter({ hasText: 'failregex' })
		.getByText('jail.d/sshd.local')
		.first()
		.waitFor();
	await button('Merged Files').click();
	await window_()
		.getByText(/^\[sshd\]\n[\s\S]*# jail\.d\/sshd\.local:\d+\nmaxmatches = 9\n/)
		.waitFor();
	await button('Server Commands').click();
	await window_()
		.getByText(/\['set', 'sshd', 'maxretry', 7\]/)
		.waitFor();
	await button('Options').click();
	await window_().locator('.x-grid-item').first().waitFor();
	await view.page.keyboard.press('Escape');
	await window_().waitFor({ state: 'detached' });
});

test('greys out what another file decides', async () => {
	await edit('proxmox');
	await row('maxretry')
		.getByText(/^jail\.d\/zz\.local:2 is read later and wins$/)
		.waitFor();
	expect(await row('maxretry').locator('input').isDisabled()).toBe(true);
	await view.page.keyboard.press('Escape');
});

test('reloads and restarts one jail as tasks', async () => {
	const { page } = view;
	await panel.fail2banClient('set', 'proxmox', 'maxretry', '33');
	await rowOf(page, 'proxmox').click();
	await buttonOf(page, 'More').click();
	await page.locator('.x-menu-item:visible').getByText('Reload Jail').click();
	await expect.poll(() => get('proxmox', 'maxretry'), patient).toBe('4');
	await page.locator('.x-window:visible').waitFor({ state: 'detached', ...patient });
	await panel.fail2banClient('set', 'proxmox', 'banip', '203.0.113.9');
	await rowOf(page, 'proxmox').locator('.x-grid-cell').nth(2).getByText('1', { exact: true }).waitFor();
	await panel.fail2banClient('set', 'proxmox', 'maxretry', '33');
	await rowOf(page, 'proxmox').click({ button: 'right' });
	await page.locator('.x-menu-item:visible').getByText('Restart Jail').click();
	await page.getByText("Restart jail 'proxmox'? Its 1 ban is lifted and set again.").waitFor();
	await buttonOf(page, 'Yes').click();
	await expect.poll(() => get('proxmox', 'maxretry'), patient).toBe('4');
	await page.locator('.x-window:visible').waitFor({ state: 'detached', ...patient });
	await expect.poll(() => get('proxmox', 'banip'), patient).toBe('203.0.113.9');
});

test('creates a jail, disables, enables and removes it', async () => {
	const { page } = view;
	const status = async () => (await panel.fail2banClient('status')).stdout;
	await buttonOf(page, 'Create').first().click();
	await row('findtime')
		.getByText(/^= 10 minutes/)
		.waitFor();
	await typeInto(page, 'jail', 'bad name');
	await expect.poll(() => button('Create').getAttribute('class'), patient).toContain('x-btn-disabled');
	await typeInto(page, 'jail', 'mine');
	await type('filter', 'mine');
	await type('maxretry', '2');
	await showTab('Log Source');
	await type('backend', 'polling');
	await type('logpath', join(panel.dir, 'logs/auth.log'));
	await save('Create');
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
	await rowOf(page, 'recidive').first().waitFor({ state: 'detached' });
});

test('lifts a jail’s bans, resets a stock jail, and shows its bans', async () => {
	const { page } = view;
	await rowOf(page, 'proxmox').click();
	await buttonOf(page, 'Unban All').click();
	await page.getByText("Unban 1 address in jail 'proxmox'?").waitFor();
	await buttonOf(page, 'Yes').click();
	await expect.poll(() => get('proxmox', 'banip'), patient).toBe('');
	await rowOf(page, 'sshd').first().click();
	await buttonOf(page, 'Remove').click();
	await page.getByText("Reset jail 'sshd' to its defaults?").waitFor();
	await buttonOf(page, 'Yes').click();
	await expect.poll(() => existsSync(file('jail.d/sshd.local')), patient).toBe(false);
	await expect.poll(() => get('sshd', 'maxretry'), patient).toBe('5');
	await page.locator('.x-window:visible').waitFor({ state: 'detached', ...patient });
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
	const logpath = row('logpath', admin);
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
