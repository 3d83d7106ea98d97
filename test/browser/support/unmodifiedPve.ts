import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext } from 'playwright-core';
import { root } from '../../../build/setup/paths.ts';

/**
 * Where a server for Proxmox VE's own, unmodified page is, if the tests shall run in it: PVE_UI_RIG is its folder,
 * PVE_UI_UPSTREAM the folder of the checkouts of pve-manager, proxmox-widget-toolkit and ExtJS. CONTRIBUTING.md tells how.
 */
export interface PveSources {
	rig: string;
	upstream: string;
	extjs: string | undefined;
	fontAwesome: string;
	darkCss: string | undefined;
}

/** undefined: the tests run in the stand-in host. */
export function pveSources(environment: NodeJS.ProcessEnv = process.env): PveSources | undefined {
	const { PVE_UI_RIG: rig, PVE_UI_UPSTREAM: upstream } = environment;
	if (rig === undefined && upstream === undefined) {
		return undefined;
	}
	if (rig === undefined || upstream === undefined) {
		throw new Error('PVE_UI_RIG and PVE_UI_UPSTREAM belong together; see CONTRIBUTING.md.');
	}
	return {
		rig,
		upstream,
		extjs: environment.PVE_UI_EXTJS,
		fontAwesome: join(root, 'node_modules/font-awesome'),
		darkCss: environment.PVE_UI_DARK_CSS,
	};
}

interface Rig {
	url: string;
	close(): void | Promise<void>;
}

/** Serves the unmodified page with our script in it; `helper` answers the calls below /nodes/pve1/fail2ban. */
export async function startRig(sources: PveSources, helper: string): Promise<Rig> {
	const { startServer } = await import(pathToFileURL(join(sources.rig, 'server.mjs')).href);
	return startServer({
		upstream: sources.upstream,
		plugin: join(root, 'dist/pve-fail2ban.js'),
		helper,
		port: 0,
		fontAwesome: sources.fontAwesome,
		...(sources.extjs !== undefined && { extjs: sources.extjs }),
		...(sources.darkCss !== undefined && { darkCss: sources.darkCss }),
	});
}

interface RigHelp {
	capsFor(user: string): object;
	ticketFor(user: string): string;
}

/** The encoding of ExtJS's state provider. */
function encodeState(value: unknown): string {
	if (typeof value === 'number') {
		return escape(`n:${value}`);
	}
	if (typeof value === 'object' && value !== null) {
		return escape(
			`o:${Object.entries(value)
				.map(([key, inner]) => `${key}=${encodeState(inner)}`)
				.join('^')}`,
		);
	}
	return escape(`s:${value}`);
}

const privileged = { nodes: { 'Sys.Audit': 1, 'Sys.Modify': 1, 'Sys.Syslog': 1 } };

/** Logs a browser in to the rig, which checks no password. */
export async function logInToRig(
	context: BrowserContext,
	sources: PveSources,
	url: string,
	user: string,
): Promise<void> {
	const { capsFor, ticketFor } = (await import(
		pathToFileURL(join(sources.rig, 'mocks.mjs')).href
	)) as RigHelp;
	const caps = capsFor(user === 'admin@pve' ? 'root@pam' : user) as { nodes: object };
	const capabilities =
		user === 'admin@pve' ? { ...caps, nodes: { ...caps.nodes, ...privileged.nodes } } : caps;
	// the page renews its ticket at once and takes the capabilities from there; the rig knows no admin@pve
	await context.route('**/api2/*/access/ticket', async (route) => {
		const response = await route.fetch();
		const answer = (await response.json()) as { data?: object };
		if (answer.data) answer.data = { ...answer.data, cap: capabilities };
		await route.fulfill({ response, json: answer });
	});
	await context.addCookies([{ name: 'PVEAuthCookie', value: ticketFor(user), url }]);
	await context.addInitScript(
		([origin, state]) => {
			if (location.origin === origin) {
				localStorage.setItem('ext-GuiCap', state as string);
			}
		},
		[new URL(url).origin, encodeState(capabilities)],
	);
}

/** What PVE does beside the helper's calls: its tasks, and the address of the browser. */
const hostCalls =
	/\/api2\/(?:json|extjs)\/(?:nodes\/pve1\/(?:fail2ban(?:[/?]|$)|tasks\/UPID(?::|%3A)[^/]*(?::|%3A)f2b)|cluster\/fail2ban\/)/;

/**
 * Lets the stand-in host answer the plugin's calls and its tasks, with the log-in `cookie`, and the rig the rest:
 * the rig has no workers, which a call that becomes a task needs.
 */
export async function answerByHost(
	context: BrowserContext,
	host: string,
	{ cookie, token }: { cookie: string; token: string },
): Promise<void> {
	await context.route('**/pve2/js/pve-fail2ban-windows.js*', (route) =>
		route.fulfill({
			path: join(root, 'dist/pve-fail2ban-windows.js'),
			contentType: 'application/javascript',
		}),
	);
	await context.route(hostCalls, async (route) => {
		const request = route.request();
		const { pathname, search } = new URL(request.url());
		const headers = { ...request.headers(), cookie, csrfpreventiontoken: token };
		const response = await route.fetch({ url: new URL(pathname + search, host).href, headers });
		await route.fulfill({ response });
	});
}
