import { buttonOf, rowOf } from './openPage.ts';
import { startPanel, type View } from './panel.ts';

/** The row of an option by its parameter, or by its label: a check box has no name in the page. */
export function optionRow(name: string, { page }: View) {
	const rows = page.locator('[id^=pveFail2banOption-]:visible');
	return /^[A-Z]/.test(name)
		? rows.filter({ hasText: `${name}:` }).last()
		: rows.filter({ has: page.locator(`[name="${name}"]`) }).last();
}

/** The window in which a jail is created and edited, as a user works with it. */
function jailForm(view: View) {
	const { page } = view;
	const row = (name: string) => optionRow(name, view);
	const button = (text: string) => buttonOf(page, text).last();
	return {
		row,
		button,
		window: () => page.locator('.x-window:visible').last(),
		showTab: (title: string) => page.locator('.x-window .x-tab').getByText(title, { exact: true }).click(),
		tick: (label: string) => row(label).locator('.x-form-checkbox').click(),

		async edit(jail = 'sshd'): Promise<void> {
			await rowOf(page, jail).dblclick();
			await page.locator('.x-window .x-tab').first().waitFor();
			await row('bantime')
				.getByText(/jail\./)
				.waitFor();
		},

		async type(option: string, text: string): Promise<void> {
			await page.locator(`.x-window [name="${option}"]:visible`).click();
			await page.keyboard.press('Control+a');
			await page.keyboard.press('Delete');
			await page.keyboard.insertText(text);
			// an open list would take the next click
			await page.keyboard.press('Tab');
		},

		/** Saves, and waits for the task if the jail restarts. */
		async save(text = 'OK'): Promise<void> {
			await button(text).click();
			await page.locator('.x-window:visible').waitFor({ state: 'detached' });
		},
	};
}

/** The card of the jails with these files in the folder of fail2ban. */
export async function startJails(files: Record<string, string>) {
	const panel = await startPanel({
		files: {
			'filter.d/mine.conf': '[Definition]\nfailregex = ^mine <HOST>$\n',
			'jail.d/zz.local': '[proxmox]\nmaxretry = 4\n',
			...files,
		},
	});
	const view = await panel.open();
	await view.openCard('fail2ban-jails');
	await rowOf(view.page, 'sshd').waitFor();
	return { panel, view, form: jailForm(view) };
}

export type Jails = Awaited<ReturnType<typeof startJails>>;
