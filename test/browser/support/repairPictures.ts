import { join } from 'node:path';
import { startGuidePanel } from './guidePanel.ts';
import { rowOf } from './openPage.ts';
import type { View } from './panel.ts';

/** The pictures that `takeRepair` takes. */
export const repairPictures = ['refuses-start', 'repair'] as const;

type Shoot = (view: View, name: (typeof repairPictures)[number]) => Promise<void>;

/** A node set up by hand: why fail2ban refuses to start, and what the repair would change. */
export async function takeRepair(theme: 'light' | 'dark', shoot: Shoot): Promise<void> {
	const panel = await startGuidePanel();
	try {
		const view = await panel.open({
			dark: theme === 'dark',
			client: '192.0.2.17',
			prepare: async (context) => {
				// the log has the name that it has on a node
				await context.route(/\/fail2ban\/(?:checks|repair)/, async (route) => {
					const response = await route.fetch();
					const body = (await response.text()).replaceAll(
						join(panel.dir, 'logs/none.log'),
						'/var/log/auth.log',
					);
					await route.fulfill({ response, body });
				});
			},
		});
		const { page } = view;
		page.setDefaultTimeout(60_000);
		await view.openCard('fail2ban');
		const line = page.locator('.x-grid-row:visible', { hasText: 'fail2ban refuses to start' });
		await line.waitFor();
		await rowOf(page, 'sshd').first().waitFor();
		await page.getByText('is not on the ignore list').waitFor();
		await shoot(view, 'refuses-start');
		await line.locator('.fa-chevron-right').click();
		await page.getByText('jail.local (removed), jail.d/proxmox.local (created)').first().waitFor();
		await shoot(view, 'repair');
		if (view.errors.length > 0) throw new Error(view.errors.join('\n'));
	} finally {
		await panel.close();
	}
}
