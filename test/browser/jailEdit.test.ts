import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jails, startJails } from './support/jailForm.ts';
import { chooseFrom, rowOf } from './support/openPage.ts';

let panel: Jails['panel'];
let view: Jails['view'];
let form: Jails['form'];

beforeAll(async () => {
	({ panel, view, form } = await startJails({
		'action.d/other.conf': '[Definition]\nactionstart =\nactionstop =\nactionban = true\nactionunban =\n',
	}));
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

const local = () => readFileSync(join(panel.config, 'jail.d/sshd.local'), 'utf8');

/** Tab comes before the list of names has followed what was typed, as on a busy machine. */
async function keepsWhatIsTyped(option: string, text: string): Promise<void> {
	await form.row(option).locator('.x-form-arrow-trigger').click();
	await view.page.locator('.x-boundlist-item:visible').first().waitFor();
	await view.page.evaluate((name) => {
		const { Ext } = window as unknown as { Ext: any };
		Ext.ComponentQuery.query(`combobox[name=${name}]`)[0].queryDelay = 60_000;
	}, option);
	await view.page.keyboard.insertText(text);
	await view.page.keyboard.press('Tab');
	expect(await form.row(option).locator('input').inputValue()).toBe(text);
}

test('shows of each value what it means and where it stands', async () => {
	await form.edit();
	await form
		.row('findtime')
		.getByText(/^= 10 minutes, jail\.conf:\d+$/)
		.waitFor();
	await form
		.row('maxretry')
		.getByText(/^jail\.conf:\d+$/)
		.waitFor();
	await form
		.row('Enable')
		.getByText(/^jail\.d\/defaults-debian\.conf:\d+$/)
		.waitFor();
	await form.type('bantime', '1h 30m');
	await form.row('bantime').getByText('= 1 hour 30 minutes, will be written to jail.d/sshd.local').waitFor();
	await form
		.window()
		.getByText('5 failures within 10 minutes ban the address for 1 hour 30 minutes.')
		.waitFor();
	await form.type('bantime', 'soon');
	await expect.poll(() => form.button('OK').getAttribute('class')).toContain('x-btn-disabled');
	await form.row('maxretry').hover();
	await view.page.getByText('Must be a whole number from 1 to 1000.').waitFor();
});

test('offers OK for what is typed at the speed of a robot, option after option', async () => {
	const ok = () => form.button('OK').getAttribute('class');
	const values = { findtime: ['1', '1 ', '15m'], maxretry: ['0', 'x', '9'], ignoreip: ['10.', '10.0.0.0/8'] };
	// each text of a field before the next event of the page, invalid ones between valid ones
	await view.page.evaluate((typed) => {
		const { Ext } = window as unknown as { Ext: any };
		const field = (name: string) => Ext.ComponentQuery.query(`pveFail2banJailEdit field[name=${name}]`)[0];
		for (let round = 0; round < 5; round++) {
			for (const [name, texts] of Object.entries(typed)) {
				for (const text of texts) field(name).setValue(text);
			}
		}
		field('bantime').setValue('1h 30m');
	}, values);
	await expect.poll(ok).not.toContain('x-btn-disabled');
	// as after a report of the form that was overtaken
	await view.page.evaluate(() => {
		const { Ext } = window as unknown as { Ext: any };
		Ext.ComponentQuery.query('pveFail2banJailEdit')[0].lookup('submitbutton').setDisabled(true);
	});
	await form.type('maxretry', '8');
	await expect.poll(ok).not.toContain('x-btn-disabled');
	for (const name of [...Object.keys(values), 'bantime']) await form.type(name, '');
	await expect.poll(ok).toContain('x-btn-disabled');
});

test('writes what the tabs General and Repeat Offenders hold', async () => {
	await form.type('bantime', '');
	await form.row('bantime').getByText('Permanent', { exact: true }).click();
	await form.type('maxretry', '7');
	await form.type('findtime', '20m');
	await form.type('ignoreip', '192.0.2.7 10.0.0.0/8');
	await form.showTab('Repeat Offenders');
	await expect.poll(() => form.row('bantime-maxtime').locator('.x-item-disabled').count()).toBeGreaterThan(0);
	await form.showTab('General');
	await form.row('bantime').getByText('Permanent', { exact: true }).click();
	await form.type('bantime', '2h');
	await form.showTab('Repeat Offenders');
	await form.tick('Ban Longer Each Time');
	await form.type('bantime-multipliers', '1 3 9');
	await form.type('bantime-factor', '2');
	await form.type('bantime-maxtime', '4w');
	await form.type('bantime-rndtime', '5m');
	await form.tick('Count Over All Jails');
	await form.window().getByText('Bans last 2h, 12h, 1d 12h, 1d 12h … up to 4w').waitFor();
	await form.type('bantime-formula', 'ban.Time * 3');
	await form.save();
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
	await form.button('Change History').click();
	await form.window().locator('.x-grid-item').filter({ hasText: 'jail.d/sshd.local' }).first().waitFor();
	await form.window().locator('.x-tool-close').click();
	await view.page.locator('.x-window:visible').waitFor({ state: 'detached' });
});

test('gives values back to what is inherited', async () => {
	await form.edit();
	await form.row('bantime').locator('.pmx-clear-trigger').click();
	await form
		.row('bantime')
		.getByText(/^will be reset to 10m \(jail\.conf:\d+\)$/)
		.waitFor();
	await form.showTab('Repeat Offenders');
	await form.row('Ban Longer Each Time').locator('.fa-undo').click();
	await form.showTab('General');
	await form.save();
	expect(await get('sshd', 'bantime')).toBe('600');
	expect(await get('sshd', 'bantime.increment')).not.toBe('True');
	expect(local()).not.toMatch(/^bantime = |^bantime\.increment/m);
	expect(local()).toContain('maxretry = 7');
});

test('writes a value a line on Log Source, and asks the workbench', async () => {
	const logs = ['logs/auth.log', 'logs/second.log'].map((name) => join(panel.dir, name));
	writeFileSync(logs[1] as string, '');
	await form.edit();
	await form.showTab('Log Source');
	await form.row('journalmatch').locator('.x-item-disabled').first().waitFor();
	await keepsWhatIsTyped('filter', 'mine');
	await form.type('logpath', logs.join('\n'));
	await chooseFrom(form.row('mode').locator('.x-form-arrow-trigger'), 'aggressive');
	await form.type('backend', 'systemd');
	await form.row('logpath').locator('.x-item-disabled').first().waitFor();
	await form.type('journalmatch', '_COMM=sshd');
	await form.type('backend', 'polling');
	await chooseFrom(form.row('filter').locator('.x-form-arrow-trigger'), 'mine');
	await form.button('Test').click();
	const asked = await view.page.waitForFunction(() => {
		const { Ext } = window as unknown as { Ext: any };
		return Ext.ComponentQuery.query('#fail2banWorkbench')[0]?.start;
	});
	expect(await asked.jsonValue()).toEqual({ jail: 'sshd', filter: 'mine', test: true });
	await view.page.keyboard.press('Escape');
	await form.save();
	expect(await get('sshd', 'logpath')).toMatch(/auth\.log[\s\S]*second\.log/);
	expect(await get('sshd', 'failregex')).toContain('mine');
	expect(local()).toMatch(/^mode = aggressive$/m);
	expect(local()).not.toMatch(/^(journalmatch|backend) = /m);
});

test('says that the jail restarts, and keeps its bans, when its action changes', async () => {
	await panel.fail2banClient('set', 'sshd', 'banip', '203.0.113.5');
	await rowOf(view.page, 'sshd').locator('.x-grid-cell').nth(2).getByText('1', { exact: true }).waitFor();
	await form.edit();
	await form.showTab('Log Source');
	await form.row('filter').locator('.pmx-clear-trigger').click();
	await form
		.row('filter')
		.getByText(/^will be reset to sshd \(/)
		.waitFor();
	await form.showTab('Action');
	await chooseFrom(form.row('banaction').locator('.x-form-arrow-trigger'), 'other');
	await form.window().getByText('The jail restarts: its 1 ban is lifted and set again.').waitFor();
	await form.type('banaction_allports', 'other');
	await form.type('port', '22,5900:5999');
	await form.type('protocol', 'udp');
	await form.type('chain', 'F2B');
	await form.type('destemail', 'admin@example.org');
	await form.type('sender', 'fail2ban@example.org');
	await form.type('mta', 'mail');
	await form.save();
	expect(await get('sshd', 'failregex')).not.toContain('mine');
	expect(await get('sshd', 'actions')).toContain('other');
	for (const line of ['port = 22,5900:5999', 'protocol = udp', 'chain = F2B', 'mta = mail']) {
		expect(local()).toContain(`${line}\n`);
	}
	expect(local()).toMatch(
		/banaction_allports = other\n[\s\S]*destemail = admin@example\.org\nsender = fail2ban@/,
	);
	await expect.poll(() => get('sshd', 'banip')).toBe('203.0.113.5');
	await form.edit();
	await form.showTab('Action');
	await form.type('action', 'noop[name=one]\nother[name=two]');
	await form.save();
	expect(await get('sshd', 'actions')).toMatch(/noop[\s\S]*other/);
});

test('writes the rare options of Advanced, and shows what is refused beside its field', async () => {
	await form.edit();
	await form.showTab('Advanced');
	await form
		.row('failregex')
		.getByText(/^filter\.d\/sshd\.conf:\d+$/)
		.waitFor();
	await form.type('usedns', 'no');
	await form.type('maxmatches', '9');
	await form.tick('Ignore Own Addresses');
	await form.type('ignorecommand', '/bin/true <ip>');
	await form.type('ignorecache', 'key="<ip>", max-count=100, max-time=5m');
	await form.type('maxlines', '2');
	await form.type('datepattern', '%%Y-%%m-%%d');
	await form.type('logencoding', 'utf-8');
	await form.type('logtimezone', 'UTC+0200');
	await form.type('prefregex', '^<F-CONTENT>.+</F-CONTENT>$');
	await form.type('ignoreregex', '^never <HOST>$');
	await form.type('failregex', '^one( <HOST>$');
	await form.button('OK').click();
	await view.page
		.locator('.x-message-box')
		.getByText(/unable to compile/i)
		.waitFor();
	await view.page.keyboard.press('Escape');
	await view.page.locator('.x-message-box').waitFor({ state: 'hidden' });
	await form.type('failregex', '^one <HOST>$\n^two <HOST>$');
	await form.save();
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
	await form.edit();
	await form.showTab('All Options');
	await form
		.window()
		.locator('.x-grid-item')
		.filter({ hasText: 'failregex' })
		.getByText('jail.d/sshd.local')
		.first()
		.waitFor();
	await form.button('Merged Files').click();
	await form
		.window()
		.getByText(/^\[sshd\]\n[\s\S]*# jail\.d\/sshd\.local:\d+\nmaxmatches = 9\n/)
		.waitFor();
	await form.button('Server Commands').click();
	await form
		.window()
		.getByText(/\['set', 'sshd', 'maxretry', 7\]/)
		.waitFor();
	await form.button('Options').click();
	await form.window().locator('.x-grid-item').first().waitFor();
	await view.page.keyboard.press('Escape');
	await form.window().waitFor({ state: 'detached' });
});

test('greys out what another file decides', async () => {
	await form.edit('proxmox');
	await form
		.row('maxretry')
		.getByText(/^jail\.d\/zz\.local:2 is read later and overrides it$/)
		.waitFor();
	expect(await form.row('maxretry').locator('input').isDisabled()).toBe(true);
	await view.page.keyboard.press('Escape');
});

test('has caused no error, and asks nothing more after the tab is left', async () => {
	expect(await view.callsAfterLeaving()).toEqual([]);
	expect(view.errors.filter((error) => !/ 400 /.test(error))).toEqual([]);
});
