import { describe, expect, it } from 'vitest';
import { fillTags, firewallTarget } from '../../../src/backend/fail2ban/firewallTarget.ts';

const nft = {
	actionban: 'nft add element inet <table> <addr_set> \\{ <ip> \\}',
	table: 'f2b-table',
	chain: 'f2b-chain',
	name: 'sshd',
	addr_set: 'addr-set-<name>',
	'addr_set?family=inet6': 'addr6-set-<name>',
};
const iptables = {
	actionban: '<iptables> -I f2b-sshd 1 -s <ip> -j <blocktype>',
	iptables: 'iptables <lockingopt>',
	'iptables?family=inet6': 'ip6tables <lockingopt>',
	lockingopt: '-w',
	chain: 'INPUT',
};
const ipset = { ...iptables, ipmset: 'f2b-sshd', 'ipmset?family=inet6': 'f2b-sshd6' };

function targetOf(properties: object, family: 4 | 6 = 4) {
	return firewallTarget(new Map(Object.entries(properties)), family);
}

describe('firewallTarget', () => {
	it('finds the set of nftables for each family', () => {
		const found = { kind: 'nft', family: 'inet', table: 'f2b-table', chain: 'f2b-chain' };
		expect(targetOf(nft, 4)).toEqual({ ...found, set: 'addr-set-sshd' });
		expect(targetOf(nft, 6)).toEqual({ ...found, set: 'addr6-set-sshd' });
	});

	it('finds the chain of iptables and the program of each family', () => {
		const found = { kind: 'iptables', chain: 'f2b-sshd', from: 'INPUT' };
		expect(targetOf(iptables, 4)).toEqual({ ...found, program: 'iptables' });
		expect(targetOf(iptables, 6)).toEqual({ ...found, program: 'ip6tables' });
		expect(targetOf({ ...iptables, iptables: '/usr/sbin/iptables-legacy -w 5' })).toEqual({
			...found,
			program: 'iptables-legacy',
		});
	});

	it.each([
		'ipset -exist add <ipmset> <ip> timeout 0',
		'ipset --test <ipmset> <ip> ||  ipset --add <ipmset> <ip>',
	])('finds the set of %s', (actionban) => {
		expect(targetOf({ ...ipset, actionban }, 6)).toEqual({
			kind: 'ipset',
			program: 'ip6tables',
			set: 'f2b-sshd6',
			from: 'INPUT',
		});
	});

	it('finds the command among others of the action', () => {
		const actionban = `logger banned\n${nft.actionban}\ntrue`;
		expect(targetOf({ ...nft, actionban })).toMatchObject({ set: 'addr-set-sshd' });
	});

	it.each([
		['no command', ''],
		['mail', 'printf "<ip>" | mail root'],
		['a route', 'ip route add unreachable <ip>'],
		['another program', 'mynft add element inet t s { <ip> }'],
		['a mention', 'echo "iptables is not used for <ip>"'],
	])('knows nothing of %s', (_what, actionban) => {
		expect(targetOf({ ...nft, ...iptables, actionban })).toBeNull();
	});

	it.each([
		{ ...nft, table: 'x; flush ruleset' },
		{ ...nft, addr_set: '-f' },
		{ ...nft, chain: '{}' },
		{ ...nft, chain: '<nowhere>' },
		{ ...iptables, chain: '-F' },
		{ ...iptables, actionban: 'iptables -I --flush 1 -s <ip> -j DROP' },
		{ ...ipset, actionban: 'ipset add -file <ip>' },
	])('takes no name that a program could read as more than a name (%#)', (properties) => {
		expect(targetOf(properties)).toBeNull();
	});

	it('comes to an end with tags that name each other', () => {
		expect(
			fillTags(
				'<a> <ip>',
				new Map([
					['a', '<b>'],
					['b', '<a>'],
				]),
				4,
			),
		).toMatch(/<ip>$/);
	});
});
