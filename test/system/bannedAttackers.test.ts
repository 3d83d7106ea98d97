import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHelper } from '../support/bundleHelper.ts';
import * as logins from '../support/daemonEntries.ts';
import { releases } from '../support/fail2ban.ts';
import { type ProtectedNode, startProtectedNode } from '../support/protectedNode.ts';
import type { Reached } from '../support/tcpPorts.ts';
import { until } from '../support/until.ts';

/** Nothing protects the last. */
const ports = [22, 8006, 8007, 3128];

interface Kind {
	login: logins.FailedLogin;
	/** The jails that count it. */
	jails: string[];
}

const everywhere: Record<string, Kind> = {
	'a wrong password': { login: logins.pvePassword, jails: ['proxmox'] },
	'a wrong password of realm pam': { login: logins.pvePamPassword, jails: ['pam-generic', 'proxmox'] },
	'a wrong second factor': { login: logins.pveSecondFactor, jails: ['proxmox'] },
	'a failed OpenID log-in': { login: logins.pveOpenId, jails: ['proxmox'] },
	'sshd of Debian 12': { login: logins.sshd12, jails: ['pam-generic', 'sshd'] },
	'sshd of Debian 12, unknown user': { login: logins.sshd12UnknownUser, jails: ['sshd'] },
	'sshd of Debian 12, started by its socket': { login: logins.sshd12Socket, jails: ['sshd'] },
	'login(1)': { login: logins.pamLogin, jails: ['pam-generic'] },
	'Proxmox Backup Server': { login: logins.pbsPassword, jails: ['proxmox-backup'] },
};

/** OpenSSH 9.8 and newer; the filter of fail2ban 1.0.2 does not know its name, and Debian 12 does not have it. */
const debian13: Record<string, Kind> = {
	'sshd of Debian 13': { login: logins.sshd13, jails: ['pam-generic', 'sshd'] },
	'sshd of Debian 13, unknown user': { login: logins.sshd13UnknownUser, jails: ['sshd'] },
	'sshd of Debian 13, started by its socket': { login: logins.sshd13Socket, jails: ['sshd'] },
};

/** An IPv4 and an IPv6 address of the attacked network. */
const pair = (n: number) => [`192.0.2.${n}`, `2001:db8::${n}`];

interface Attacker extends Kind {
	address: string;
}

const attackers = (first: number, kinds: readonly Kind[]): Attacker[] =>
	kinds.flatMap((kind, n) => pair(first + n).map((address) => ({ ...kind, address })));

const [wrongPassword] = Object.values(everywhere) as [Kind];
const some = ['a wrong password', 'sshd of Debian 12', 'login(1)', 'Proxmox Backup Server'].map(
	(name) => everywhere[name] as Kind,
);

const admin = '192.0.2.10';
const repeated = attackers(40, [wrongPassword]);
const strict = attackers(51, some);
const single = attackers(61, some);
const honest = attackers(100, [wrongPassword]);
/** Their addresses begin like those of attackers. */
const bystanders = pair(111);

const banactions = {
	nftables: { banaction: 'nftables', banaction_allports: 'nftables[type=allports]' },
	iptables: { banaction: 'iptables-multiport', banaction_allports: 'iptables-allports' },
};

const combinations = releases().flatMap((release) =>
	(['nftables', 'iptables'] as const).map((firewall) => [release.version, firewall, release] as const),
);

interface Ban {
	ip: string;
	jail: string;
	bantime: number;
	count: number;
}

let folder: string;
let helper: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-attacks-'));
	helper = await bundleHelper(folder, 'nodeHelper');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// side by side, since most of the time is spent on waiting; each has its own node
describe.concurrent.each(combinations)('on fail2ban %s with %s', (version, firewall, release) => {
	const kinds = Object.values(version === '1.1.0' ? { ...everywhere, ...debian13 } : everywhere);
	const many = attackers(11, kinds);
	const attacking = [...many, ...repeated, ...strict, ...single, ...honest].map(({ address }) => address);
	const addresses = [admin, ...bystanders, ...attacking];
	let node: ProtectedNode;

	beforeAll(async () => {
		const options = Object.entries(banactions[firewall]).map(([name, value]) => `${name} = ${value}\n`);
		node = await startProtectedNode(release, {
			helper,
			files: { 'jail.local': `[DEFAULT]\n${options.join('')}` },
			addresses,
			ports,
		});
		await protect('standard');
	});
	afterAll(async () => {
		await node?.close();
	});

	const data = async (method: string, path: string, params: Record<string, unknown> = {}) => {
		const answer = await node.call(method, path, params);
		if (answer.status !== 200 || answer.body.exit?.error !== undefined)
			throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body.data;
	};

	const protect = (preset: string) =>
		data('POST', '/protection', {
			preset,
			jails: 'sshd,pam-generic,proxmox,proxmox-backup',
			ignore: admin,
			client: admin,
		});

	/** Failures that each jail has counted since it was started. */
	const failures = async (): Promise<Record<string, number>> => {
		const rows = (await data('GET', '/jails')) as { jail: string; 'total-failed': number }[];
		return Object.fromEntries(rows.map(({ jail, 'total-failed': totalFailed }) => [jail, totalFailed]));
	};

	/** Bans of jail proxmox since it was started, those that are over too. */
	const bansEver = async (): Promise<number> => {
		const rows = (await data('GET', '/jails')) as { jail: string; 'total-banned': number }[];
		return rows.find(({ jail }) => jail === 'proxmox')?.['total-banned'] ?? 0;
	};

	const bans = async () => {
		const rows = (await data('GET', '/bans', { limit: 500 })) as Ban[];
		return rows.filter(({ jail }) => jail !== 'recidive');
	};

	/** Jails by banned address. */
	const banned = async () => {
		const found: Record<string, string[]> = {};
		for (const { ip, jail } of await bans()) found[ip] = [...(found[ip] ?? []), jail].sort();
		return found;
	};

	const jailsOf = (list: readonly Attacker[]) =>
		Object.fromEntries(list.map(({ address, jails }) => [address, jails]));

	/** Lets them fail, and waits until fail2ban has counted it. */
	async function fail(list: readonly Attacker[], times: number): Promise<void> {
		const before = await failures();
		const wanted = { ...before };
		for (let n = 0; n < times; n++) {
			for (const { login, address, jails } of list) {
				node.journal.append(login(address));
				for (const jail of jails) wanted[jail] = (wanted[jail] ?? 0) + 1;
			}
		}
		await until(async () => {
			const now = await failures();
			return Object.keys(wanted).every((jail) => (now[jail] ?? 0) >= (wanted[jail] ?? 0));
		}, `${times} failures of ${list.length} addresses are counted`);
		expect(await failures()).toEqual(wanted);
	}

	/** What a new connection from a banned address comes to, by port. */
	const blocked = (jails: readonly string[]): Reached[] => {
		const closed = { sshd: [22], proxmox: [8006], 'proxmox-backup': [8007], 'pam-generic': ports };
		const theirs = jails.flatMap((jail) => closed[jail as keyof typeof closed]);
		return ports.map((port) => (theirs.includes(port) ? 'refused' : 'open'));
	};

	/** Holds new connections from every address against the bans there should be. */
	async function expectReach(bannedNow: Record<string, string[]>): Promise<void> {
		const wanted = Object.fromEntries(
			addresses.map((address) => [address, blocked(bannedNow[address] ?? [])]),
		);
		let found: Record<string, Reached[]> = {};
		// fail2ban tells of a ban before its action has run
		await until(async () => {
			found = await node.reach(addresses, ports);
			return JSON.stringify(found) === JSON.stringify(wanted);
		}, 'connections are as the bans say').catch(() => expect(found).toEqual(wanted));
	}

	async function waitForBans(wanted: Record<string, string[]>): Promise<void> {
		let found: Record<string, string[]> = {};
		await until(async () => {
			found = await banned();
			return Object.entries(wanted).every(([ip, jails]) => jails.every((jail) => found[ip]?.includes(jail)));
		}, 'the bans').catch(() => {});
		expect(found).toEqual(wanted);
	}

	/** How long those addresses are banned (seconds). */
	const times = async (list: readonly Attacker[]) => {
		const theirs = (await bans()).filter(({ ip }) => list.some(({ address }) => address === ip));
		return [...new Set(theirs.map(({ bantime }) => bantime))];
	};

	it.sequential('bans longer at the second offense', async () => {
		// what is banned meanwhile would be let go with it; a ban that is over before fail2ban comes to it never counts,
		// and on a busy node it may come seconds later
		await node.fail2ban.client('set', 'proxmox', 'bantime', '20');
		await fail(repeated, 5);
		await until(async () => (await bansEver()) === 2, 'bans of twenty seconds');
		await until(async () => (await bans()).length === 0, 'they are over');
		await expectReach({});
		await node.fail2ban.client('set', 'proxmox', 'bantime', '3600');
		for (let n = 0; n < 5; n++)
			for (const { login, address } of repeated) node.journal.append(login(address));
		await waitForBans(jailsOf(repeated));
		// the time grows just after the ban was made
		await until(async () => (await times(repeated)).join() === '7200', 'bans of two hours');
	});

	it.sequential('bans nobody else before the fifth failure', async () => {
		await fail([...many, ...honest], 1);
		for (const { address } of honest) node.journal.append(logins.goodLogin(address));
		await fail(many, 3);
		expect(await banned()).toEqual(jailsOf(repeated));
		await expectReach(jailsOf(repeated));
	});

	it.sequential('bans exactly the attacking addresses for an hour with the fifth', async () => {
		await fail(many, 1);
		await waitForBans(jailsOf([...repeated, ...many]));
		expect(await times(many)).toEqual([3600]);
	});

	it.sequential('enforces bans with this firewall alone', async () => {
		const ruleset = await node.net.must('nft', 'list', 'ruleset');
		expect(ruleset.includes('f2b-table')).toBe(firewall === 'nftables');
		expect((await node.net.must('iptables', '-S')).includes('f2b-sshd')).toBe(firewall === 'iptables');
	});

	it.sequential('refuses their new connections to what the jail protects, and nobody else', async () => {
		await expectReach(jailsOf([...repeated, ...many]));
	});

	it.sequential('lets addresses in again that are unbanned', async () => {
		const [first, second, ...others] = many;
		await data('DELETE', '/bans', { ip: `${first?.address},${second?.address}` });
		expect(await banned()).toEqual(jailsOf([...repeated, ...others]));
		await expectReach(jailsOf([...repeated, ...others]));
	});

	it.sequential('holds the bans after a restart of fail2ban', async () => {
		const before = await banned();
		await data('POST', '/service', { command: 'restart' });
		await waitForBans(before);
		await expectReach(before);
	});

	it.sequential('bans for a day with the third failure when strict', async () => {
		await protect('strict');
		const before = await banned();
		await fail(strict, 2);
		expect(await banned()).toEqual(before);
		await fail(strict, 1);
		await waitForBans({ ...before, ...jailsOf(strict) });
		expect(await times(strict)).toEqual([86_400]);
		await expectReach({ ...before, ...jailsOf(strict) });
	});

	it.sequential('bans for thirty days with the first failure when there is one attempt', async () => {
		await protect('one-attempt');
		const before = await banned();
		await fail(single, 1);
		await waitForBans({ ...before, ...jailsOf(single) });
		expect(await times(single)).toEqual([30 * 86_400]);
		await expectReach({ ...before, ...jailsOf(single) });
	});
});
