import { describe, expect, test } from 'vitest';
import { msg } from '../../../../src/backend/kit/message.ts';
import {
	apiTokens,
	clusterAddresses,
	pveFirewall,
	secondFactors,
	separateNetworks,
} from '../../../../src/backend/services/checks/pveChecks.ts';

const userCfg = `user:root@pam:1:0:::root@example.org:::
user:anna@pve:1:0::::::
user:old@pve:0:0::::::
user:gone@pve:1:1000::::::
user:sso@office:1:0::::::
token:root@pam!backup:0:1::
group:admins:anna@pve::
`;

function deps(files: Record<string, string>) {
	return {
		readText: (file: string) => files[file] ?? null,
		systemAddresses: async () => [
			{ address: '10.0.0.12', kind: 'node' as const, name: 'pve2', what: msg("cluster node '{0}'", 'pve2') },
			{ address: '192.0.2.1', kind: 'gateway' as const, what: msg('the default gateway') },
		],
		now: () => 2_000_000_000_000,
	};
}

const node = { '/etc/pve/.version': '{}' };

describe("Proxmox VE's firewall", () => {
	const on = '[OPTIONS]\n\nenable: 1\n';
	test.each([
		['warns when Datacenter does not say', {}, 'warning', /off in Datacenter/],
		[
			'warns when it is off in Datacenter',
			{ cluster: '[OPTIONS]\nenable: 0\n' },
			'warning',
			/off in Datacenter/,
		],
		['does not take the switch of another section', { cluster: '[RULES]\nenable: 1\n' }, 'warning', /off in/],
		[
			'warns when it is off on the node alone',
			{ cluster: on, host: '[OPTIONS]\nenable: 0\n' },
			'warning',
			/off on this/,
		],
		['is content when both are on', { cluster: on }, 'good', /is on/],
		[
			'reads upper case, tabs and blanks, and the last line wins',
			{ cluster: '  [Options] \n\tENABLE:  0\n# enable: 0\nEnable: 1 \n' },
			'good',
			/is on/,
		],
		['does not take a comment for a line', { cluster: '[OPTIONS]\n# enable: 1\n' }, 'warning', /off in/],
		[
			'knows that a trial of a minute is over',
			{ cluster: '[OPTIONS]\nenable: 1700000000\n' },
			'warning',
			/off/,
		],
		['knows that a trial is on', { cluster: '[OPTIONS]\nenable: 1999999990\n' }, 'good', /is on/],
	] as const)('%s', async (_name, { cluster, host }: { cluster?: string; host?: string }, state, text) => {
		const files: Record<string, string> = { ...node };
		if (cluster !== undefined) files['/etc/pve/firewall/cluster.fw'] = cluster;
		if (host !== undefined) files['/etc/pve/local/host.fw'] = host;
		const found = await pveFirewall(deps(files))();
		expect(found).toMatchObject({ state, text: expect.stringMatching(text) });
	});

	test('cannot tell where there is no Proxmox VE', () => {
		expect(() => pveFirewall(deps({}))()).toThrow(
			'/etc/pve/.version cannot be read. This is not a Proxmox VE node',
		);
	});
});

describe('second factors', () => {
	const files = {
		'/etc/pve/user.cfg': userCfg,
		'/etc/pve/domains.cfg': 'openid: office\n\tissuer-url https://x\n',
	};

	test('are missed at users who log in with a password, are enabled and not expired; root@pam is named', async () => {
		const found = await secondFactors(deps(files))();
		expect(found).toMatchObject({ state: 'warning', text: 'No second factor: root@pam and 1 more user.' });
	});

	test('do not count recovery keys alone', async () => {
		const tfa = { users: { 'root@pam': { recovery: { entries: [1] } }, 'anna@pve': { totp: [{}] } } };
		const found = await secondFactors(deps({ ...files, '/etc/pve/priv/tfa.cfg': JSON.stringify(tfa) }))();
		expect(found?.text).toBe('No second factor: root@pam.');
	});

	test('are good when every such user has one', async () => {
		const tfa = { users: { 'root@pam': { webauthn: [{}] }, 'anna@pve': { totp: [{}] } } };
		const found = await secondFactors(deps({ ...files, '/etc/pve/priv/tfa.cfg': JSON.stringify(tfa) }))();
		expect(found?.state).toBe('good');
	});

	test.each<[string, Record<string, string>, string]>([
		[
			'a factor that is switched off',
			{ tfa: '{"users":{"root@pam":{"totp":[{"info":{"enable":false}}]}}}' },
			'root@pam and 1 more',
		],
		['a user without a password in shadow.cfg', { shadow: 'root:x:\n' }, 'root@pam.'],
		[
			'a user whose password is locked',
			{ pam: 'root:!$6$x:19000::::::\n', shadow: 'anna:$5$x:\n' },
			'1 user.',
		],
		['root@pam that no file names', { user: 'user:anna@pve:1:0:::::\n' }, 'root@pam and 1 more'],
		['a user without the word enabled', { user: 'user:anna@pve::0:::::\n' }, 'root@pam.'],
		['a realm that asks for a factor itself', { domains: 'pve: pve\n\ttfa type=oath\n' }, 'root@pam.'],
	])('%s is read as Proxmox VE reads it', async (_what, { tfa, shadow, pam, user, domains }, who) => {
		const found = await secondFactors(
			deps({
				'/etc/pve/user.cfg': user ?? 'user:root@pam:1:0\nuser:anna@pve:1:0:::::x:\n',
				...(tfa && { '/etc/pve/priv/tfa.cfg': tfa }),
				...(shadow && { '/etc/pve/priv/shadow.cfg': shadow }),
				...(pam && { '/etc/shadow': pam }),
				...(domains && { '/etc/pve/domains.cfg': domains }),
			}),
		)();
		expect(found?.text).toContain(`No second factor: ${who}`);
	});

	test('cannot be told from a damaged file', () => {
		expect(() => secondFactors(deps({ ...files, '/etc/pve/priv/tfa.cfg': '{"users":' }))()).toThrow();
	});

	test('cannot be told where there are no users', () => {
		expect(() => secondFactors(deps({}))()).toThrow('/etc/pve/user.cfg cannot be read');
	});
});

test('API tokens are counted', async () => {
	expect((await apiTokens(deps({ '/etc/pve/user.cfg': userCfg }))())?.text).toMatch(/^1 API token exists;/);
});

describe("the cluster's network", () => {
	const corosync = 'nodelist {\n  node {\n    name: pve1\n    ring0_addr: 10.0.0.11\n  }\n}\n';
	const members = (ip: string) => ({ '/etc/pve/.members': JSON.stringify({ nodelist: { pve1: { ip } } }) });

	test('is no matter without a cluster', async () => {
		expect(await separateNetworks(deps({}))()).toBeNull();
	});
	test('shall not be the one of management', async () => {
		const found = await separateNetworks(
			deps({ '/etc/pve/corosync.conf': corosync, ...members('10.0.0.11') }),
		)();
		expect(found?.state).toBe('warning');
	});
	test('may share it as a fallback', async () => {
		const two = corosync.replace('    ring0', '    ring1_addr: 192.0.2.11\n    ring0');
		const found = await separateNetworks(deps({ '/etc/pve/corosync.conf': two, ...members('192.0.2.11') }))();
		expect(found).toMatchObject({ state: 'good', text: expect.stringContaining('fallback') });
	});
	test('is compared however IPv6 is written, and is the one of management by the node’s name', async () => {
		const link = (to: string) => ({ '/etc/pve/corosync.conf': corosync.replace('10.0.0.11', to) });
		const found = (to: string) => separateNetworks(deps({ ...link(to), ...members('2001:db8::11') }))();
		expect((await found('2001:DB8:0:0::11'))?.state).toBe('warning');
		expect((await found('pve1'))?.state).toBe('warning');
		await expect(async () => found('ring.example.org')).rejects.toThrow('names are not looked up');
	});
	test('is good apart from management', async () => {
		const found = await separateNetworks(
			deps({ '/etc/pve/corosync.conf': corosync, ...members('192.0.2.11') }),
		)();
		expect(found?.state).toBe('good');
	});
});

test('nodes, migration networks and storage servers must never be banned', async () => {
	const files = {
		'/etc/hosts': '127.0.0.1 localhost\n10.5.0.5\tNAS.example.org nas # the store\n',
		'/etc/pve/datacenter.cfg': [
			'keyboard: de',
			'migration: type=secure,network=10.1.2.0/24',
			'replication: secure,network=2001:db8:7::/64',
			'#migration: network=10.9.9.0/24',
			'',
		].join('\n'),
		'/etc/pve/storage.cfg': [
			'nfs: backup\n\tserver 10.3.0.9\n\texport /x\n',
			'rbd: ceph\n\tmonhost 10.4.0.1 [v2:10.4.0.2:3300,v1:10.4.0.2:6789] [2001:db8::4]:3300\n',
			'iscsi: lun\n\tportal [2001:db8::5]:3260\n\ttarget x\n',
			'pbs: pbs\n\tserver nas\n\tserver2 elsewhere.example.org\n',
		].join('\n'),
	};
	expect((await clusterAddresses(deps(files))).map(({ address }) => address)).toEqual([
		'10.0.0.12',
		'10.1.2.0/24',
		'2001:db8:7::/64',
		'10.3.0.9',
		'10.4.0.1',
		'10.4.0.2',
		'2001:db8::4',
		'2001:db8::5',
		'10.5.0.5',
		'elsewhere.example.org',
	]);
});
