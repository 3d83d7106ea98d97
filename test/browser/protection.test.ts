import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint } from '../support/helper.ts';
import { harmlessFirewall } from '../support/nodeFiles.ts';
import { buttonOf, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const mine = '192.0.2.17';

let panel: Panel;
let view: View;
let fresh: Record<string, string>;

beforeAll(async () => {
	// as the package of fail2ban leaves a node, but for its one jail
	panel = await startPanel({
		files: {
			...harmlessFirewall,
			'jail.d/defaults-debian.conf': '',
			'filter.d/proxmox.conf': '[Definition]\n',
			// where the log of log-ins is on this node
			'paths-overrides.local': '[DEFAULT]\nsyslog_authpriv = @DIR@/logs/auth.log\n',
		},
	});
	fresh = await fingerprint(panel.config);
	view = await panel.open({ client: mine });
	await view.openCard('fail2ban');
});
afterAll(() => panel?.close());

const wizard = () => view.page.locator('.x-window:visible', { hasText: 'Set Up Protection' }).first();
const top = () => view.page.locator('.x-window:visible').last();
const press = (text: string) => buttonOf(view.page, text).last().click();
const isOff = async (text: string) =>
	(await buttonOf(view.page, text).last().getAttribute('class'))?.includes('x-btn-disabled');
/** Waits for the end of the task whose log is shown. */
const ended = () => expect.poll(() => isOff('Stop')).toBe(true);
/** Ticks the row of a list of the wizard, or takes the tick away. */
const tick = (text: string) => rowOf(view.page, text).locator('.x-grid-checkcolumn').click();
const get = async (...words: string[]) => (await panel.fail2banClient(...words)).stdout.trim();
const jails = async () => /Jail list:\s*(.*)/.exec(await get('status'))?.[1] ?? '';

async function open(button: 'first' | 'last'): Promise<void> {
	await buttonOf(view.page, 'Set Up Protection')[button]().click();
	await wizard().getByText('5 failures within 10 minutes ban the address for 1 hour.').waitFor();
}

/** To the last page, as it is proposed. */
async function toConfirm(): Promise<void> {
	for (let page = 0; page < 3; page++) await press('Next');
}

test('is offered instead of empty lists where nothing protects the node', async () => {
	const { page } = view;
	await page.getByText('This node is not protected').waitFor();
	await page.getByText('No jail watches log-ins by SSH.').waitFor();
	await page.getByText('You see every change before it is made, and can revert it.').waitFor();
	expect(await page.getByText('fail2ban is not running.').count()).toBe(0);
	await open('last');
	for (const preset of ['Standard (recommended)', 'Strict', 'One Attempt'])
		await wizard().getByText(preset, { exact: true }).waitFor();
	await wizard().getByText('One mistyped password is enough.').waitFor();
	await press('Next');
});

test('goes on only with a jail, and with addresses that are some', async () => {
	const { page } = view;
	const names = ['sshd', 'pam-generic', 'proxmox', 'recidive'];
	for (const name of names) await tick(name);
	await wizard().getByText('Select at least one jail.').waitFor();
	await expect.poll(() => isOff('Next')).toBe(true);
	for (const name of names) await tick(name);
	await wizard().getByText('Jails that you do not select are not changed.').waitFor();
	// by keys
	await expect.poll(() => isOff('Next')).toBe(false);
	await press('Next');
	await rowOf(page, mine).getByText('Your address').waitFor();
	await tick(mine);
	await wizard().getByText(`5 wrong passwords from ${mine} lock you out.`).waitFor();
	await tick(mine);
	await expect.poll(() => wizard().getByText('lock you out').count()).toBe(0);
	await wizard().locator('input[type=text]:visible').click();
	await page.keyboard.type('10.20');
	await expect.poll(() => isOff('Next')).toBe(true);
	await page.keyboard.type('.0.0/16');
	await page.keyboard.press('Enter');
	await rowOf(page, '10.20.0.0/16').waitFor();
	await expect.poll(() => isOff('Next')).toBe(false);
});

test('shows what it will do, does it with a log, and tests detection', async () => {
	const { page } = view;
	await press('Next');
	await wizard()
		.getByText(/\d files are created\. .*4 jails start: .*sshd.*\. No address is banned immediately\./)
		.waitFor({ timeout: 60_000 });
	await wizard().getByText('+++ b/jail.d/sshd.local').waitFor();
	expect(await fingerprint(panel.config)).toEqual(fresh);
	await press('Finish');
	await top().getByText('Test for success').waitFor();
	await expect.poll(jails).toBe('pam-generic, proxmox, recidive, sshd');
	expect(await get('get', 'sshd', 'maxretry')).toBe('5');
	expect(await get('get', 'sshd', 'bantime')).toBe('3600');
	expect(await get('get', 'proxmox', 'failregex')).toContain('pvedaemon');
	for (const jail of ['sshd', 'proxmox', 'recidive'])
		expect(await get('get', jail, 'ignoreip')).toMatch(
			/10\.20\.0\.0\/16[\s\S]*192\.0\.2\.17|192\.0\.2\.17[\s\S]*10\.20/,
		);
	expect(readFileSync(join(panel.config, 'jail.d/sshd.local'), 'utf8')).toMatch(
		/^\[sshd\]\nenabled = true\n/,
	);
	await ended();
	await page.locator('.x-window:visible .x-tool-close').last().click();
	await top().getByText('Log in once with a wrong password').waitFor();
	await press('Close');
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	await page.getByText('This node is not protected').waitFor({ state: 'hidden' });
	await page.getByText('with 4 jails').waitFor();
});

test('changes nothing a second time', async () => {
	const before = await fingerprint(panel.config);
	await open('first');
	await wizard().getByText('This node is protected by the preset Standard').waitFor();
	await toConfirm();
	await wizard().getByText('Nothing changes: this node already has this protection.').waitFor();
	await view.page.keyboard.press('Escape');
	await wizard().waitFor({ state: 'detached' });
	expect(await fingerprint(panel.config)).toEqual(before);
});

test('is undone byte for byte from the history', async () => {
	const { page } = view;
	await view.openCard('fail2ban-options');
	await press('Change History');
	await top().getByText('+++ b/jail.d/sshd.local').waitFor();
	await press('Revert');
	await top().getByText('These jails stop').waitFor();
	await press('Yes');
	await expect.poll(() => fingerprint(panel.config)).toEqual(fresh);
	await expect.poll(jails).toBe('');
	await page.locator('.x-window:visible', { hasText: 'Task' }).waitFor({ state: 'detached' });
	await page.keyboard.press('Escape');
	await page.locator('.x-window:visible').waitFor({ state: 'detached' });
	await view.openCard('fail2ban');
	await page.getByText('This node is not protected').waitFor();
});

/** Ends the programs that are starting fail2ban on the private folder; answers how many there were. */
function endStart(): number {
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	const starting = pids.filter((pid) => {
		try {
			const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
			return words.includes(panel.config) && /fail2ban-(?:client|server)\0.*\0start\0/s.test(words);
		} catch {
			// it has ended meanwhile
			return false;
		}
	});
	for (const pid of starting) process.kill(Number(pid), 'SIGKILL');
	return starting.length;
}

test('is there again after a failure, and then starts fail2ban as well', async () => {
	const { page } = view;
	await panel.fail2banClient('stop');
	await page.getByText('fail2ban is not running.').first().waitFor();
	// no server can start in its place
	const inTheWay = join(panel.dir, 'fail2ban.sock');
	mkdirSync(inTheWay);
	await open('last');
	await toConfirm();
	await wizard()
		.getByText(/fail2ban is started\. 4 jails start/)
		.waitFor();
	await press('Finish');
	await top().getByText('Changed jail.d/sshd.local').waitFor();
	// else it would wait for the server for half a minute
	await expect.poll(() => endStart()).toBeGreaterThan(0);
	await ended();
	rmdirSync(inTheWay);
	await page.locator('.x-window:visible .x-tool-close').last().click();
	await wizard().waitFor();
	await wizard()
		.getByText(/fail2ban is started/)
		.waitFor();
	await press('Finish');
	await top().getByText('Test for success').waitFor();
	await expect.poll(jails).toBe('pam-generic, proxmox, recidive, sshd');
	await ended();
	await page.locator('.x-window:visible .x-tool-close').last().click();
	await top().getByText('Log in once with a wrong password').waitFor();
	await press('Close');
});

test('lets an auditor see the buttons greyed out', async () => {
	const auditor = await panel.open({ user: 'audit@pve' });
	await auditor.openCard('fail2ban');
	const button = buttonOf(auditor.page, 'Set Up Protection').first();
	await button.and(auditor.page.locator('.x-btn-disabled')).waitFor();
	await button.hover();
	await auditor.page.getByText('Requires Sys.Modify on /nodes/pve1.').waitFor();
	expect(auditor.errors).toEqual([]);
	await auditor.close();
});

test('has caused no error, and asks nothing more after the tab is left', async () => {
	expect(await view.callsAfterLeaving()).toEqual([]);
	expect(view.errors).toEqual([]);
});
