import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BanDetail } from '../../src/contract/types.ts';
import { releases } from '../support/fail2ban.ts';
import { type FirewalledNode, startFirewalledNode } from '../support/firewalledNode.ts';
import { until } from '../support/until.ts';

const jail = (name: string, action: string) => `[${name}]
enabled = true
backend = polling
filter = sshd
logpath = @DIR@/logs/auth.log
${action}
`;

const jails = [
	jail('nft', 'banaction = nftables[type=multiport]'),
	jail('nft-all', 'banaction = nftables-allports'),
	jail('ipt', 'banaction = iptables-multiport'),
	jail('ipt-all', 'banaction = iptables-allports'),
	jail('both', 'action = nftables-multiport[name=both]\n         iptables-multiport[name=both]'),
	jail('mute', 'banaction = noop'),
].join('\n');

const firewalled = ['both', 'ipt', 'ipt-all', 'nft', 'nft-all'];
const addresses = ['192.0.2.7', '2001:db8::7'];

describe.each(releases().map((release) => [release.version, release] as const))(
	'the firewall of fail2ban %s',
	(_version, release) => {
		let node: FirewalledNode;
		let net: FirewalledNode['net'];
		let fail2ban: FirewalledNode['fail2ban'];
		let helper: FirewalledNode['helper'];

		beforeAll(async () => {
			node = await startFirewalledNode(release, jails);
			({ net, fail2ban, helper } = node);
			for (const name of [...firewalled, 'mute']) await fail2ban.client('set', name, 'banip', ...addresses);
			// fail2ban answers before its actions have run
			await until(
				async () => [await looked('192.0.2.7'), await looked('2001:db8::7')],
				'the bans are in the firewall',
				(found) => found.every((jails) => firewalled.every((name) => jails[name] === true)),
			);
		});
		afterAll(() => node?.close());

		/** What is said of each jail once the firewall could be looked into: on a busy node that may take a second try. */
		const enforcement = (ip: string) =>
			until(
				() => looked(ip),
				'the firewall could be looked into',
				(found) => firewalled.every((name) => found[name] !== null),
			);

		async function looked(ip: string): Promise<Record<string, boolean | null>> {
			const { body } = await helper.call('GET', `/bans/${encodeURIComponent(ip)}`);
			const { jails: found } = body.data as BanDetail;
			return Object.fromEntries(found.map(({ jail: name, enforced }) => [name, enforced]));
		}

		const all = (enforced: boolean) => Object.fromEntries(firewalled.map((name) => [name, enforced]));

		it.each(addresses)('holds the ban of %s for every action that is one of the firewall', async (ip) => {
			expect(await enforcement(ip)).toEqual({ ...all(true), mute: null });
		});

		it('is not changed by being asked', async () => {
			const before = await net.must('nft', 'list', 'ruleset');
			expect(before).toContain('192.0.2.7');
			await enforcement('192.0.2.7');
			expect(await net.must('nft', 'list', 'ruleset')).toBe(before);
		});

		it('is seen to have lost one address from a set', async () => {
			await net.must(
				'nft',
				'delete',
				'element',
				'inet',
				'f2b-table',
				'addr6-set-nft',
				'{',
				'2001:db8::7',
				'}',
			);
			expect(await enforcement('2001:db8::7')).toEqual({ ...all(true), nft: false, mute: null });
			expect(await enforcement('192.0.2.7')).toMatchObject({ nft: true });
		});

		it('is seen to have lost one address from a chain', async () => {
			const rules = await net.must('iptables', '-S', 'f2b-ipt');
			const rule = rules.split('\n').find((line) => line.includes('192.0.2.7')) ?? '';
			await net.must('iptables', ...rule.replace('-A ', '-D ').split(' '));
			expect(await enforcement('192.0.2.7')).toEqual({ ...all(true), ipt: false, mute: null });
		});

		it('is seen to keep addresses that no rule looks at any more', async () => {
			const rules = await net.must('iptables', '-S', 'INPUT');
			const jump = rules.split('\n').find((line) => line.endsWith('-j f2b-ipt-all')) ?? '';
			await net.must('iptables', ...jump.replace('-A ', '-D ').split(' '));
			await net.must('nft', 'flush', 'chain', 'inet', 'f2b-table', 'f2b-chain');
			expect(await enforcement('192.0.2.7')).toEqual({ ...all(false), mute: null });
		});

		it('is seen to be empty after somebody flushed it, though fail2ban still counts the bans', async () => {
			await net.must('nft', 'flush', 'ruleset');
			for (const ip of addresses) expect(await enforcement(ip)).toEqual({ ...all(false), mute: null });
			expect((await fail2ban.client('get', 'nft', 'banip')).stdout).toContain('192.0.2.7');
		});

		it('holds the ban again after the jail was restarted', async () => {
			await fail2ban.client('restart', 'nft');
			const held = () => enforcement('192.0.2.7');
			await until(held, 'the firewall holds the ban again', ({ nft }) => nft === true);
		});
	},
);
