import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../../src/backend/addresses/addresses.ts';
import { msg } from '../../../src/backend/kit/message.ts';
import { wouldBan, wouldBanError } from '../../../src/backend/services/lockout/lockoutGuard.ts';
import { findServerProcess } from '../../../src/backend/services/server/serverProcess.ts';
import { findSystemAddresses } from '../../../src/backend/system/systemAddresses.ts';

const files: Record<string, string> = {
	'/proc/net/route': `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
vmbr0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
vmbr0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`,
	'/proc/net/ipv6_route': `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001    vmbr0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003    vmbr0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`,
	'/etc/pve/corosync.conf': `nodelist {
  node {
    name: pve1
    nodeid: 1
    ring0_addr: 10.0.0.11
    ring1_addr: 10.1.0.11
  }
  node {
    name: pve2
    ring0_addr: pve2-ring
  }
}
`,
	'/etc/pve/.members': `{"nodename": "pve1", "nodelist": {
"pve1": { "id": 1, "online": 1, "ip": "10.0.0.11"}, "pve2": { "id": 2, "online": 0, "ip": "10.0.0.12"}, "pve3": { "id": 3, "online": 0}
}}`,
};

describe('findSystemAddresses', () => {
	it('finds default gateways, cluster nodes, and the node itself by each of its addresses', () => {
		const own = ['127.0.0.1', '::1', '192.168.1.9', 'fe80::1%vmbr0'];
		expect(findSystemAddresses((path) => files[path] ?? null, own)).toEqual([
			{ address: '127.0.0.1', kind: 'self', what: msg('this node itself') },
			{ address: '::1', kind: 'self', what: msg('this node itself') },
			{ address: '192.168.1.9', kind: 'self', what: msg('this node itself') },
			{ address: '10.0.0.11', kind: 'node', name: 'pve1', what: msg("cluster node '{0}'", 'pve1') },
			{ address: '10.1.0.11', kind: 'node', name: 'pve1', what: msg("cluster node '{0}'", 'pve1') },
			{ address: '10.0.0.12', kind: 'node', name: 'pve2', what: msg("cluster node '{0}'", 'pve2') },
			{ address: '192.168.1.1', kind: 'gateway', what: msg('the default gateway') },
			{ address: '2001:db8::1', kind: 'gateway', what: msg('the default gateway') },
		]);
	});

	it('finds just the loopback on a machine without network and cluster', () => {
		const loopback = [
			{ address: '127.0.0.1', kind: 'self', what: msg('this node itself') },
			{ address: '::1', kind: 'self', what: msg('this node itself') },
		];
		expect(findSystemAddresses(() => null)).toEqual(loopback);
		expect(findSystemAddresses((path) => (path === '/etc/pve/.members' ? '{' : null))).toEqual(loopback);
	});
});

describe('the lockout guard', () => {
	const networks = (...texts: string[]) =>
		texts.map((text) => parseNetwork(text) as NonNullable<ReturnType<typeof parseNetwork>>);
	const system = [
		{ address: '10.0.0.12', kind: 'node' as const, name: 'pve2', what: msg("cluster node '{0}'", 'pve2') },
	];

	it('finds the caller and nodes by containment, in any notation', () => {
		const guarded = { clients: ['::ffff:192.0.2.17', null, undefined, 'nonsense'], system };
		expect(wouldBan(networks('192.0.2.0/24'), guarded)).toEqual([
			{ address: '::ffff:192.0.2.17', what: null },
		]);
		expect(wouldBan(networks('10.0.0.12'), guarded)).toEqual(system);
		expect(wouldBan(networks('10.0.0.120', '2001:db8::/64'), guarded)).toEqual([]);
	});

	it('says what is banned, for how long, and what that breaks', () => {
		const found = wouldBan(networks('192.0.2.17', '10.0.0.0/24'), {
			clients: ['192.0.2.17', '192.0.2.17'],
			system,
		});
		expect(wouldBanError(found, msg('for 30 days'))).toMatchObject({
			status: 409,
			code: 'would-ban',
			message:
				"This bans 192.0.2.17, the address you use now, for 30 days. 10.0.0.12 is cluster node 'pve2'. Banning it can break the cluster.",
			errors: { 'would-ban': '192.0.2.17,10.0.0.12' },
		});
	});
});

describe('findServerProcess', () => {
	const proc: Record<string, string> = {
		'/run/f.pid': '42\n',
		'/proc/42/cmdline': '/usr/bin/python3\0/usr/bin/fail2ban-server\0-xf\0',
		'/proc/42/stat': `42 (fail2ban (x) s) S ${Array.from({ length: 18 }, (_, n) => n).join(' ')} 500 0`,
		'/proc/stat': 'cpu 1 2\nbtime 1700000000\n',
	};
	const find = (changed: Record<string, string | null> = {}) =>
		findServerProcess((path) => ({ ...proc, ...changed })[path] ?? null, '/run/f.pid');

	it('tells when the server started', () => {
		expect(find()).toEqual({ pid: 42, startedAt: 1_700_000_005 });
	});

	it('does not take another program for it', () => {
		expect(find({ '/proc/42/cmdline': '/usr/sbin/sshd\0' })).toBeNull();
		expect(find({ '/run/f.pid': null })).toBeNull();
		expect(find({ '/run/f.pid': '' })).toBeNull();
		expect(find({ '/proc/42/stat': null })).toBeNull();
	});
});
