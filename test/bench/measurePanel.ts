import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { startPanel } from '../browser/support/panel.ts';
import { clientTime } from './clientProcess.ts';
import type { Bench } from './context.ts';
import { formatted, type Measurement, toward } from './figures.ts';
import { addressesOf, endLoadedServer, fillDatabase, restored } from './loadedServer.ts';
import { summary } from './timing.ts';

/** Milliseconds from a click in the page until `shown` holds and is painted. */
async function fromClick(page: Page, click: () => Promise<void>, shown: () => boolean): Promise<number> {
	await page.evaluate((source) => {
		const holds = new Function(`return (${source})()`) as () => boolean;
		const box = window as unknown as { measured: Promise<number> };
		box.measured = new Promise((done) => {
			const clicked = () => {
				const start = performance.now();
				const look = () => {
					if (holds()) requestAnimationFrame(() => done(performance.now() - start));
					else requestAnimationFrame(look);
				};
				look();
			};
			document.addEventListener('click', clicked, { capture: true, once: true });
		});
	}, shown.toString());
	await click();
	return page.evaluate(() => (window as unknown as { measured: Promise<number> }).measured);
}

/** The first rows of the list of bans, which is made anew with each click, stand on the screen. */
function rowsShown(): boolean {
	const { Ext } = window as unknown as { Ext: any };
	const [grid] = Ext.ComponentQuery.query('pveFail2banBans');
	return Boolean(grid?.isVisible(true)) && grid.getView().getNodes().length > 10;
}

/**
 * How soon Chromium shows the first bans after the click on the entry of the menu. What counts is the first click in a
 * fresh browser on a list that nobody asked for before; the same click on a list that the helper has, and the later
 * ones in the same window, stand beside it.
 */
export async function measurePanel(bench: Bench): Promise<Measurement[]> {
	const { version } = bench.release;
	const panel = await startPanel({
		version,
		files: { 'jail.d/zz-bench.local': '[proxmox]\nbantime = 30d\n' },
	});
	const { fail2ban } = panel.demo;
	const addresses = addressesOf(0, { jails: 1, bans: bench.scaled(50_000) });
	try {
		let filled = false;
		/** The server starts anew, so the helper must ask for its list again. */
		const forget = async () => {
			await fail2ban.kill();
			if (!filled) await fillDatabase(fail2ban, { proxmox: addresses });
			filled = true;
			await fail2ban.start();
			await restored(fail2ban, addresses.length);
			await sleep(2000);
		};
		/** Times of one window: its first click, and four more. */
		const clicks = async () => {
			const view = await panel.open({ viewport: { width: 1280, height: 720 }, client: null });
			// what the compiler puts around functions, which the page does not have
			await view.page.evaluate('globalThis.__name = (it) => it');
			const times: number[] = [];
			for (let n = 0; n < 5; n++) {
				await view.openCard('dns');
				times.push(await fromClick(view.page, () => view.openCard('fail2ban-bans'), rowsShown));
			}
			await view.close();
			return times;
		};
		const cold: number[] = [];
		const warm: number[] = [];
		const later: number[] = [];
		let plain = 0;
		for (let round = 0; round < 3; round++) {
			await forget();
			const [first = 0, ...more] = await clicks();
			cold.push(first);
			later.push(...more);
			warm.push((await clicks())[0] ?? 0);
			plain = await clientTime(fail2ban, 'get', 'proxmox', 'banip', '--with-time');
		}
		const { median, max } = summary(cold);
		return [
			toward('firstRows', median, {
				alternative: { ms: plain, is: 'fail2ban-client get JAIL banip --with-time' },
				note: `fresh browser, list not asked for before; at most ${formatted(max, 'ms')}`,
			}),
			{
				name: 'UI: the first click, the list asked for before',
				unit: 'ms',
				measured: summary(warm).median,
				note: `fresh browser; at most ${formatted(summary(warm).max, 'ms')}`,
			},
			{ name: 'UI: later clicks', unit: 'ms', measured: summary(later).median },
		];
	} finally {
		await endLoadedServer(fail2ban);
		await panel.close();
	}
}
