import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import type { Version } from '../../../build/setup/fail2ban.ts';
import type { Finished } from '../../../build/setup/run.ts';
import { type Demo, startDemo } from '../../host/demo/startDemo.ts';
import { releases } from '../../support/fail2ban.ts';
import { launch, type OpenPage } from './openPage.ts';
import { answerByHost, logInToRig, pveSources, startRig } from './unmodifiedPve.ts';

export interface PanelOptions {
	/** Default: 1.1.0. */
	version?: Version;
	/** More files of the private configuration folder, by relative path; `@DIR@` is the private folder. */
	files?: Readonly<Record<string, string>>;
	/** Write failed log-ins each second; default: no. */
	generator?: boolean;
	/** Seconds in which a provisional change must be confirmed; default 12, which keeps its window open for 2. */
	confirmWithin?: number;
}

interface ViewOptions {
	/** root@pam (default), admin@pve, audit@pve or nobody@pve. */
	user?: string;
	dark?: boolean;
	/** Default: 1280×720, the size that the screens are designed for. */
	viewport?: { width: number; height: number };
	locale?: string;
	/**
	 * The browser's address, as the server tells it to the lockout guard; default: one that no log has. `null`: what it
	 * really tells; otherwise each call is held up a little by the test.
	 */
	client?: string | null;
	/** Called before the page is loaded. */
	prepare?(context: BrowserContext): Promise<void>;
}

/** A browser window with the node's menu in it. */
export interface View extends OpenPage {
	/** Opens an entry of the node's menu by its id, e.g. `fail2ban-jails`. */
	openCard(itemId: string): Promise<void>;
	/** Leaves for an entry that is not ours, waits longer than a poll, and answers our calls made meanwhile. */
	callsAfterLeaving(): Promise<string[]>;
}

/** A private fail2ban with the helper, and the interface around it. */
export interface Panel {
	demo: Demo;
	/** The private configuration folder. */
	config: string;
	/** The private folder with `etc`, `logs` and so on. */
	dir: string;
	fail2banClient(...words: string[]): Promise<Finished>;
	open(options?: ViewOptions): Promise<View>;
	/** Closes the windows and ends everything. */
	close(): Promise<void>;
}

/**
 * Starts what `npm start` starts, from the files in `dist` (`npm run build` makes them), in the stand-in host or, as
 * unmodifiedPve.ts says, inside Proxmox VE's own page.
 */
export async function startPanel(options: PanelOptions = {}): Promise<Panel> {
	const release = releases().find(({ version }) => version === (options.version ?? '1.1.0'));
	if (!release) {
		throw new Error(`no fail2ban ${options.version}`);
	}
	const lines: string[] = [];
	const demo = await startDemo({
		release,
		port: 0,
		generator: options.generator ?? false,
		signal: new AbortController().signal,
		...(options.files && { files: options.files }),
		confirmWithin: options.confirmWithin ?? 12,
		print: (line) => lines.push(line),
	});
	const sources = pveSources();
	const rig = sources && (await startRig(sources, demo.helperSocket));
	const views: View[] = [];
	return {
		demo,
		config: demo.fail2ban.config,
		dir: demo.fail2ban.dir,
		fail2banClient: async (...words) => {
			const { exit, stdout, stderr } = await demo.fail2ban.client(...words);
			return { exit, stdout, stderr };
		},
		open: async (view = {}) => {
			const user = view.user ?? 'root@pam';
			const session = await ticket(demo, user);
			const opened = await launch(rig?.url ?? demo.address, {
				...view,
				// what PVE's own page lacks in the rig, e.g. the logo of a distribution
				isForeign: (url) => rig !== undefined && url.startsWith(rig.url) && !/fail2ban|plugin\.js/.test(url),
				prepare: async (context) => {
					await view.prepare?.(context);
					if (sources && rig) {
						await logInToRig(context, sources, rig.url, user);
						await answerByHost(context, demo.address, session);
					} else {
						await context.addCookies([cookieOf(session.ticket, demo.address)]);
					}
					// a browser of this machine comes from 127.0.0.1, which is nobody's: its changes would have to be confirmed
					if (view.client === null) return;
					const json = { data: view.client ?? '192.0.2.250', success: 1 };
					await context.route(/\/cluster\/fail2ban\/client/, (route) => route.fulfill({ json }));
				},
			});
			const done = { ...opened, ...navigation(opened) };
			await showNode(done.page, user);
			// a tip that pops up beside the pointer makes way for a person's next move, but not for a click of a test
			await done.page.addStyleTag({ content: '.x-tip { pointer-events: none }' });
			views.push(done);
			return done;
		},
		close: async () => {
			for (const view of views) {
				await view.close();
			}
			await rig?.close();
			await demo.stop();
		},
	};
}

interface Ticket {
	ticket: string;
	cookie: string;
	token: string;
}

async function ticket(demo: Demo, user: string): Promise<Ticket> {
	const body = new URLSearchParams({ username: user, password: demo.password });
	const response = await fetch(new URL('api2/json/access/ticket', demo.address), { method: 'POST', body });
	const { data } = (await response.json()) as { data: { ticket: string; CSRFPreventionToken: string } };
	const cookie = `PVEAuthCookie=${encodeURIComponent(data.ticket)}`;
	return { ticket: data.ticket, cookie, token: data.CSRFPreventionToken };
}

function cookieOf(value: string, url: string): Parameters<BrowserContext['addCookies']>[0][number] {
	return { name: 'PVEAuthCookie', value: encodeURIComponent(value), url };
}

/** Waits for the page and chooses the node pve1 in its tree. */
async function showNode(page: Page, user: string): Promise<void> {
	await page.waitForFunction(() => {
		const { Ext } = window as unknown as { Ext?: any };
		return Ext?.ComponentQuery?.query('panel[hstateid]').length > 0;
	});
	const shown = () =>
		page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			return Ext.ComponentQuery.query('panel[hstateid]')[0]?.pveSelNode?.data.id as string | undefined;
		});
	for (let attempt = 0; attempt < 20 && (await shown()) !== 'node/pve1'; attempt++) {
		await page.evaluate(() => {
			const { Ext } = window as unknown as { Ext: any };
			Ext.state.Manager.getProvider().set('rid', { value: 'node/pve1' }, true);
		});
		await sleep(250);
	}
	if ((await shown()) !== 'node/pve1') {
		throw new Error(`the page does not show the node to ${user}: ${await shown()}`);
	}
}

function navigation({ page, calls }: OpenPage): Pick<View, 'openCard' | 'callsAfterLeaving'> {
	const openCard = async (itemId: string) => {
		const entry = await page.evaluateHandle(async (id) => {
			const { Ext } = window as unknown as { Ext: any };
			const panel = Ext.ComponentQuery.query('panel[hstateid]')[0];
			const record = panel.store.getNodeById(id);
			for (let node = record?.parentNode; node; node = node.parentNode) {
				node.expand();
			}
			// the entries appear with an animation
			await new Promise((done) => setTimeout(done, 300));
			return record && panel.down('#menu').getItem(record)?.rowElement?.dom;
		}, itemId);
		const element = entry.asElement();
		if (!element) {
			throw new Error(`the menu has no entry ${itemId}`);
		}
		await element.click();
		await page.waitForFunction((id) => {
			const { Ext } = window as unknown as { Ext: any };
			return Ext.ComponentQuery.query('panel[hstateid]')[0]?.getLayout().getActiveItem()?.itemId === id;
		}, itemId);
	};
	return {
		openCard,
		callsAfterLeaving: async () => {
			await openCard('dns');
			calls.length = 0;
			await sleep(7000);
			return calls.filter((call) => call.includes('/fail2ban/'));
		},
	};
}
