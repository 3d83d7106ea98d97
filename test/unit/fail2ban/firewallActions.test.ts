import { describe, expect, it } from 'vitest';
import type { Fail2banServer } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { ServerError } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import {
	bulkCommand,
	doesNothing,
	runAction,
	runBulk,
} from '../../../src/backend/fail2ban/firewallActions.ts';

const nft = { actioncheck: 'nft list chain inet t c' };
const ipt = { actioncheck: 'iptables -w -C INPUT -j f2b-x' };
const ips = { actioncheck: 'iptables -C INPUT -m set --match-set f2b-x src -j DROP' };
const bulk = (properties: Record<string, string>) => bulkCommand(new Map(Object.entries(properties)), 4);

describe('bulkCommand', () => {
	it('says to nftables what the action says for each address, in one transaction', () => {
		const command = bulk({ ...nft, actionban: 'nft add element inet t s \\{ <ip> \\}' });
		expect(command?.input(['192.0.2.1', '192.0.2.2'])).toBe(
			'add element inet t s { 192.0.2.1, 192.0.2.2 }\n',
		);
		expect([command?.program, ...(command?.args ?? [])]).toEqual(['nft', '-f', '-']);
	});
	it('adds rules to the chain of iptables, with the verdict of the action', () => {
		const actionban = 'iptables -w -I f2b-x 1 -s <ip> -j <blocktype>';
		const command = bulk({ ...ipt, actionban, blocktype: 'REJECT --reject-with icmp-port-unreachable' });
		expect(command?.program).toBe('iptables-restore');
		expect(command?.input(['192.0.2.1'])).toBe(
			'*filter\n-I f2b-x 1 -s 192.0.2.1 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n',
		);
	});
	it('keeps the variant of iptables', () => {
		const command = bulk({
			actioncheck: 'iptables-legacy -C INPUT -j f2b-x',
			actionban: 'iptables-legacy -I f2b-x 1 -s <ip> -j DROP',
		});
		expect(command?.program).toBe('iptables-legacy-restore');
	});
	it('adds members to an ipset, with their time-out', () => {
		const command = bulk({ ...ips, actionban: 'ipset -exist add f2b-x <ip> timeout 0' });
		expect(command?.input(['192.0.2.1'])).toBe('add f2b-x 192.0.2.1 timeout 0\n');
	});
	it.each([
		['does more', { ...nft, actionban: 'nft add element inet t s { <ip> }\nconntrack -D -s <ip>' }],
		['does more in one line', { ...nft, actionban: 'nft add element inet t s { <ip> }; logger <ip>' }],
		['needs the time of the ban', { ...ips, actionban: 'ipset add f2b-x <ip> timeout <bantime>' }],
		['asks the shell', { ...ipt, actionban: 'iptables -I f2b-x 1 -s <ip> -j $(cat /etc/verdict)' }],
		['adds behind the rule that returns', { ...ipt, actionban: 'iptables -A f2b-x -s <ip> -j DROP' }],
		['is for no firewall', { actionban: 'mail root' }],
	])('leaves an action to fail2ban that %s', (_what, properties) => {
		expect(bulk(properties)).toBeNull();
	});
});

describe('runAction', () => {
	it('has fail2ban run the method of the action itself, and tells which addresses failed', async () => {
		const sent: (readonly string[])[] = [];
		const server = {
			pipeline: async (commands: readonly (readonly string[])[]) => {
				sent.push(...commands);
				return [null, new ServerError('refused', 'Error banning 192.0.2.2')];
			},
		} as unknown as Fail2banServer;
		const bans = ['192.0.2.1', '192.0.2.2'].map((ip) => ({ ip, family: 4, remaining: 60 }) as const);
		const failed = await runAction(server, 'sshd', { action: 'nftables', method: 'ban' }, bans);
		expect(failed).toEqual(['192.0.2.2: Error banning 192.0.2.2']);
		expect(sent[0]?.slice(0, 5)).toEqual(['set', 'sshd', 'action', 'nftables', 'ban']);
		expect(JSON.parse(sent[0]?.[5] ?? '')).toMatchObject({
			aInfo: { ip: '192.0.2.1', family: 'inet4', bantime: 60, restored: 1 },
		});
	});
	it('does not take a server that is gone for an address that failed', async () => {
		const server = {
			pipeline: async () => [new ServerError('disconnected', 'gone')],
		} as unknown as Fail2banServer;
		const ban = { ip: '192.0.2.1', family: 4, remaining: 60 } as const;
		await expect(runAction(server, 'sshd', { action: 'x', method: 'ban' }, [ban])).rejects.toThrow('gone');
	});
});

describe('runBulk', () => {
	const command = { program: 'nft', args: ['-f', '-'], input: (list: readonly string[]) => list.join(' ') };
	it.each([
		[{ exit: 0 }, null],
		[{ exit: 1, stderr: 'Error: set is full\nadd element' }, 'Error: set is full'],
		[{ exit: 1 }, 'nft: exit 1'],
		[{ exit: null as never, timedOut: true }, 'nft does not answer.'],
	])('tells the first line of what the program says: %j', async (answer, said) => {
		const result = { signal: null, stdout: '', stderr: '', timedOut: false, ...answer };
		let input: string | undefined;
		const run = async (_program: string, _args: readonly string[], options?: { input?: string }) => {
			input = options?.input;
			return result;
		};
		expect(await runBulk(run, command, ['a', 'b'])).toBe(said);
		expect(input).toBe('a b');
	});
});

describe('doesNothing', () => {
	it.each([
		['noop', '', true],
		['mine', ' \n', true],
		['mine', ':', true],
		['dummy', 'printf x >> /run/x', true],
		['sendmail', 'mail root', false],
		['nftables', 'nft add element', false],
	])('%s with actionban %j: %s', (name, actionban, nothing) => {
		expect(doesNothing({ name, properties: new Map([['actionban', actionban]]) })).toBe(nothing);
	});
	it('does not know an action of Python, which has no such command', () => {
		expect(doesNothing({ name: 'smtp', properties: new Map() })).toBe(false);
	});
});
