import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { helpHtml } from '../../../build/help.ts';
import { root } from '../../../build/setup/paths.ts';
import { helpId, helpPages } from '../../../src/ui/kit/helpPages.ts';

describe('the installed help', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pve-fail2ban-help-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	test('has a place for each page that a Help button opens', () => {
		const html = helpHtml(join(root, 'docs/guide'));
		for (const [id] of helpPages()) {
			expect(html).toContain(`<section id="${id}">`);
			expect(html).toContain(`<a href="#${id}">`);
		}
	});

	test('has every page of the guide, and no two places of one name', () => {
		const files = readdirSync(join(root, 'docs/guide')).map((name) => name.replace(/\.md$/, ''));
		expect(
			helpPages()
				.map(([id]) => id)
				.sort(),
		).toEqual(files.sort());
		const ids = [...helpHtml(join(root, 'docs/guide')).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
		expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
	});

	test('has a target for each link', () => {
		const html = helpHtml(join(root, 'docs/guide'));
		for (const [, target] of html.matchAll(/ href="#([^"]*)"/g)) {
			expect(html).toContain(`id="${target}"`);
		}
	});

	test('leads links between pages to their places and drops the target of all others', () => {
		writeFileSync(
			join(folder, 'jails.md'),
			'# Jails\n\n![Picture](../screenshots/x.png)\n\n[Bans](bans.md), [why](bans.md#why-banned), [install](../install.md).\n',
		);
		const html = helpHtml(folder);
		expect(html).toContain('<p><a href="#bans">Bans</a>, <a href="#bans-why-banned">why</a>, install.</p>');
		expect(html).not.toContain('<img');
		expect(html).not.toContain('.md');
	});

	test('gives each heading the place that a link names', () => {
		writeFileSync(join(folder, 'bans.md'), '# Bans\n\n## Why Banned?\n');
		expect(helpHtml(folder)).toContain('<h2 id="bans-why-banned">Why Banned?</h2>');
	});

	test('names a page in the way of Proxmox VE', () => {
		expect(helpId('ignore')).toBe('pve_fail2ban_ignore');
	});
});
