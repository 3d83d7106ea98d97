import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { startPanel } from '../browser/support/panel.ts';
import { milliseconds, type Row, summary, timed, within } from './figures.ts';
import { addressesOf, banCount, jailCount } from './loadedServer.ts';

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

/** How soon Chromium shows the first of 50,000 bans after the click on the entry of the menu. */
export async function measurePanel(): Promise<Row[]> {
	const panel = await startPanel();
	const server = new SocketServer({ path: panel.demo.fail2ban.socket });
	try {
		for (let number = 0; number < jailCount; number++) {
			const addresses = addressesOf(number);
			for (let at = 0; at < addresses.length; at += 500)
				await server.ban('proxmox', addresses.slice(at, at + 500), { timeout: 60_000 });
		}
		// what fail2ban still writes to its database would be measured with it
		await sleep(60_000);
		const plain = await timed(async () => {
			await panel.fail2banClient('get', 'proxmox', 'banip', '--with-time');
		});
		const { page, openCard, calls } = await panel.open({
			viewport: { width: 1280, height: 720 },
			client: null,
		});
		// what the compiler puts around functions, which the page does not have
		await page.evaluate('globalThis.__name = (it) => it');
		const first: number[] = [];
		for (let n = 0; n < 6; n++) {
			await openCard('dns');
			calls.length = 0;
			first.push(await fromClick(page, () => openCard('fail2ban-bans'), rowsShown));
		}
		const [cold = 0, ...warm] = first;
		const { median } = summary(warm);
		return [
			within(
				`first rows of ${banCount} bans after the click`,
				median,
				300,
				`the first time ${milliseconds(cold)}`,
			),
			{ what: 'fail2ban-client get … banip --with-time', value: milliseconds(plain), limit: '', met: null },
			{
				what: '… in relation to the first rows',
				value: `${(plain / median).toFixed(1)} ×`,
				limit: '',
				met: null,
			},
		];
	} finally {
		server.close();
		// stopping lifts the bans one by one, which takes minutes
		await panel.demo.fail2ban.kill();
		await panel.close();
	}
}
