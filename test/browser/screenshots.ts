import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../build/setup/paths.ts';
import { logIn, openEntry, openPage, rowOf } from './support/openPage.ts';
import { startedDemo } from './support/startedDemo.ts';

/** Takes the pictures of docs/ from a demo with a few bans: `npm run screenshots`. */
const folder = join(root, 'docs/screenshots');
mkdirSync(folder, { recursive: true });
const demo = await startedDemo('1.1.0', '--no-generator');
try {
	const bans = ['192.0.2.44', '198.51.100.7', '203.0.113.5', '203.0.113.77', '2001:db8::bad:1'];
	await demo.fail2banClient('set', 'sshd', 'banip', ...bans);
	await demo.fail2banClient('set', 'proxmox', 'banip', '198.51.100.7', '203.0.113.9');
	for (const theme of ['light', 'dark'] as const) {
		const { page, errors, close } = await openPage(demo.address);
		const shoot = async (name: string) => {
			await sleep(700);
			await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
			console.log(`docs/screenshots/${name}-${theme}.png`);
		};
		try {
			await page.emulateMedia({ colorScheme: theme });
			// the page looks once, when it is loaded
			await page.reload();
			await logIn(page, 'root@pam', demo.password);
			await openEntry(page, 'Fail2ban');
			await rowOf(page, 'sshd').waitFor();
			await shoot('overview');
			await openEntry(page, 'Bans');
			await rowOf(page, '203.0.113.9').waitFor();
			await shoot('bans');
			await openEntry(page, 'Jails');
			await rowOf(page, 'sshd').waitFor();
			await shoot('jails');
			await rowOf(page, 'sshd').dblclick();
			await page.locator('.x-field:not(.x-item-disabled) input[name="bantime"]').waitFor();
			await page.locator('input[name="bantime"]').click();
			await page.keyboard.type('14d');
			await shoot('edit-jail');
			await page.getByText('Repeat Offenders').click();
			await shoot('repeat-offenders');
			await page.getByText('All Options').click();
			await shoot('all-options');
			if (errors.length > 0) throw new Error(errors.join('\n'));
		} finally {
			await close();
		}
	}
} finally {
	await demo.cleanUp();
}
