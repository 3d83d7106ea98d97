import { describe, expect, test } from 'vitest';
import { BanTable } from '../../../../src/backend/services/banTable.ts';
import {
	callerIgnored,
	enforced,
	type JailCheckDeps,
	keptLongEnough,
	preciousIgnored,
	realAddresses,
	service,
	soundFilters,
	watchedLogIns,
} from '../../../../src/backend/services/checks/jailChecks.ts';
import type { FilterRow } from '../../../../src/contract/types.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

const table = (bans: [jail: string, ip: string][]) =>
	Object.assign(Object.create(BanTable.prototype), {
		size: bans.length,
		find: () => Uint32Array.from(bans.keys()),
		row: (row: number) => ({ jail: bans[row]?.[0], ip: bans[row]?.[1] }),
	}) as BanTable;

function deps(given: Partial<JailCheckDeps> & { jails?: string[]; running?: boolean } = {}): JailCheckDeps {
	const { jails = ['sshd'], running = true, ...rest } = given;
	return {
		files: new FakeConfig(),
		figures: {
			read: async () =>
				({
					figures: { running, jails: jails.map((jail) => ({ jail })) },
					stale: null,
					failure: null,
				}) as never,
		},
		bans: { table: async () => table([]) },
		isEnforced: async () => true,
		readText: () => null,
		ownAddresses: () => ['192.0.2.10'],
		bootState: async () => 'enabled',
		purgeAge: async () => 86_400,
		filters: async () => [],
		topAddresses: async () => [],
		precious: async () => [],
		...rest,
	};
}

describe('the service', () => {
	test('is critical when it does not run', async () => {
		expect(await service(deps({ running: false }))()).toMatchObject({ state: 'critical', link: 'fail2ban' });
	});
	test('warns when systemd does not start it at boot', async () => {
		expect((await service(deps({ bootState: async () => 'disabled' }))())?.text).toContain(
			'at boot (disabled)',
		);
	});
	test('is good when it runs and is enabled, or started by somebody else', async () => {
		expect((await service(deps())())?.state).toBe('good');
		expect((await service(deps({ bootState: async () => null }))())?.state).toBe('good');
	});
});

describe('the watched log-ins', () => {
	const files = new FakeConfig({
		'jail.d/x.local': '[web]\nenabled = true\nfilter = proxmox\n[pam-generic]\nenabled = true\n',
	});
	test('are missed by the filters of running jails, whatever their names', async () => {
		expect((await watchedLogIns(deps({ files, jails: ['sshd', 'web'] }))())?.text).toBe(
			"No jail watches the system's own log-ins (PAM).",
		);
		expect((await watchedLogIns(deps({ files, jails: ['sshd', 'pam-generic'] }))())?.state).toBe('critical');
		expect((await watchedLogIns(deps({ files, jails: ['sshd', 'web', 'pam-generic'] }))())?.state).toBe(
			'good',
		);
	});
});

describe('the firewall', () => {
	const bans = {
		table: async () =>
			table([
				['sshd', '192.0.2.1'],
				['sshd', '2001:db8::1'],
				['web', '192.0.2.2'],
			]),
	};
	test('is critical when one banned address of a jail is let in', async () => {
		const isEnforced = async (_jail: string, { text }: { text: string }) => text !== '2001:db8::1';
		expect(await enforced(deps({ bans, isEnforced }))()).toMatchObject({
			state: 'critical',
			text: 'The firewall lets banned addresses in: bans of sshd are not enforced.',
		});
	});
	test('looks at five bans of a jail at most', async () => {
		const many = { table: async () => table(Array.from({ length: 50 }, (_, i) => ['sshd', `192.0.2.${i}`])) };
		let asked = 0;
		const found = await enforced(deps({ bans: many, isEnforced: async () => ++asked > 0 }))();
		expect([asked, found?.text]).toEqual([5, 'The firewall holds the bans that were looked up (5).']);
	});
	test('says when no jail has an action that can be looked at', async () => {
		expect((await enforced(deps({ bans, isEnforced: async () => null }))())?.state).toBe('warning');
	});
	test('has nothing to enforce when nobody is banned', async () => {
		expect((await enforced(deps())())?.state).toBe('good');
	});
});

describe('addresses of the cluster', () => {
	const precious = async () => [
		{ address: '10.0.0.12', what: "cluster node 'pve2'" },
		{ address: 'nas.example.org', what: 'a storage server' },
	];
	test('must be ignored in every enabled jail, also in one with a list of its own', async () => {
		const files = new FakeConfig({
			'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/24\n',
			'jail.d/r.local': '[recidive]\nenabled = true\nignoreip = 127.0.0.1\n',
		});
		expect(await preciousIgnored(deps({ files, precious }))()).toMatchObject({
			state: 'warning',
			text: "Could be banned: 10.0.0.12 (cluster node 'pve2').",
		});
	});
	test('are good when [DEFAULT] covers them', async () => {
		const files = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/24\n' });
		expect((await preciousIgnored(deps({ files, precious }))())?.state).toBe('good');
	});
	test('are no matter where there is no cluster', async () => {
		expect(await preciousIgnored(deps())()).toBeNull();
	});
});

test('log-ins that fail from the gateway or this host point to a proxy', async () => {
	const route =
		'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nv\t00000000\t010200C0\t3\t0\t0\t0\t00000000\n';
	const readText = (file: string) => (file === '/proc/net/route' ? route : null);
	const check = (addresses: string[]) =>
		realAddresses(deps({ readText, topAddresses: async () => addresses }))();
	expect((await check(['192.0.2.1', '203.0.113.5']))?.text).toMatch(
		/^Failed log-ins come from 192\.0\.2\.1:/,
	);
	expect((await check(['127.0.0.1']))?.state).toBe('warning');
	expect((await check(['203.0.113.5']))?.state).toBe('good');
});

test('the database must keep bans as long as each enabled jail looks back', async () => {
	const files = new FakeConfig({ 'jail.d/x.local': '[sshd]\nfindtime = 14d\n' });
	expect((await keptLongEnough(deps({ files }))())?.text).toContain('forgets sooner than sshd looks back');
	expect((await keptLongEnough(deps({ files, purgeAge: async () => 14 * 86_400 }))())?.state).toBe('good');
	expect((await keptLongEnough(deps({ purgeAge: async () => null }))())?.text).toContain('no database');
});

describe("the caller's address", () => {
	const jails = new FakeConfig({
		'jail.local': '[DEFAULT]\nignoreip = 198.51.100.0/24\n',
		'jail.d/x.local': '[recidive]\nenabled = true\n',
	});
	const check = (client: string | null) => callerIgnored(deps({ files: jails }), client)();
	test('is missed on the ignore list of any enabled jail', async () => {
		expect((await check('203.0.113.9'))?.text).toContain(
			'Your address 203.0.113.9 is not on the ignore list',
		);
		expect((await check('198.51.100.7'))?.state).toBe('good');
	});
	test("need not be on it when it is this host's own", async () => {
		expect((await check('192.0.2.10'))?.state).toBe('good');
		expect((await check('127.0.0.1'))?.state).toBe('good');
	});
	test('is no matter when nobody knows it', async () => {
		expect(await check(null)).toBeNull();
	});
});

describe('filters', () => {
	const row = (name: string, warnings: number | null, kinds: string[], enabled = true) =>
		({ name, warnings, kinds, usedBy: [{ jail: name, enabled, running: enabled }] }) as unknown as FilterRow;
	test('in use are named with their warnings', async () => {
		const filters = async () => [row('proxmox', 1, ['injectable']), row('idle', 1, ['slow'], false)];
		expect(await soundFilters(deps({ filters }))()).toMatchObject({
			state: 'warning',
			text: 'Filters with warnings: proxmox (a user name can forge the address).',
		});
	});
	test('that find nothing are critical', async () => {
		expect((await soundFilters(deps({ filters: async () => [row('x', 1, ['nohost'])] }))())?.state).toBe(
			'critical',
		);
	});
	test('are not called good before they were looked at', async () => {
		await expect(async () =>
			soundFilters(deps({ filters: async () => [row('x', null, [])] }))(),
		).rejects.toThrow('still being looked at');
	});
});
