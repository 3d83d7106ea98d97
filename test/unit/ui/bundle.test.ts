import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildUi } from '../../../build/ui.ts';

const folder = mkdtempSync(join(tmpdir(), 'ui-bundle-'));
let script = '';

beforeAll(async () => {
	const outfile = join(folder, 'pve-fail2ban.js');
	await buildUi({ outfile, minify: true });
	script = readFileSync(outfile, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true }));

it('is sloppy, or ExtJS would not find the parents of methods', () => {
	expect(script).not.toMatch(/use strict/);
	expect(script).not.toMatch(/\bclass\b[^'"`;]{0,40}\{/);
});

it('leaves nothing but its classes on the page', () => {
	const defined: string[] = [];
	const page = {
		gettext: (text: string) => text,
		Proxmox: { Utils: { override_task_descriptions: () => undefined } },
		Ext: { define: (name: string) => defined.push(name), emptyFn: () => undefined },
	};
	const before = Object.keys(page);
	runInNewContext(script, page);
	expect(Object.keys(page)).toEqual(before);
	expect(defined).toContain('PVEFail2ban.panel.Overview');
	expect(defined.every((name) => /^(PVEFail2ban\.|pve-fail2ban-)/.test(name))).toBe(true);
});

it('is at most 30 KB when compressed', () => {
	expect(gzipSync(script).length).toBeLessThan(30 * 1024);
});
