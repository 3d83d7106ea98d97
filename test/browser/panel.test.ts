import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { versions } from '../../build/setup/fail2ban.ts';
import {
	buttonOf,
	logIn,
	type OpenPage,
	openEntry,
	openPage,
	pickFromMenu,
	rowOf,
	typeInto,
} from './support/openPage.ts';
import { type StartedDemo, startedDemo } from './support/startedDemo.ts';

/** The panel asks for the status at least this often. */
const pollSeconds = 5;

/** SHA-1 of every file below a folder, by relative path. */
function hashes(folder: string): Record<string, string> {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
		entry.isFile(),
	);
	const pairs = files.map(({ parentPath, name }): [string, string] => {
		const file = join(parentPath, name);
		return [file.slice(folder.length + 1), createHash('sha1').update(readFileSync(file)).digest('hex')];
	});
	return Object.fromEntries(pairs);
}

describe.each(versions)('the panel on fail2ban %s', (version) => {
	let demo: StartedDemo;
	let opened: OpenPage;

	beforeAll(async () => {
		demo = await startedDemo(version, '--no-generator');
		opened = await openPage(demo.address);
		await logIn(opened.page, 'root@pam', demo.password);
	});
	afterAll(async () => {
		await opened?.close();
		await demo?.cleanUp();
	});

	const bannedIn = async (jail: string) => {
		const { stdout } = await demo.fail2banClient('get', jail, 'banip');
		return stdout.trim().split(/\s+/).filter(Boolean);
	};

	test('lists the jails of the real server', async () => {
		const { page } = opened;
		await openEntry(page, 'Fail2ban');
		const { stdout } = await demo.fail2banClient('status');
		const jails = /Jail list:\s*(.*)/.exec(stdout)?.[1]?.split(', ') ?? [];
		expect(jails).toEqual(['pam-generic', 'proxmox', 'sshd']);
		await openEntry(page, 'Jails');
		for (const jail of jails) {
			await rowOf(page, jail).waitFor();
		}
		expect(await page.locator('[id^=pveFail2banJails-] .x-grid-item').count()).toBe(jails.length);
	});

	test('shows a ban made with fail2ban-client at the next poll', async () => {
		const { page, calls } = opened;
		await openEntry(page, 'Bans');
		await page.getByText('Nobody is banned.').waitFor();
		calls.length = 0;
		await demo.fail2banClient('set', 'sshd', 'banip', '192.0.2.44', '192.0.2.45');
		await rowOf(page, '192.0.2.44').waitFor();
		await rowOf(page, '192.0.2.45').waitFor();
		expect(calls.filter((call) => call.endsWith('/fail2ban/status')).length).toBeLessThanOrEqual(1);
	});

	test('unbans in the grid what the server then no longer bans', async () => {
		const { page } = opened;
		await pickFromMenu(rowOf(page, '192.0.2.44'), 'Unban');
		await page.getByText('Unban 192.0.2.44? It can connect again immediately.').waitFor();
		await buttonOf(page, 'Yes').click();
		await rowOf(page, '192.0.2.44').waitFor({ state: 'detached' });
		expect(await bannedIn('sshd')).toEqual(['192.0.2.45']);
		expect((await demo.fail2banClient('status', 'sshd')).stdout).not.toContain('192.0.2.44');
	});

	// fail2ban 1.0.2 takes no other text with a slash than a network
	const slashed = version === '1.0.2' ? '198.51.100.128/25' : 'mail/of/john';
	test(`unbans ${slashed}, which stands in no path`, async () => {
		const { page } = opened;
		await demo.fail2banClient('set', 'sshd', 'banip', slashed);
		await pickFromMenu(rowOf(page, slashed), 'Unban');
		await page.getByText(`Unban ${slashed}? It can connect again immediately.`).waitFor();
		await buttonOf(page, 'Yes').click();
		await rowOf(page, slashed).waitFor({ state: 'detached' });
		expect(await bannedIn('sshd')).toEqual(['192.0.2.45']);
	});

	test('sets bantime to 2h in the form, and changes no other byte of the configuration', async () => {
		const { page } = opened;
		const before = hashes(demo.config);
		await openEntry(page, 'Jails');
		await rowOf(page, 'sshd').dblclick();
		await page.locator('.x-field:not(.x-item-disabled) input[name="bantime"]').waitFor();
		await typeInto(page, 'bantime', '2h');
		await buttonOf(page, 'OK').click();
		await page.locator('input[name="bantime"]').waitFor({ state: 'detached' });
		await rowOf(page, '2h').waitFor();
		expect((await demo.fail2banClient('get', 'sshd', 'bantime')).stdout.trim()).toBe('7200');
		const { 'jail.d/sshd.local': written, ...others } = hashes(demo.config);
		expect(written).toBeDefined();
		expect(others).toEqual(before);
		expect(readFileSync(join(demo.config, 'jail.d/sshd.local'), 'utf8')).toBe('[sshd]\nbantime = 2h\n');
		expect(await bannedIn('sshd')).toEqual(['192.0.2.45']);
	});

	test('makes no call of its own any more when its entry is left', async () => {
		const { page, calls } = opened;
		await openEntry(page, 'Summary');
		calls.length = 0;
		await sleep((pollSeconds + 2) * 1000);
		expect(calls.filter((call) => call.includes('/fail2ban/'))).toEqual([]);
	});

	test('lets an auditor look, with what is not allowed greyed out', async () => {
		const auditor = await openPage(demo.address);
		try {
			const { page, errors } = auditor;
			await logIn(page, 'audit@pve', demo.password);
			await openEntry(page, 'Fail2ban');
			for (const text of ['Start', 'Stop', 'Restart', 'Ban']) {
				await buttonOf(page, text).and(page.locator('.x-btn-disabled')).waitFor();
			}
			await openEntry(page, 'Jails');
			await rowOf(page, 'sshd').dblclick();
			await page.locator('.x-field.x-item-disabled input[name="bantime"]').waitFor();
			await page.getByText('5 failures within 10 minutes ban the address for').waitFor();
			await buttonOf(page, 'OK').and(page.locator('.x-btn-disabled')).waitFor();
			expect(errors).toEqual([]);
		} finally {
			await auditor.close();
		}
	});

	test('is not there for somebody without rights', async () => {
		const { page, close } = await openPage(demo.address);
		try {
			await logIn(page, 'nobody@pve', demo.password);
			await page.locator('.x-treelist-item-text').getByText('Firewall', { exact: true }).waitFor();
			expect(await page.getByText('Fail2ban').count()).toBe(0);
		} finally {
			await close();
		}
	});

	test('has caused no error on the page', () => {
		expect(opened.errors).toEqual([]);
	});

	test('leaves no process and no file behind when it is stopped', async () => {
		await opened.close();
		const folder = demo.config.replace(/\/etc$/, '');
		expect(await demo.end(version === '1.0.2' ? 'SIGINT' : 'SIGTERM')).toBe(0);
		expect(await demo.leftFiles()).toEqual([]);
		expect(processesOf(folder)).toEqual([]);
	});
});

/** Command lines of processes that name the folder. */
function processesOf(folder: string): string[] {
	return readdirSync('/proc').flatMap((name) => {
		try {
			const words = /^\d+$/.test(name) ? readFileSync(`/proc/${name}/cmdline`, 'utf8') : '';
			return words.includes(folder) ? [words.replaceAll('\0', ' ')] : [];
		} catch {
			return []; // it ended meanwhile
		}
	});
}
