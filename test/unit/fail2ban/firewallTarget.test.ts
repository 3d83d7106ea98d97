import { describe, expect, it } from 'vitest';
import { fillTags, firewallTarget } from '../../../src/backend/fail2ban/firewallTarget.ts';

const nft = {
	actionban: 'nft add element inet <table> <addr_set> \\{ <ip> \\}',
	// as the server has them: a tag that a jail fills is gone from the commands, and left in the parameters
	actioncheck: "nft list chain inet <table> f2b-chain | grep -q '@<addr_set>[ \\t]'",
	actionstart: 'nft -- add chain inet <table> f2b-chain \\{ type filter hook input priority -1 \\; \\}',
	chain: '<known/chain>',
	table: 'f2b-table',
	name: 'sshd',
	addr_set: 'addr-set-<name>',
	'addr_set?family=inet6': 'addr6-set-<name>',
};
const iptables = {
	actionban: '<iptables> -I f2b-sshd 1 -s <ip> -j <blocktype>',
	iptables: 'iptables <lockingopt>',
	'iptables?family=inet6': 'ip6tables <lockingopt>',
	lockingopt: '-w',
	actioncheck:
		"for proto in $(echo 'tcp' | sed 's/,/ /g'); do\n<iptables> -C INPUT -p $proto -m multiport --dports ssh -j f2b-sshd\ndone",
	actionstart:
		'{ <iptables> -C f2b-sshd -j RETURN >/dev/null 2>&1; } || { <iptables> -N f2b-sshd || true; <iptables> -A f2b-sshd -j RETURN; }',
	chain: '<known/chain>',
};
const ipset = {
	...iptables,
	actionban: 'ipset -exist add <ipmset> <ip> timeout 0',
	actioncheck: '',
	actionstart:
		'ipset -exist create <ipmset> hash:ip timeout 0\n{ <iptables> -C INPUT -p tcp -m set --match-set <ipmset> src -j REJECT >/dev/null 2>&1; } || { <iptables> -I INPUT -p tcp -m set --match-set <ipmset> src -j REJECT; }',
	ipmset: 'f2b-sshd',
	'ipmset?family=inet6': 'f2b-sshd6',
};

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
		expect(targetOf({ ...iptables, iptables: '/usr/sbin/iptables-legacy -w 5' }, 4)).toEqual({
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
		expect(targetOf({ ...nft, actionban })).toBeNull();
	});

	it.each([
		{ ...nft, table: 'x; flush ruleset' },
		{ ...nft, addr_set: '-f' },
		{ ...nft, actioncheck: 'nft list chain inet t {}', actionstart: '' },
		{ ...iptables, actioncheck: 'iptables -C -F -j f2b-sshd' },
		{ ...iptables, actionban: 'iptables -I --flush 1 -s <ip> -j DROP' },
		{ ...ipset, actionban: 'ipset add -file <ip>' },
		{ ...ipset, ipmset: '-file' },
	])('takes no name that a program could read as more than a name (%#)', (properties) => {
		expect(targetOf(properties)).toBeNull();
	});

	it('knows nothing of an address for which no rule is set up', () => {
		expect(targetOf({ ...nft, actioncheck: '', actionstart: '' })).toBeNull();
		expect(targetOf({ ...iptables, actioncheck: '' })).toBeNull();
		expect(targetOf({ ...ipset, actionstart: '' })).toBeNull();
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
