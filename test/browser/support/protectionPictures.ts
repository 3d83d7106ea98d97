import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { failedLogInLine } from '../../support/failedLogIns.ts';
import { harmlessFirewall } from '../../support/nodeFiles.ts';
import { attackedNode } from './attackedNode.ts';
import { buttonOf, rowOf } from './openPage.ts';
import { type Panel, startPanel, type View } from './panel.ts';

/** The pictures that `takeProtection` takes. */
export const protectionPictures = [
	'first-use',
	'protection-preset',
	'protection-jails',
	'protection-ignore-list',
	'protection-confirm',
	'protection-task',
	'lockout-warning',
	'provisional',
] as const;

type Shoot = (view: View, name: (typeof protectionPictures)[number]) => Promise<void>;

const text = ({ page }: View, words: string | RegExp) =>
	page.locator('.x-window:visible').getByText(words).first().waitFor();
const press = ({ page }: View, words: string) => buttonOf(page, words).last().click();

/** A node that nothing protects, with the logs of a day of attacks. */
async function startFresh(): Promise<Panel> {
	const { '../logs/auth.log': authLog, '../logs/daemon.log': webLog } = attackedNode();
	const panel = await startPanel({
		files: {
			...harmlessFirewall,
			'jail.d/defaults-debian.conf': '',
			'filter.d/proxmox.conf': '[Definition]\n',
			'paths-overrides.local': '[DEFAULT]\nsyslog_authpriv = @DIR@/logs/auth.log\n',
			'../logs/auth.log': authLog ?? '',
		},
	});
	appendFileSync(join(panel.dir, 'logs/pvedaemon.log'), webLog ?? '');
	return panel;
}

/** Protects a fresh node in the wizard, then lets somebody lock himself out. */
export async function takeProtection(theme: 'light' | 'dark', shoot: Shoot): Promise<void> {
	const panel = await startFresh();
	try {
		const view = await panel.open({ dark: theme === 'dark', client: '192.0.2.90' });
		const { page } = view;
		page.setDefaultTimeout(60_000);
		await view.openCard('fail2ban');
		await page.getByText('This node is not protected').waitFor();
		await shoot(view, 'first-use');
		await press(view, 'Set Up Protection');
		await text(view, /ban the address for 1 hour/);
		await shoot(view, 'protection-preset');
		await press(view, 'Next');
		await page.locator('.x-window .x-grid-cell', { hasText: '…' }).first().waitFor({ state: 'detached' });
		await shoot(view, 'protection-jails');
		await press(view, 'Next');
		await shoot(view, 'protection-ignore-list');
		await press(view, 'Next');
		await text(view, /immediately\./);
		await shoot(view, 'protection-confirm');
		await press(view, 'Finish');
		await text(view, /Test for success[\s\S]*recidive: /);
		await shoot(view, 'protection-task');
		await view.close();
		await takeLockout(panel, theme, shoot);
		if (view.errors.length > 0) throw new Error(view.errors.join('\n'));
	} finally {
		await panel.close();
	}
}

async function takeLockout(panel: Panel, theme: 'light' | 'dark', shoot: Shoot): Promise<void> {
	const mine = '192.0.2.18';
	const log = join(panel.dir, 'logs/auth.log');
	appendFileSync(log, [40, 30, 20].map((age) => failedLogInLine(mine, age)).join(''));
	const other = await panel.open({ dark: theme === 'dark', client: mine });
	const { page } = other;
	page.setDefaultTimeout(60_000);
	await other.openCard('fail2ban-jails');
	await rowOf(page, 'sshd').dblclick();
	await text(other, /jail\.conf:\d+/);
	await page.locator('.x-window input[name="maxretry"]').click();
	await page.keyboard.press('Control+a');
	await page.keyboard.type('2');
	await text(other, /Would be banned/);
	await press(other, 'OK');
	await text(other, /the address you use now/);
	await shoot(other, 'lockout-warning');
	await press(other, 'Save Anyway');
	await text(other, /Checking the Connection/);
	await shoot(other, 'provisional');
	await other.close();
}
