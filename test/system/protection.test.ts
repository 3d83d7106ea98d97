import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Protection } from '../../src/contract/types.ts';
import { type PrivateFail2ban, type Release, releases, startFail2ban } from '../support/fail2ban.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';
import { type JournalEntry, writeJournal } from '../support/journalFile.ts';
import { debian, harmlessFirewall, nodeFiles } from '../support/nodeFiles.ts';
import { until } from '../support/until.ts';

const now = Math.floor(Date.now() / 1000);

/** A log-in by SSH as the release's OpenSSH logs it, once by ssh.service and once by an instance of ssh.socket. */
function failures({ version }: Release): JournalEntry[] {
	const identifier = version === '1.1.0' ? 'sshd-session' : 'sshd';
	const entry = (time: number, address: string, unit: string, pid: number) => ({
		time,
		identifier,
		pid,
		unit,
		message: `Failed password for root from ${address} port 40022 ssh2`,
	});
	const six = [0, 1, 2, 3, 4, 5];
	return [
		...six.map((n) => entry(now - 3 * 86_400 + n, '198.51.100.30', 'ssh.service', 300 + n)),
		...six.map((n) => entry(now - 60 + n, '198.51.100.7', 'ssh.service', 700 + n)),
		...six.map((n) =>
			entry(now - 50 + n, '198.51.100.8', 'ssh@3-192.0.2.1:22-198.51.100.8:40022.service', 800 + n),
		),
		...[0, 1, 2].map((n) => entry(now - 40 + n, '198.51.100.9', 'ssh.service', 900 + n)),
	];
}

for (const release of releases()) {
	describe(`protecting a fresh node of Debian ${release.version === '1.1.0' ? 13 : 12}`, () => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;
		let fresh: Record<string, string>;
		const changes: string[] = [];

		const get = async (params = {}, user = 'root@pam') => {
			const { status, body } = await helper.call('GET', '/protection', params, user);
			expect(status, JSON.stringify(body)).toBe(200);
			return body.data as Protection;
		};
		const post = async (params = {}) => {
			const answer = await helper.call('POST', '/protection', params);
			expect(answer.body, JSON.stringify(answer.lines)).toEqual({ exit: { ok: true } });
			const { body } = await helper.call('GET', '/changes', { limit: 1 });
			if (!changes.includes(body.data[0].id)) changes.push(body.data[0].id);
			return (answer.lines ?? []).join('\n');
		};
		const ask = async (...words: string[]) => (await fail2ban.client(...words)).stdout.trim();

		beforeAll(async () => {
			// the shipped one, byte for byte, instead of the tests' own
			const shipped = await readFile(join(release.stock, 'jail.d/defaults-debian.conf'), 'utf8');
			fail2ban = await startFail2ban(release, {
				files: { ...harmlessFirewall, 'jail.d/defaults-debian.conf': shipped },
				start: false,
			});
			// as the package makes it
			await writeFile(fail2ban.log, '');
			await writeJournal(join(fail2ban.dir, 'journal'), failures(release));
			const files = debian[release.version as keyof typeof debian];
			helper = await startTestHelper(fail2ban, { system: nodeFiles({ dir: fail2ban.dir, files }) });
			fresh = await fingerprint(fail2ban.config);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		it('offers what is installed, and shows every file before it writes one', async () => {
			const shown = await get();
			expect(shown).toMatchObject({ applied: false, preset: null, asked: 'standard', problem: null });
			expect(shown).toMatchObject({ 'client-known': true, client: '192.0.2.10', 'server-running': false });
			expect(shown.jails.map(({ jail, ports, available }) => [jail, ports, available])).toEqual([
				['sshd', '22', true],
				['pam-generic', 'all', true],
				['proxmox', '8006', true],
				['recidive', 'all', true],
			]);
			expect(shown.starts).toEqual(['sshd', 'pam-generic', 'proxmox', 'recidive']);
			expect(shown.ignore.filter(({ chosen }) => chosen).map(({ address }) => address)).toEqual([
				'192.0.2.10',
				'127.0.0.0/8',
				'::1',
			]);
			const file = (name: string) => shown.files.find((one) => one.file === name);
			expect(shown.files.map(({ file: name, state }) => `${name} ${state}`)).toEqual([
				'fail2ban.local created',
				'jail.d/pam-generic.local created',
				'jail.d/proxmox.local created',
				'jail.d/recidive.local created',
				'jail.d/sshd.local created',
				'jail.local created',
			]);
			expect(file('jail.d/proxmox.local')?.diff).toContain('+port = 8006\n');
			expect(file('jail.d/sshd.local')?.diff).toContain('+journalmatch = _COMM=sshd _UID=0 +');
			expect(file('jail.d/pam-generic.local')?.diff).toContain('+ignoreregex = ');
			expect(file('fail2ban.local')?.diff).toContain('+dbpurgeage = 4w\n');
			expect(await fingerprint(fail2ban.config)).toEqual(fresh);
		});

		it('counts the failures of a week, and whom the jails would ban', async () => {
			let shown: Protection | undefined;
			await until(async () => {
				shown = await get();
				return shown['banned-total'] !== null && shown.jails.every(({ failures }) => failures !== null);
			}, 'the counts');
			const sshd = shown?.jails.find(({ jail }) => jail === 'sshd');
			expect(sshd).toMatchObject({ failures: 21, 'at-least': false });
			expect([...(shown?.banned ?? [])].sort()).toEqual(['198.51.100.7', '198.51.100.8']);
			expect((await get({}, 'auditor@pve')).banned).toEqual([]);
		});

		it('refuses what is no jail, no address, and a configuration that was changed meanwhile', async () => {
			const refused = async (params: Record<string, unknown>) => {
				const { status, body } = await helper.call('POST', '/protection', params);
				return [status, body.error?.errors];
			};
			expect(await refused({ jails: 'sshd,apache' })).toEqual([
				400,
				{ jails: expect.stringContaining("Jail 'apache' cannot be set up here; use sshd, ") },
			]);
			expect(await refused({ jails: 'proxmox-backup' })).toEqual([
				400,
				{ jails: "Jail 'proxmox-backup' cannot be enabled: what it protects is not installed on this node." },
			]);
			expect(await refused({ jails: '' })).toEqual([400, { jails: 'Select at least one jail.' }]);
			expect(await refused({ ignore: 'pve2.example' })).toEqual([
				400,
				{ ignore: expect.stringContaining("'pve2.example' is not a valid IP address") },
			]);
			expect(await refused({ ignore: '0.0.0.0/1' })).toEqual([409, { ignore: expect.any(String) }]);
			expect((await refused({ digest: '0'.repeat(40) }))[0]).toBe(409);
			expect(await fingerprint(fail2ban.config)).toEqual(fresh);
		});

		it('starts fail2ban with the jails, which ban who failed often enough', async () => {
			const { digest } = await get();
			const log = await post({ digest, preset: 'standard' });
			expect(log).toMatch(/^sshd: runs, bans by (nftables|iptables)-?\w*\.$/m);
			expect(log).toContain('21 of 21 lines of the last 7 days match');
			expect(await ask('status')).toContain('pam-generic, proxmox, recidive, sshd');
			expect(await ask('get', 'proxmox', 'bantime')).toBe('3600');
			expect(await ask('get', 'sshd', 'bantime.maxtime')).toBe('2419200');
			expect(await ask('get', 'proxmox', 'failregex')).toContain('pvedaemon');
			expect(await ask('get', 'dbpurgeage')).toContain('2419200');
			await until(async () => (await ask('get', 'sshd', 'banip')).split(/\s+/).length >= 2, 'the bans');
			expect((await ask('get', 'sshd', 'banip')).split(/\s+/).sort()).toEqual([
				'198.51.100.7',
				'198.51.100.8',
			]);
		});

		it('changes nothing the second time', async () => {
			const once = await fingerprint(fail2ban.config);
			// on a busy node it may not be known in time
			const shown = await until(get, 'what it would ban', ({ 'banned-total': total }) => total !== null);
			expect(shown).toMatchObject({
				applied: true,
				preset: 'standard',
				starts: [],
				restarts: [],
				'banned-total': 0,
			});
			expect(shown.files.map(({ state }) => state)).toEqual(shown.files.map(() => 'unchanged'));
			expect(await post()).toContain('Nothing changes');
			expect(await fingerprint(fail2ban.config)).toEqual(once);
		});

		it('waits to be confirmed where its jails do not ignore the caller, and is undone at once', async () => {
			const once = await fingerprint(fail2ban.config);
			const params = { preset: 'strict', ignore: '', client: '203.0.113.5' };
			const { lines, body } = await helper.call('POST', '/protection', params);
			expect(body, lines?.join('\n')).toEqual({ exit: { ok: true } });
			expect(lines?.filter((line) => line.includes('confirmed'))).toEqual([
				expect.stringMatching(/^It is undone in \d+ s unless it is confirmed: /),
			]);
			const { provisional } = (await helper.call('GET', '/status')).body.data;
			expect(provisional).toMatchObject({ user: 'root@pam' });
			const undone = await helper.call('POST', `/changes/${provisional.id}/revert`);
			expect(undone.body.exit ?? { ok: undone.status === 200 }, JSON.stringify(undone)).toEqual({ ok: true });
			expect(await fingerprint(fail2ban.config)).toEqual(once);
			expect(await ask('get', 'sshd', 'maxretry')).toBe('5');
		});

		it('changes from preset to preset and leaves nothing of the one before', async () => {
			const once = await fingerprint(fail2ban.config);
			// nobody but the attackers is banned by that
			await post({ preset: 'one-attempt' });
			expect((await get()).preset).toBe('one-attempt');
			expect(await ask('get', 'sshd', 'maxretry')).toBe('1');
			expect(await ask('get', 'sshd', 'bantime.increment')).toMatch(/False|None/);
			expect(await readFile(join(fail2ban.config, 'jail.d/sshd.local'), 'utf8')).not.toContain('maxtime');
			expect(Object.keys(await fingerprint(fail2ban.config))).toEqual(Object.keys(once));
		});

		it('is undone byte for byte', async () => {
			for (const id of changes.reverse()) {
				const { body, status } = await helper.call('POST', `/changes/${id}/revert`, { force: true });
				expect(status === 200 && !('error' in (body.exit ?? {})), JSON.stringify(body)).toBe(true);
			}
			expect(await fingerprint(fail2ban.config)).toEqual(fresh);
		});
	});
}
