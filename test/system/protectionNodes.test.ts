import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Protection } from '../../src/contract/types.ts';
import {
	type PrivateFail2ban,
	type PrivateFail2banOptions,
	type Release,
	releases,
	startFail2ban,
} from '../support/fail2ban.ts';
import { startTestHelper } from '../support/helper.ts';
import { writeJournal } from '../support/journalFile.ts';
import { harmlessFirewall, type NodeFilesOptions, nodeFiles } from '../support/nodeFiles.ts';
import { until } from '../support/until.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function node(
	release: Release,
	files: NonNullable<PrivateFail2banOptions['files']>,
	system: Omit<NodeFilesOptions, 'dir'> = {},
) {
	const fail2ban = await startFail2ban(release, { files: { ...harmlessFirewall, ...files }, start: false });
	cleanups.push(() => fail2ban.stop());
	await writeFile(fail2ban.log, '');
	await writeJournal(join(fail2ban.dir, 'journal'), [
		{
			time: Math.floor(Date.now() / 1000) - 100,
			identifier: 'systemd',
			pid: 1,
			unit: 'init.scope',
			message: 'x',
		},
	]);
	await fail2ban.start();
	const helper = await startTestHelper(fail2ban, { system: nodeFiles({ ...system, dir: fail2ban.dir }) });
	cleanups.push(() => helper.stop());
	const get = async (params = {}, user = 'root@pam'): Promise<Protection> =>
		(await helper.call('GET', '/protection', params, user)).body.data;
	return { fail2ban, helper, get };
}

const ask = async (fail2ban: PrivateFail2ban, ...words: string[]) =>
	(await fail2ban.client(...words)).stdout.trim();

/** An admin's own jail.local: comments, defaults, a secret, and six jails. */
const adminJails = Array.from({ length: 6 }, (_, n) => `own${n}`);
const jailLocal = `# my jails; do not touch
[DEFAULT]
bantime = 2h ; as my boss says
  ; continued
maxretry = 4
# ignored
ignoreip = 10.1.0.0/16 ; office
mail_password = hunter2secret

[sshd]
# the web of trust
maxretry = 7
enabled = true
backend = polling
logpath = @DIR@/logs/auth.log
ignoreip = 10.1.0.0/16
${adminJails
	.map(
		(jail) =>
			`\n[${jail}]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = @DIR@/logs/auth.log\n`,
	)
	.join('')}`;

describe('protecting an unusual node', () => {
	const [debian12, debian13] = releases() as [Release, Release];

	it('keeps every line of an admin and all their jails, and opens the ports that are in use', async () => {
		const { fail2ban, helper, get } = await node(
			debian13,
			{ 'jail.local': jailLocal, 'jail.d/defaults-debian.conf': '' },
			{
				files: {
					'/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nPort 22\n',
					'/etc/ssh/sshd_config.d/port.conf': 'Port 2222\n',
					'/lib/systemd/system/proxmox-backup-proxy.service': '',
					'/lib/systemd/system/pmgproxy.service': '',
				},
			},
		);
		const shown = await get();
		expect(shown.problem).toBeNull();
		expect(shown.jails.map(({ jail, ports }) => `${jail} ${ports}`)).toEqual([
			'sshd 22,2222',
			'pam-generic all',
			'proxmox 8006',
			'proxmox-backup 8007',
			'proxmox-mail 8006',
			'recidive all',
		]);
		expect(shown.restarts).toEqual(['sshd']);
		const local = shown.files.find(({ file }) => file === 'jail.local');
		expect(local?.diff).toContain(' # the web of trust\n');
		const hidden = (await get({}, 'admin@pve')).files.find(({ file }) => file === 'jail.local');
		expect(hidden?.diff).toContain(' [sshd]\n');
		expect(hidden?.diff).not.toMatch(/hunter2|web of trust|boss/);
		const values = () =>
			Promise.all(
				adminJails.map(async (jail) => [
					await ask(fail2ban, 'get', jail, 'bantime'),
					await ask(fail2ban, 'get', jail, 'maxretry'),
				]),
			);
		const before = await values();
		await fail2ban.client('set', 'own3', 'banip', '203.0.113.77');
		const { body, lines } = await helper.call('POST', '/protection', {});
		expect(body, lines?.join('\n')).toEqual({ exit: { ok: true } });
		// they only learn whom to ignore
		expect(lines?.join('\n')).not.toMatch(/--restart own|stop own/);
		expect(await values()).toEqual(before);
		expect(await ask(fail2ban, 'get', 'own3', 'banip')).toBe('203.0.113.77');
		expect(await ask(fail2ban, 'get', 'sshd', 'maxretry')).toBe('5');
		expect(await ask(fail2ban, 'get', 'sshd', 'ignoreip')).toContain('192.0.2.10');
		const text = await readFile(join(fail2ban.config, 'jail.local'), 'utf8');
		const kept = jailLocal.replaceAll('@DIR@', fail2ban.dir).split('\n');
		const changed = /^(maxretry = 7|backend = polling|ignoreip = )/;
		const left = text.split('\n');
		expect(kept.filter((line) => !changed.test(line) && !left.includes(line))).toEqual([]);
		const again = await get();
		expect(again).toMatchObject({ preset: 'standard', starts: [], restarts: [] });
		expect(again.files.every(({ state }) => state === 'unchanged')).toBe(true);
	});

	it('reads the log files of rsyslog where there is no journal', async () => {
		const { fail2ban, helper, get } = await node(
			debian12,
			{ 'jail.d/defaults-debian.conf': '[DEFAULT]\nbackend = systemd\nbanaction = iptables-multiport\n' },
			{ journal: false },
		);
		const none = await get();
		const reasons = none.jails.map(({ jail, reason }) => `${jail}: ${reason}`);
		expect(reasons[2]).toContain('proxmox: There is no journal');
		expect(reasons[2]).toContain('apt install rsyslog');
		await writeFile(join(fail2ban.dir, 'logs/syslog'), '');
		const shown = await get();
		expect(shown).toMatchObject({ problem: null });
		expect(shown.jails.every(({ available }) => available)).toBe(true);
		const { body, lines } = await helper.call('POST', '/protection', { preset: 'strict' });
		expect(body, lines?.join('\n')).toEqual({ exit: { ok: true } });
		const failure = 'authentication failure; rhost=::ffff:198.51.100.66 user=root@pam msg=x';
		const time = new Date().toISOString();
		await appendFile(join(fail2ban.dir, 'logs/syslog'), `${time} pve1 pvedaemon[9]: ${failure}\n`.repeat(3));
		await until(async () => (await ask(fail2ban, 'get', 'proxmox', 'banip')) === '198.51.100.66', 'the ban');
		// recidive reads fail2ban's own file, whatever [DEFAULT] says
		expect(await ask(fail2ban, 'get', 'recidive', 'logpath')).toContain(fail2ban.log);
	});
});

describe('what stands in the way of a protection', () => {
	const release = releases().at(-1) as Release;

	it('names the file and line that would still win, and what is to be installed', async () => {
		const { fail2ban, helper, get } = await node(
			release,
			{
				'jail.d/defaults-debian.conf': '',
				'jail.d/zz.local': '# later\n[proxmox]\nenabled = false\nfilter = x\nmaxretry = 9\n',
			},
			{ files: { '/usr/sbin/nft': '' } },
		);
		const shown = await get();
		expect(shown.files).toEqual([]);
		expect(shown.problem).toContain('proxmox, enabled: jail.d/zz.local:3 is read later and overrides it.');
		const { status, body } = await helper.call('POST', '/protection', {});
		expect(status).toBe(400);
		expect(body.error.errors.jails).toContain('jail.d/zz.local:3');
		expect((await get({ jails: 'sshd,pam-generic' })).problem).toBeNull();
		await rm(join(fail2ban.config, 'jail.d/zz.local'));
		await writeFile(join(fail2ban.config, 'fail2ban.local'), '[Definition]\nloglevel = ERROR\n');
		const quiet = (await get()).jails.find(({ jail }) => jail === 'recidive');
		expect(quiet).toMatchObject({ available: false, chosen: false });
		expect(quiet?.reason).toContain('log level ERROR');
	});
});
