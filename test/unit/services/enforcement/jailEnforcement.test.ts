import { describe, expect, it } from 'vitest';
import { FirewallState } from '../../../../src/backend/fail2ban/FirewallState.ts';
import { CommandError } from '../../../../src/backend/fail2ban/runCommand.ts';
import { HeldAddresses } from '../../../../src/backend/services/enforcement/HeldAddresses.ts';
import { jailEnforcement } from '../../../../src/backend/services/enforcement/jailEnforcement.ts';

interface Reply {
	exit?: number;
	stdout?: string;
	stderr?: string;
	timedOut?: boolean;
}

function firewall(replies: Record<string, Reply>) {
	const asked: string[] = [];
	const look = new FirewallState(async (program, args) => {
		const line = [program, ...args].join(' ');
		asked.push(line);
		const reply = Object.entries(replies).find(([start]) => line.startsWith(start))?.[1];
		if (reply === undefined) throw new CommandError('not-started', `${program} cannot be started`);
		return { exit: 0, signal: null, stdout: '', stderr: '', timedOut: false, ...reply };
	});
	return { asked, look };
}

const action = (name: string, properties: Record<string, string>) => ({
	name,
	properties: new Map(Object.entries(properties)),
});
const nft = action('nftables', {
	actionban: 'nft add element inet t <set> { <ip> }',
	actioncheck: 'nft list chain inet t c',
	set: 's4',
	'set?family=inet6': 's6',
});
const ipt = action('iptables', {
	actionban: 'iptables -I f2b-x 1 -s <ip> -j DROP',
	actioncheck: 'iptables -C INPUT -j f2b-x',
});
const noop = action('noop', { actionban: '' });
const mail = action('mail', { actionban: 'mail root' });

const held = (...elem: string[]) => ({ stdout: JSON.stringify({ nftables: [{ set: { elem } }] }) });
const rules = { 'nft -t list chain': { stdout: 'ip saddr @s4 drop\nip6 saddr @s6 drop\n' } };
const both = {
	'nft -j list set inet t s4': held('192.0.2.1'),
	'nft -j list set inet t s6': held('2001:db8::1'),
};
const chain = {
	'iptables -w 1 -S f2b-x': { stdout: '-N f2b-x\n-A f2b-x -s 192.0.2.1/32 -j DROP\n' },
	'iptables -w 1 -S INPUT': { stdout: '-A INPUT -j f2b-x\n' },
};
const none = { exit: 1, stderr: 'Error: No such file or directory\n' };

describe('lookAtJail', () => {
	it('asks once for each list and each chain, and names what is missing', async () => {
		const { look, asked } = firewall({ ...rules, ...both });
		const { row } = await jailEnforcement('x', ['192.0.2.1', '192.0.2.2', '2001:db8::1'], [nft], look);
		expect(row).toEqual({
			jail: 'x',
			target: 'nftables set inet t s4, nftables set inet t s6',
			banned: 3,
			enforced: 2,
			missing: ['192.0.2.2'],
			'missing-total': 1,
			reason: null,
		});
		await jailEnforcement('y', ['192.0.2.1'], [nft], look);
		expect(asked).toHaveLength(3);
	});

	it('counts a ban only if every firewall of the jail holds it', async () => {
		const { look } = firewall({ ...rules, 'nft -j list set inet t s4': held(), ...chain });
		const found = await jailEnforcement('x', ['192.0.2.1'], [nft, ipt, mail], look);
		expect(found.row).toMatchObject({ enforced: 0, missing: ['192.0.2.1'] });
		expect(found.broken).toBe(false);
	});

	it('counts what stands in the firewall and is looked at by no rule for nothing', async () => {
		const { look } = firewall({ ...both, 'nft -t list chain': { stdout: 'ip saddr @s44 drop' } });
		const { row, broken } = await jailEnforcement('x', ['192.0.2.1'], [nft], look);
		expect(row).toMatchObject({
			enforced: 0,
			reason: 'No rule of chain c leads to nftables set inet t s4.',
		});
		expect(broken).toBe(true);
	});

	it('tells a set that is gone, and a chain that went with its table', async () => {
		const gone = firewall({ ...rules, 'nft -j list set': none });
		const { row } = await jailEnforcement('x', ['192.0.2.1'], [nft], gone.look);
		expect(row).toMatchObject({ enforced: 0, reason: 'Not in the firewall: nftables set inet t s4.' });
		const table = firewall({
			'iptables -w 1 -S f2b-x': { exit: 1, stderr: 'chain `f2b-x` in table `filter` is incompatible' },
			'iptables -w 1 -S INPUT': { stdout: '-P INPUT ACCEPT\n' },
		});
		expect((await jailEnforcement('x', ['192.0.2.1'], [ipt], table.look)).row.enforced).toBe(0);
	});

	it.each<[string, Record<string, Reply>, string]>([
		['is not installed', {}, 'nft cannot be started'],
		[
			'does not answer',
			{ ...rules, 'nft -j list set': { exit: null as never, timedOut: true } },
			'does not answer',
		],
		[
			'may not be asked',
			{ ...rules, 'nft -j list set': { exit: 1, stderr: 'Operation not permitted\n' } },
			'Operation',
		],
		[
			'prints no JSON',
			{ ...rules, 'nft -j list set': { stdout: 'JSON support not compiled-in' } },
			'cannot be read',
		],
	])('does not know when nftables %s', async (_what, replies, reason) => {
		const { row, missing } = await jailEnforcement('x', ['192.0.2.1'], [nft], firewall(replies).look);
		expect(row).toMatchObject({
			enforced: null,
			'missing-total': 0,
			reason: expect.stringContaining(reason),
		});
		expect(missing).toEqual([]);
	});

	it('does not know of actions for no firewall, and knows those that do nothing', async () => {
		const { look } = firewall({});
		expect((await jailEnforcement('x', ['192.0.2.1'], [mail], look)).row).toMatchObject({
			target: null,
			enforced: null,
		});
		const { row, idle } = await jailEnforcement('x', ['192.0.2.1'], [noop], look);
		expect(row).toMatchObject({
			enforced: null,
			reason: "Action 'noop' does nothing when an address is banned.",
		});
		expect(idle).toBe(true);
		expect((await jailEnforcement('x', ['192.0.2.1'], [noop, mail], look)).idle).toBe(false);
	});

	it('enforces nothing without actions', async () => {
		const { row, idle } = await jailEnforcement('x', ['192.0.2.1'], [], firewall({}).look);
		expect(row).toMatchObject({ enforced: 0, 'missing-total': 1, reason: 'The jail runs without actions.' });
		expect(idle).toBe(true);
	});

	it('tells bans that a set can never hold', async () => {
		const { look } = firewall({ ...rules, ...both });
		expect((await jailEnforcement('x', ['192.0.2.0/24'], [nft], look)).row.reason).toBe(
			'nftables set inet t s4 holds single addresses only, not 192.0.2.0/24.',
		);
		expect((await jailEnforcement('x', ['nobody'], [nft], look)).row.reason).toBe(
			"'nobody' is not an address.",
		);
	});

	it('is not broken by a set that fail2ban only makes for its first ban', async () => {
		const { look } = firewall({ 'nft -j list set': none, 'nft -t list chain': none });
		const { row, broken } = await jailEnforcement('x', [], [nft], look);
		expect(row).toMatchObject({ banned: 0, enforced: 0, reason: null });
		expect(broken).toBe(false);
	});

	it('names the first hundred of many', async () => {
		const { look } = firewall({ ...rules, 'nft -j list set inet t s4': held() });
		const many = Array.from({ length: 300 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
		const { row, missing } = await jailEnforcement('x', many, [nft], look);
		expect([row.missing.length, row['missing-total'], missing.length]).toEqual([100, 300, 300]);
	});
});

describe('HeldAddresses', () => {
	const list = (singles: string[], wide: string[]) =>
		new HeldAddresses({ singles: new Set(singles), wide, singlesOnly: false });
	it.each<[string, boolean]>([
		['10.1.2.3', true],
		['11.0.0.0', false],
		['12.0.0.5', true],
		['12.0.0.10', false],
		['10.1.0.0/16', true],
		['0.0.0.0/0', false],
		['12.0.0.0/29', false],
		['2001:db8:1::7', true],
		['2001:db9::', false],
		['nobody', false],
	])('%s in networks and ranges: %s', (ip, has) => {
		const held = list(['9.9.9.9'], ['10.0.0.0/8', '10.2.0.0/16', '12.0.0.1-12.0.0.9', '2001:db8::/32']);
		expect(held.has(ip)).toBe(has);
	});
	it('finds a network whose addresses stand there one by one', () => {
		const four = ['192.0.2.0', '192.0.2.1', '192.0.2.2', '192.0.2.3'];
		expect(list(four, []).has('192.0.2.0/30')).toBe(true);
		expect(list(four.slice(1), []).has('192.0.2.0/30')).toBe(false);
	});
});
