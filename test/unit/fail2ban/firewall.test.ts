import { describe, expect, it } from 'vitest';
import type { Answer, Fail2banServer } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { ServerError } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { createFirewall } from '../../../src/backend/fail2ban/firewall.ts';
import { CommandError } from '../../../src/backend/fail2ban/runCommand.ts';

type Actions = Record<string, Record<string, Answer>>;

function serverWith(actions: Actions): Fail2banServer {
	const answer = ([, , what, name = '', property = '']: readonly string[]): Answer | ServerError => {
		const properties = actions[name] ?? {};
		if (what === 'actionproperties') return [...Object.keys(properties), 'ESCAPE_CRE', 'gone'];
		return properties[property] ?? new ServerError('refused', `no attribute '${property}'`);
	};
	return {
		actions: async () => Object.keys(actions),
		pipeline: async (commands: readonly (readonly string[])[]) => commands.map(answer),
	} as unknown as Fail2banServer;
}

interface Reply {
	exit?: number;
	stdout?: string;
	stderr?: string;
	timedOut?: boolean;
}

/** Answers by the first words of the command line. */
function firewall(actions: Actions, replies: Record<string, Reply>) {
	const asked: string[] = [];
	const isEnforced = createFirewall(serverWith(actions), async (program, args) => {
		const line = [program, ...args].join(' ');
		asked.push(line);
		const reply = Object.entries(replies).find(([start]) => line.startsWith(start))?.[1];
		if (reply === undefined) throw new CommandError('not-started', `${program} cannot be started`);
		return { exit: 0, signal: null, stdout: '', stderr: '', timedOut: false, ...reply };
	});
	const v4 = { text: '192.0.2.1', family: 4, single: true } as const;
	return { asked, enforced: (address = {}) => isEnforced('sshd', { ...v4, ...address }) };
}

const nft = {
	actionban: 'nft add element inet t addr-set-sshd { <ip> }',
	actioncheck: 'nft list chain inet t c',
};
const iptables = {
	actionban: 'iptables -w -I f2b-sshd 1 -s <ip> -j REJECT',
	actioncheck: 'iptables -w -C INPUT -j f2b-sshd',
};
const ipset = {
	actionban: 'ipset add f2b-sshd <ip>',
	actioncheck: 'iptables -C INPUT -m set --match-set f2b-sshd src -j DROP',
};
const mail = { actionban: 'mail root', timeout: 60 };

const inSet = { 'nft get element': {} };
const usesSet = { 'nft -t list chain': { stdout: 'tcp dport 22 ip saddr @addr-set-sshd reject\n' } };
const none = { exit: 1, stderr: 'Error: Could not process rule: No such file or directory' };
const denied = { exit: 1, stderr: 'Error: Could not process rule: Operation not permitted' };
const chain = {
	'iptables -w 1 -S f2b-sshd': { stdout: '-N f2b-sshd\n-A f2b-sshd -s 192.0.2.1/32 -j REJECT\n' },
};
const jump = { 'iptables -w 1 -S INPUT': { stdout: '-P INPUT ACCEPT\n-A INPUT -p tcp -j f2b-sshd\n' } };

describe('createFirewall', () => {
	it('asks nftables for the element and for the rule, in words of their own', async () => {
		const { enforced, asked } = firewall({ nft }, { ...inSet, ...usesSet });
		expect(await enforced()).toBe(true);
		expect(asked).toEqual([
			'nft get element inet t addr-set-sshd { 192.0.2.1 }',
			'nft -t list chain inet t c',
		]);
	});

	it.each<[string, Record<string, Reply>]>([
		['its set lacks the address', { 'nft get element': none, ...usesSet }],
		[
			'no rule looks into its set',
			{ ...inSet, 'nft -t list chain': { stdout: 'ip saddr @addr-set-sshd2 drop' } },
		],
		['its chain is gone', { ...inSet, 'nft -t list chain': none }],
	])('is not enforced by nftables when %s', async (_what, replies) => {
		expect(await firewall({ nft }, replies).enforced()).toBe(false);
	});

	it.each<[string, Record<string, Reply>]>([
		['may not be asked', { 'nft get element': denied, ...usesSet }],
		['does not answer in time', { 'nft get element': { exit: null as never, timedOut: true }, ...usesSet }],
		['is not installed', {}],
	])('is not known when nftables %s', async (_what, replies) => {
		expect(await firewall({ nft }, replies).enforced()).toBeNull();
	});

	it('finds the rule of iptables and the jump to its chain', async () => {
		expect(await firewall({ iptables }, { ...chain, ...jump }).enforced()).toBe(true);
	});

	it.each<[string, Record<string, Reply>]>([
		[
			'another address is banned',
			{ 'iptables -w 1 -S f2b-sshd': { stdout: '-A f2b-sshd -s 192.0.2.10/32 -j REJECT' }, ...jump },
		],
		[
			'the rule lets it through',
			{ 'iptables -w 1 -S f2b-sshd': { stdout: '-A f2b-sshd -s 192.0.2.1/32 -j RETURN' }, ...jump },
		],
		[
			'the chain is gone',
			{
				'iptables -w 1 -S f2b-sshd': { exit: 1, stderr: 'iptables: No chain/target/match by that name.' },
				...jump,
			},
		],
		[
			'nothing jumps to the chain',
			{ ...chain, 'iptables -w 1 -S INPUT': { stdout: '-A INPUT -j f2b-sshd-ddos' } },
		],
	])('is not enforced by iptables when %s', async (_what, replies) => {
		expect(await firewall({ iptables }, replies).enforced()).toBe(false);
	});

	it('asks ipset for the entry and iptables for the rule', async () => {
		const rule = {
			'iptables -w 1 -S INPUT': { stdout: '-A INPUT -m set --match-set f2b-sshd src -j REJECT' },
		};
		expect(await firewall({ ipset }, { 'ipset test f2b-sshd 192.0.2.1': {}, ...rule }).enforced()).toBe(true);
		const notIn = { exit: 1, stderr: 'Warning: 192.0.2.1 is NOT in set f2b-sshd.' };
		expect(await firewall({ ipset }, { 'ipset test': notIn, ...rule }).enforced()).toBe(false);
		const gone = { exit: 1, stderr: 'The set with the given name does not exist' };
		expect(await firewall({ ipset }, { 'ipset test': gone, ...rule }).enforced()).toBe(false);
	});

	it('looks for a network as a network', async () => {
		const { enforced } = firewall(
			{ iptables },
			{ 'iptables -w 1 -S f2b-sshd': { stdout: '-A f2b-sshd -s 192.0.2.0/24 -j REJECT' }, ...jump },
		);
		expect(await enforced({ text: '192.0.2.0/24', single: false })).toBe(true);
	});

	it('wants every firewall action to hold the ban, and no other action', async () => {
		expect(await firewall({ nft, mail }, { ...inSet, ...usesSet }).enforced()).toBe(true);
		expect(await firewall({ nft, iptables }, { ...inSet, ...usesSet, ...chain, ...jump }).enforced()).toBe(
			true,
		);
		const lost = { ...chain, 'iptables -w 1 -S INPUT': { stdout: '-P INPUT ACCEPT' } };
		expect(await firewall({ nft, iptables }, { ...inSet, ...usesSet, ...lost }).enforced()).toBe(false);
		expect(await firewall({ nft, iptables }, { ...inSet, ...usesSet }).enforced()).toBeNull();
	});

	it('knows nothing of a jail without a firewall action', async () => {
		const { enforced, asked } = firewall({ mail }, {});
		expect(await enforced()).toBeNull();
		expect(asked).toEqual([]);
		expect(await firewall({}, {}).enforced()).toBeNull();
	});
});
