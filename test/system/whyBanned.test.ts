import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BanDetail, BanOfJail } from '../../src/contract/types.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { until } from '../support/until.ts';

const attacker = '198.51.100.7';

function stamp(): string {
	const [, month, day, , clock] = /^\w+ (\w+) (\d+) (\d+) (\S+)/.exec(new Date().toString()) ?? [];
	return `${month} ${String(Number(day)).padStart(2)} ${clock}`;
}

describe.each(releases().map((release) => [release.version, release] as const))(
	'why fail2ban %s banned an address',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, {
				files: { 'jail.d/more.local': '[DEFAULT]\nbantime.increment = true\nbantime = 1h\n' },
			});
			helper = await startTestHelper(fail2ban);
			await attack();
			await fail2ban.client('set', 'pam-generic', 'banip', attacker, '2001:db8::9');
			await seen(
				(detail) => detail.jails.length === 2 && detail.jails.every(({ failures }) => failures !== null),
			);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		const why = async (ip = attacker, user = 'root@pam') => {
			const { status, body } = await helper.call('GET', `/bans/${encodeURIComponent(ip)}`, {}, user);
			expect(status).toBe(200);
			return body.data as BanDetail;
		};
		const seen = (wanted: (detail: BanDetail) => boolean, ip = attacker) =>
			until(() => why(ip), `the detail of ${ip} as wanted`, wanted);
		const users = ['root', '😀', '用户', 'e\u0301ve', '👩‍👩‍👧 x'];
		/** Five failed log-ins, the limit of the jail. */
		const attack = async () => {
			const line = (n: number) =>
				`${stamp()} pve1 sshd[${1000 + n}]: Failed password for invalid user ${users[n]} from ${attacker} port ${4000 + n} ssh2\n`;
			await appendFile(join(fail2ban.dir, 'logs/auth.log'), [0, 1, 2, 3, 4].map(line).join(''));
		};
		const ofJail = ({ jails }: BanDetail, name: string) =>
			jails.find(({ jail }) => jail === name) as BanOfJail;

		it('tells since when, until when and how often, and that no firewall is asked for an action that has none', async () => {
			const sshd = ofJail(await why(), 'sshd');
			expect(sshd).toMatchObject({ bantime: 3600, count: 1, enforced: null, failures: 5 });
			expect(Math.abs(sshd.since - Date.now() / 1000)).toBeLessThan(60);
			expect(sshd.until).toBe(sshd.since + 3600);
		});

		it('shows the lines that led to it, with the address marked', async () => {
			const { lines } = ofJail(await why(), 'sshd');
			expect(lines).toHaveLength(5);
			for (const { text, spans } of lines ?? []) {
				expect(text).toMatch(/sshd\[100\d\]: Failed password for invalid user .+ from 198\.51\.100\.7 port/);
				expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual([attacker]);
			}
		});

		it('tells a ban by hand from one by failures', async () => {
			expect(ofJail(await why(), 'pam-generic')).toMatchObject({ failures: 0, lines: [] });
		});

		it('keeps the lines from callers without Sys.Syslog', async () => {
			const detail = await why(attacker, 'audit@pve');
			expect(detail.jails.map(({ lines }) => lines)).toEqual([null, null]);
			expect(ofJail(detail, 'sshd').failures).toBe(5);
			expect(JSON.stringify(detail)).not.toContain('Failed password');
		});

		it('finds an IPv6 address however it is written', async () => {
			const { ip, jails } = await why('2001:DB8:0::9');
			expect([ip, jails.map(({ jail }) => jail)]).toEqual(['2001:db8::9', ['pam-generic']]);
		});

		it('tells the newest failure that still counts, per jail', async () => {
			const detail = await why();
			const { 'last-failure': lastFailure, since } = ofJail(detail, 'sshd');
			expect(Math.abs((lastFailure ?? 0) - since)).toBeLessThan(30);
			expect(ofJail(detail, 'pam-generic')['last-failure']).toBeNull();
		});

		it('explains a banned network, and tells it from its addresses', async () => {
			await fail2ban.client('set', 'pam-generic', 'banip', '203.0.113.0/24', '203.0.113.0');
			const detail = await seen((one) => one.jails.length === 0, '203.0.113.77');
			expect(detail.jails).toEqual([]);
			const net = await seen((one) => one.history.length > 0, '203.0.113.0_24');
			expect(net.ip).toBe('203.0.113.0/24');
			expect(net.jails).toMatchObject([
				{ jail: 'pam-generic', failures: 0, lines: [], 'last-failure': null },
			]);
			expect(net.history.map(({ jail, event }) => [jail, event])).toEqual([['pam-generic', 'ban']]);
			const single = await seen((one) => one.history.length > 0, '203.0.113.0');
			expect([single.ip, single.jails.length, single.history.length]).toEqual(['203.0.113.0', 1, 1]);
		});

		it('knows nothing of an address that was never met, and wants no slash', async () => {
			expect(await why('198.51.100.70')).toEqual({
				ip: '198.51.100.70',
				jails: [],
				history: [],
				complete: true,
			});
			expect((await helper.call('GET', `/bans/${encodeURIComponent('10.0.0.0/8')}`)).status).toBe(400);
		});

		it('tells what happened before, with unbans that the database forgot', async () => {
			await fail2ban.client('set', 'sshd', 'unbanip', attacker);
			await sleep(1100);
			await attack();
			const detail = await seen((one) => ofJail(one, 'sshd')?.failures === 5);
			const sshd = detail.history.filter(({ jail }) => jail === 'sshd').map(({ event }) => event);
			expect(sshd).toEqual(['ban', ...Array(5).fill('found'), 'unban', 'ban', ...Array(5).fill('found')]);
			expect(detail.history.find(({ jail }) => jail === 'pam-generic')).toMatchObject({
				event: 'ban',
				count: 1,
				bantime: 3600,
			});
			expect(detail.complete).toBe(true);
		});

		it('reads rotated logs, compressed ones too, and no other address', async () => {
			const old = (day: string, ip: string) =>
				`${day} 10:00:00,000 fail2ban.actions        [1]: NOTICE  [sshd] Ban ${ip}\n`;
			await writeFile(
				`${fail2ban.log}.2.gz`,
				gzipSync(old('2026-01-01', attacker) + old('2026-01-02', '198.51.100.70')),
			);
			await writeFile(`${fail2ban.log}.1`, old('2026-02-01', attacker) + old('2026-02-02', '1198.51.100.7'));
			const { history } = await why();
			const days = history.map(({ time }) => new Date(time * 1000).toDateString());
			expect(days.slice(-2)).toEqual(['Sun Feb 01 2026', 'Thu Jan 01 2026']);
			expect((await why('198.51.100.70')).history).toHaveLength(1);
		});

		it('still answers without log and database', async () => {
			await rename(fail2ban.log, `${fail2ban.log}.away`);
			await rename(fail2ban.database, `${fail2ban.database}.away`);
			const detail = await why();
			expect(ofJail(detail, 'sshd')).toMatchObject({ failures: null, lines: [] });
			expect(detail).toMatchObject({ complete: false });
			await rename(`${fail2ban.log}.away`, fail2ban.log);
			await rename(`${fail2ban.database}.away`, fail2ban.database);
		});
	},
);
