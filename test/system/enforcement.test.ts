import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnforcementRow, JailRow } from '../../src/contract/types.ts';
import { releases } from '../support/fail2ban.ts';
import { type FirewalledNode, startFirewalledNode } from '../support/firewalledNode.ts';
import type { HelperAnswer } from '../support/helper.ts';
import { until } from '../support/until.ts';

const jail = (name: string, action: string) => `[${name}]
enabled = true
backend = polling
filter = sshd
logpath = @DIR@/logs/auth.log
bantime = 2h
${action}
`;

const jails = [
	jail('nft', 'banaction = nftables[type=multiport]'),
	jail('ipt', 'banaction = iptables-multiport'),
	jail('both', 'action = nftables-allports[name=both]\n         iptables-allports[name=both]'),
	jail('mute', 'banaction = noop'),
	jail('mail', 'action = own'),
].join('\n');

const own = '[Definition]\nactionban = echo <ip> >/dev/null\n';

const firewalled = ['both', 'ipt', 'nft'];
/** More than are put back one by one. */
const many = Array.from({ length: 21 }, (_, n) => `198.51.100.${n + 1}`);
const addresses = ['192.0.2.7', '2001:db8::7', ...many];

describe.each(releases().map((release) => [release.version, release] as const))(
	'the enforcement of fail2ban %s',
	(_version, release) => {
		let node: FirewalledNode;
		let net: FirewalledNode['net'];
		let fail2ban: FirewalledNode['fail2ban'];
		let helper: FirewalledNode['helper'];

		beforeAll(async () => {
			node = await startFirewalledNode(release, jails, { 'action.d/own.local': own });
			({ net, fail2ban, helper } = node);
			for (const name of [...firewalled, 'mute', 'mail'])
				await fail2ban.client('set', name, 'banip', ...addresses);
			await until(
				() => row('mail'),
				'all bans are counted',
				({ banned }) => banned === addresses.length,
			);
		});
		afterAll(() => node?.close());

		async function rows(): Promise<EnforcementRow[]> {
			return (await helper.call('GET', '/enforcement')).body.data;
		}
		async function row(name: string): Promise<EnforcementRow> {
			const found = (await rows()).find((one) => one.jail === name);
			if (found === undefined) throw new Error(`no row of ${name}`);
			return found;
		}
		const reapply = (name?: string): Promise<HelperAnswer> =>
			helper.call('POST', '/enforcement', name === undefined ? {} : { jail: name });
		/** Addresses with the end of their bans, as fail2ban has them. */
		const bans = async (name: string) =>
			(await fail2ban.client('get', name, 'banip', '--with-time')).stdout.split('\n').sort();

		it('counts every ban of every jail, and says why it does not know', async () => {
			const total = addresses.length;
			expect(
				(await rows()).map(({ jail: name, banned, enforced, 'missing-total': missingTotal }) => [
					name,
					banned,
					enforced,
					missingTotal,
				]),
			).toEqual([
				['both', total, total, 0],
				['ipt', total, total, 0],
				['mail', total, null, 0],
				['mute', total, null, 0],
				['nft', total, total, 0],
			]);
			expect((await row('mute')).reason).toBe("Action 'noop' does nothing when an address is banned.");
			expect((await row('mail')).reason).toContain('uses no firewall that can be checked');
			expect((await row('ipt')).target).toBe('iptables chain f2b-ipt, ip6tables chain f2b-ipt');
		});

		it('puts single bans back, and leaves all others, their times and their counts alone', async () => {
			const times = await bans('nft');
			const counts = (await fail2ban.client('status', 'nft')).stdout;
			const element = (set: string, ip: string) => ['element', 'inet', 'f2b-table', set, '{', ip, '}'];
			await net.must('nft', 'delete', ...element('addr6-set-nft', '2001:db8::7'));
			await net.must('nft', 'delete', ...element('addr-set-nft', '192.0.2.7'));
			await net.must('iptables', '-D', 'f2b-ipt', '1');
			expect((await row('nft')).missing).toEqual(['192.0.2.7', '2001:db8::7']);
			expect(await row('ipt')).toMatchObject({ enforced: addresses.length - 1, 'missing-total': 1 });
			const chain = await net.must('iptables', '-S', 'f2b-ipt');
			const { body, lines } = await reapply('nft');
			expect(body).toEqual({ exit: { ok: true } });
			expect(lines).toContain(`nft: all ${addresses.length} bans are enforced.`);
			// the other jail was not asked for
			expect(await net.must('iptables', '-S', 'f2b-ipt')).toBe(chain);
			expect((await reapply()).body).toEqual({ exit: { ok: true } });
			expect((await rows()).map(({ 'missing-total': missingTotal }) => missingTotal)).toEqual([
				0, 0, 0, 0, 0,
			]);
			expect(await bans('nft')).toEqual(times);
			expect((await fail2ban.client('status', 'nft')).stdout).toBe(counts);
		});

		it('finds that no rule leads to a chain, and puts it back', async () => {
			const rules = (await net.must('iptables', '-S', 'INPUT')).split('\n');
			const jump = rules.find((line) => line.endsWith('-j f2b-ipt')) ?? '';
			await net.must('iptables', ...jump.replace('-A ', '-D ').split(' '));
			const v4 = addresses.length - 1;
			expect(await row('ipt')).toMatchObject({
				enforced: 1,
				'missing-total': v4,
				reason: 'No rule of chain INPUT leads to iptables chain f2b-ipt.',
			});
			const listed = (await helper.call('GET', '/jails')).body.data as JailRow[];
			expect(listed.find((one) => one.jail === 'ipt')).toMatchObject({ enforcing: false });
			expect((await reapply('ipt')).body).toEqual({ exit: { ok: true } });
			expect(await net.must('iptables', '-S', 'INPUT')).toContain(jump);
		});

		it('says that a set of addresses cannot hold a network', async () => {
			await fail2ban.client('set', 'nft', 'banip', '203.0.113.0/24');
			expect(await row('nft')).toMatchObject({
				missing: ['203.0.113.0/24'],
				reason: 'nftables set inet f2b-table addr-set-nft holds single addresses only, not 203.0.113.0/24.',
			});
			const { body } = await reapply('nft');
			expect(body.exit.error).toContain('Still not enforced: nft (1 of');
			await fail2ban.client('set', 'nft', 'unbanip', '203.0.113.0/24');
		});

		it('holds every ban again after somebody flushed the firewall, and an unban reaches it', async () => {
			const times = await Promise.all(firewalled.map(bans));
			await net.must('nft', 'flush', 'ruleset');
			for (const name of firewalled) expect(await row(name)).toMatchObject({ enforced: 0 });
			const { body, lines } = await reapply();
			expect(body, lines?.join('\n')).toEqual({ exit: { ok: true } });
			for (const name of firewalled) expect(await row(name)).toMatchObject({ enforced: addresses.length });
			expect(await Promise.all(firewalled.map(bans))).toEqual(times);
			const all = [await net.must('nft', 'list', 'ruleset'), await net.must('ip6tables', '-S')].join('\n');
			for (const ip of addresses) expect(all).toContain(ip);
			await fail2ban.client('unban', ...addresses);
			const none = [await net.must('nft', 'list', 'ruleset'), await net.must('ip6tables', '-S')].join('\n');
			for (const ip of addresses) expect(none).not.toContain(ip);
			expect((await reapply()).lines).toEqual(['No ban is missing in the firewall, as far as is known.']);
		});

		it('shuts out nobody again who flushed the firewall to get in, unless that is forced', async () => {
			await fail2ban.client('set', 'nft', 'banip', '192.0.2.10');
			await net.must('nft', 'flush', 'ruleset');
			for (const [path, params] of [
				['/enforcement', {}],
				['/service', { command: 'restart', jail: 'nft' }],
			] as const)
				expect((await helper.call('POST', path, params)).body.error).toMatchObject({
					code: 'would-ban',
					errors: { 'would-ban': '192.0.2.10' },
				});
			expect(await net.must('nft', 'list', 'ruleset')).toBe('');
			expect((await helper.call('POST', '/enforcement', { force: true })).body).toEqual({
				exit: { ok: true },
			});
			expect(await net.must('nft', 'list', 'ruleset')).toContain('192.0.2.10');
		});

		it('knows only running jails', async () => {
			expect((await reapply('nosuch')).status).toBe(404);
		});
	},
);
