import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildUi } from '../../../build/ui.ts';

const folder = mkdtempSync(join(tmpdir(), 'ui-bundle-'));
const main = join(folder, 'main.js');
const windows = join(folder, 'windows.js');

beforeAll(() => buildUi({ main, windows, minify: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const scriptOf = (file: string) => readFileSync(file, 'utf8');

it.each([
	['the cards', main],
	['the windows', windows],
])('%s are sloppy, or ExtJS would not find the parents of methods', (_name, file) => {
	expect(scriptOf(file)).not.toMatch(/use strict/);
	expect(scriptOf(file)).not.toMatch(/\bclass\b[^'"`;]{0,40}\{/);
});

/** As much of the page as the scripts touch when they are loaded. */
function fakePage() {
	const defined: string[] = [];
	const bodies: Record<string, any> = {};
	const own: Record<string, unknown> = {};
	const scripts: string[] = [];
	const page = {
		gettext: (text: string) => text,
		Proxmox: { Utils: { override_task_descriptions: () => undefined } },
		Ext: {
			define: (name: string, body: object) => {
				defined.push(name);
				bodies[name] = body;
			},
			emptyFn: () => undefined,
			htmlEncode: (text: string) => text,
			ns: () => own,
		},
		document: {
			createElement: () => ({}),
			head: { append: ({ src }: { src: string }) => scripts.push(src) },
		},
	};
	return { page, defined, bodies, own, scripts };
}

it('leaves nothing but its classes on the page', () => {
	const { page, defined } = fakePage();
	const before = Object.keys(page);
	runInNewContext(scriptOf(main), page);
	expect(Object.keys(page)).toEqual(before);
	expect(defined).toContain('PVEFail2ban.panel.Overview');
	expect(defined).not.toContain('PVEFail2ban.window.Workbench');
	expect(defined.every((name) => /^(PVEFail2ban\.|pve-fail2ban-)/.test(name))).toBe(true);
});

it('loads the windows on top of what the cards share, and no class a second time', () => {
	const { page, defined, bodies, own, scripts } = fakePage();
	runInNewContext(scriptOf(main), page);
	const cards = [...defined];
	bodies['PVEFail2ban.panel.Options'].controller.openFiles.call({ getView: () => ({ nodename: 'pve1' }) });
	expect(scripts).toEqual([expect.stringMatching(/^\/pve2\/js\/pve-fail2ban-windows\.js\?ver=[0-9a-f]{8}$/)]);
	runInNewContext(scriptOf(windows), { ...page, PVEFail2ban: own });
	const added = defined.slice(cards.length);
	expect(added).toContain('PVEFail2ban.window.Workbench');
	expect(added.filter((name) => cards.includes(name))).toEqual([]);
	expect(Object.keys(own.windows as object)).toContain('openWorkbench');
});

it('takes at most 30 KB for the cards and 30 KB for the windows when compressed', () => {
	expect(gzipSync(scriptOf(main)).length).toBeLessThan(30 * 1024);
	expect(gzipSync(scriptOf(windows)).length).toBeLessThan(30 * 1024);
});
