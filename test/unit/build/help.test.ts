import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
		for (const [id] of helpPages) {
			expect(html).toContain(`<section id="${id}">`);
			expect(html).toContain(`<a href="#${id}">`);
		}
	});

	test('leads links between pages to their places and drops the target of all others', () => {
		writeFileSync(
			join(folder, 'jails.md'),
			'# Jails\n\n![Picture](../screenshots/x.png)\n\n[Bans](bans.md), [why](bans.md#why-banned), [install](../install.md).\n',
		);
		const html = helpHtml(folder);
		expect(html).toContain('<p><a href="#bans">Bans</a>, <a href="#why-banned">why</a>, install.</p>');
		expect(html).not.toContain('<img');
		expect(html).not.toContain('.md');
	});

	test('gives each heading the place that a link names', () => {
		writeFileSync(join(folder, 'bans.md'), '# Bans\n\n## Why Banned?\n');
		expect(helpHtml(folder)).toContain('<h2 id="why-banned">Why Banned?</h2>');
	});

	test('names a page in the way of Proxmox VE', () => {
		expect(helpId('ignore')).toBe('pve_fail2ban_ignore');
	});
});
