import { describe, expect, test } from 'vitest';
import {
	apiTokens,
	clusterAddresses,
	pveFirewall,
	secondFactors,
	separateNetworks,
	sshLogIn,
} from '../../../../src/backend/services/checks/pveChecks.ts';

const userCfg = `user:root@pam:1:0:::root@example.org:::
user:anna@pve:1:0::::::
user:old@pve:0:0::::::
user:gone@pve:1:1000::::::
user:sso@office:1:0::::::
token:root@pam!backup:0:1::
group:admins:anna@pve::
`;

function deps(files: Record<string, string>, sshd = '') {
	return {
		readText: (file: string) => files[file] ?? null,
		sshd: async () => sshd,
		systemAddresses: async () => [
			{ address: '10.0.0.12', what: "cluster node 'pve2'" },
			{ address: '192.0.2.1', what: 'the default gateway' },
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
	] as const)('%s', async (_name, { cluster, host }: { cluster?: string; host?: string }, state, text) => {
		const files: Record<string, string> = { ...node };
		if (cluster !== undefined) files['/etc/pve/firewall/cluster.fw'] = cluster;
		if (host !== undefined) files['/etc/pve/local/host.fw'] = host;
		const found = await pveFirewall(deps(files))();
		expect(found).toMatchObject({ state, text: expect.stringMatching(text) });
	});

	test('cannot tell where there is no Proxmox VE', () => {
		expect(() => pveFirewall(deps({}))()).toThrow(
			'/etc/pve/.version cannot be read. This is no Proxmox VE node',
		);
	});
});

describe('SSH', () => {
	test.each([
		[
			'permitrootlogin yes\npasswordauthentication yes\n',
			'warning',
			'root may log in by SSH with a password.',
		],
		[
			'permitrootlogin without-password\npasswordauthentication yes\n',
			'warning',
			'SSH takes passwords from users other than root.',
		],
		[
			'permitrootlogin yes\npasswordauthentication no\nkbdinteractiveauthentication yes\n',
			'warning',
			'root may log in by SSH with a password.',
		],
		[
			'permitrootlogin yes\npasswordauthentication no\nkbdinteractiveauthentication no\n',
			'good',
			'SSH takes keys only.',
		],
	])('is judged by what the daemon says: %j', async (settings, state, text) => {
		expect(await sshLogIn(deps({}, settings))()).toMatchObject({ state, text });
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
	test('is good apart from management', async () => {
		const found = await separateNetworks(
			deps({ '/etc/pve/corosync.conf': corosync, ...members('192.0.2.11') }),
		)();
		expect(found?.state).toBe('good');
	});
});

test('nodes, the migration network and storage servers must never be banned', async () => {
	const files = {
		'/etc/pve/datacenter.cfg': 'keyboard: de\nmigration: type=secure,network=10.1.2.0/24\n',
		'/etc/pve/storage.cfg':
			'nfs: backup\n\tserver 10.3.0.9\n\texport /x\n\nrbd: ceph\n\tmonhost 10.4.0.1 10.4.0.2\n',
	};
	expect((await clusterAddresses(deps(files))).map(({ address }) => address)).toEqual([
		'10.0.0.12',
		'10.1.2.0/24',
		'10.3.0.9',
		'10.4.0.1',
		'10.4.0.2',
	]);
});
