import { describe, expect, it } from 'vitest';
import { type Fail2banServer, ServerError } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import { FirewallState } from '../../../../src/backend/fail2ban/FirewallState.ts';
import { BanTable } from '../../../../src/backend/services/bans/BanTable.ts';
import { jailEnforcement } from '../../../../src/backend/services/enforcement/jailEnforcement.ts';
import { reapply } from '../../../../src/backend/services/enforcement/reapply.ts';

const now = 2_000_000_000;
const nft = {
	name: 'nftables',
	properties: new Map([
		['actionban', 'nft add element inet t s { <ip> }'],
		['actioncheck', 'nft list chain inet t c'],
	]),
};

/** A fail2ban with one jail, whose firewall is a set in memory. */
function node(given: {
	bans: string[];
	held?: string[];
	rule?: boolean;
	repairs?: boolean;
	bulkFails?: boolean;
	/** fail2ban's action fails for each address. */
	fails?: boolean;
	/** fail2ban does not answer when it is told to ban this one. */
	breaksAt?: string;
}) {
	const { bans, repairs = true, bulkFails = false } = given;
	const held = new Set(given.held ?? []);
	let rule = given.rule ?? true;
	/** fail2ban lifts it while bans are put back. */
	const lifted = new Set<string>();
	const told: string[] = [];
	const lines: string[] = [];
	const run = async (program: string, args: readonly string[], options?: { input?: string }) => {
		const answer = { exit: 0, signal: null, stdout: '', stderr: '', timedOut: false };
		if (args[0] === '-f') {
			told.push(`bulk ${options?.input?.split(',').length}`);
			if (bulkFails) return { ...answer, exit: 1, stderr: 'Error: no\n' };
			for (const ip of options?.input?.match(/\d+\.\d+\.\d+\.\d+/g) ?? []) held.add(ip);
			return answer;
		}
		if (args.includes('chain')) return { ...answer, stdout: rule ? 'ip saddr @s drop' : 'accept' };
		if (program !== 'nft') throw new Error(program);
		return { ...answer, stdout: JSON.stringify({ nftables: [{ set: { elem: [...held] } }] }) };
	};
	const method = ([, , , , name, json]: readonly string[]) => {
		const { ip } = json === undefined ? { ip: '' } : JSON.parse(json).aInfo;
		told.push(name === 'consistencyCheck' ? 'check' : `${name} ${ip}`);
		if (name === 'consistencyCheck' && repairs) {
			rule = true;
			held.clear();
		}
		if (name === 'ban' && ip === given.breaksAt) throw new ServerError('timeout', 'no answer');
		if (name === 'ban' && given.fails) return new ServerError('refused', 'Error starting action');
		if (name === 'ban') held.add(ip);
		if (name === 'unban') held.delete(ip);
		return null;
	};
	const server = {
		command: async (words: readonly string[]) =>
			words[0] === 'get' ? bans.filter((ip) => !lifted.has(ip)) : method(words),
		pipeline: async (commands: readonly (readonly string[])[]) => commands.map(method),
	} as unknown as Fail2banServer;
	const list = bans.map((ip) => ({ ip, since: now - 10, bantime: 60, until: now + 50 }));
	const table = new BanTable(new Map([['sshd', list]]), () => 1);
	const of = async () => [
		await jailEnforcement(
			'sshd',
			bans.filter((ip) => !lifted.has(ip)),
			[nft],
			new FirewallState(run),
		),
	];
	return {
		held,
		told,
		lines,
		lifted,
		reapply: () =>
			reapply(
				{
					server,
					run,
					bans: { currentTable: async () => table },
					enforcement: { of },
					now: () => now * 1000,
				},
				['sshd'],
				(line) => lines.push(line),
			),
	};
}

const many = Array.from({ length: 30 }, (_, n) => `10.0.0.${n}`);

describe('reapply', () => {
	it('does nothing when nothing is missing', async () => {
		const { reapply, told, lines } = node({ bans: ['10.0.0.1'], held: ['10.0.0.1'] });
		await reapply();
		expect(told).toEqual([]);
		expect(lines).toEqual(['No ban is missing in the firewall, as far as is known.']);
	});
	it('has fail2ban add a few, and only those that are missing', async () => {
		const { reapply, told, held } = node({ bans: ['10.0.0.1', '10.0.0.2'], held: ['10.0.0.1'] });
		await reapply();
		expect(told).toEqual(['ban 10.0.0.2']);
		expect([...held]).toEqual(['10.0.0.1', '10.0.0.2']);
	});
	it('adds many at once, but one first by fail2ban, which would lift none of them else', async () => {
		const { reapply, told, held } = node({ bans: many });
		await reapply();
		expect(told).toEqual(['ban 10.0.0.0', 'bulk 29']);
		expect(held.size).toBe(30);
	});
	it('adds one by one what is refused at once', async () => {
		const { reapply, told, held, lines } = node({ bans: many, bulkFails: true });
		await reapply();
		expect(told.filter((line) => line.startsWith('ban'))).toHaveLength(30);
		expect(held.size).toBe(30);
		expect(lines).toContain('sshd: Error: no; adding one by one');
	});
	it('has fail2ban repair what is gone as a whole before it adds', async () => {
		const { reapply, told } = node({ bans: ['10.0.0.1'], rule: false });
		await reapply();
		expect(told).toEqual(['check', 'ban 10.0.0.1']);
	});
	it('leaves nobody in the firewall whose ban ended meanwhile', async () => {
		const { reapply, told, held, lifted } = node({ bans: ['10.0.0.1', '10.0.0.2'] });
		const done = reapply();
		lifted.add('10.0.0.2');
		await done;
		expect(told.at(-1)).toBe('unban 10.0.0.2');
		expect([...held]).toEqual(['10.0.0.1']);
	});
	it('leaves nobody there either when fail2ban stops answering in the middle', async () => {
		const given = node({ bans: many, bulkFails: true, breaksAt: '10.0.0.9' });
		const done = given.reapply();
		given.lifted.add('10.0.0.2');
		await expect(done).rejects.toThrow('no answer');
		expect(given.told.at(-1)).toBe('unban 10.0.0.2');
		expect([...given.held]).not.toContain('10.0.0.2');
	});
	it('fails with what is still missing', async () => {
		const { reapply, lines } = node({ bans: ['10.0.0.1', '10.0.0.0/24', 'nobody'] });
		await expect(reapply()).rejects.toThrow('Still not enforced: sshd (2 of 3).');
		expect(lines.at(-1)).toContain('2 of 3 bans are still missing: 10.0.0.0/24, nobody.');
	});
	it('gives up an action that fails for the first, instead of trying it thousands of times', async () => {
		const { reapply, told, held } = node({ bans: many, fails: true });
		await expect(reapply()).rejects.toThrow('Still not enforced');
		expect(told).toEqual(['ban 10.0.0.0']);
		expect(held.size).toBe(0);
	});
	it('fails when no repair helps', async () => {
		const { reapply } = node({ bans: ['10.0.0.1'], rule: false, repairs: false });
		await expect(reapply()).rejects.toThrow('Still not enforced');
	});
});
