import { describe, expect, test } from 'vitest';
import { pamGuard } from '../../../../src/backend/config/shippedFilterGuards.ts';
import { msg } from '../../../../src/backend/kit/message.ts';
import {
	callerIgnored,
	checkFilters,
	checkProtectedAddresses,
	checkPurgeAge,
	type JailCheckDeps,
	service,
} from '../../../../src/backend/services/checks/jailChecks.ts';
import type { FilterRow } from '../../../../src/contract/types.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

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
		ownAddresses: () => ['192.0.2.10'],
		bootState: async () => 'enabled',
		purgeAge: async () => 86_400,
		filters: async () => [],
		protectedAddresses: async () => [],
		...rest,
	};
}

describe('the service', () => {
	test('is critical when it is not running', async () => {
		expect(await service(deps({ running: false }))()).toMatchObject({ state: 'critical', link: 'fail2ban' });
	});
	test('warns when systemd does not start it at boot', async () => {
		expect((await service(deps({ bootState: async () => 'disabled' }))())?.text).toContain(
			'at boot (disabled)',
		);
	});
	test('names the way out where it is masked, or not installed', async () => {
		expect((await service(deps({ bootState: async () => 'masked' }))())?.hint).toContain('systemctl unmask');
		expect(await service(deps({ bootState: async () => 'not-found', running: false }))()).toMatchObject({
			state: 'critical',
			text: 'fail2ban is not installed as a service.',
		});
	});
	test('is good when it runs and is enabled, or started by somebody else', async () => {
		expect((await service(deps())())?.state).toBe('good');
		expect((await service(deps({ bootState: async () => null }))())?.state).toBe('good');
	});
});

describe('addresses of the cluster', () => {
	const protectedAddresses = async () => [{ address: '10.0.0.12', what: msg("cluster node '{0}'", 'pve2') }];
	const named = async () => [
		...(await protectedAddresses()),
		{ address: 'nas.example.org', what: msg('a storage server') },
	];
	test('must be ignored in every enabled jail, also in one with a list of its own', async () => {
		const files = new FakeConfig({
			'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/24\n',
			'jail.d/r.local': '[recidive]\nenabled = true\nignoreip = 127.0.0.1\n',
		});
		expect(await checkProtectedAddresses(deps({ files, protectedAddresses }))()).toMatchObject({
			state: 'warning',
			text: "Could be banned: 10.0.0.12 (cluster node 'pve2').",
		});
	});
	test('are good when [DEFAULT] covers them', async () => {
		const files = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/24\n' });
		expect((await checkProtectedAddresses(deps({ files, protectedAddresses }))())?.state).toBe('good');
	});
	test('are not called good while one of them is a name that nobody looked up', async () => {
		const files = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/24\n' });
		await expect(async () =>
			checkProtectedAddresses(deps({ files, protectedAddresses: named }))(),
		).rejects.toThrow('not looked up: nas.example.org (a storage server).');
	});
	test('are no matter where there is no cluster', async () => {
		expect(await checkProtectedAddresses(deps())()).toBeNull();
	});
});

test('the database must keep bans as long as each enabled jail looks back', async () => {
	const files = new FakeConfig({ 'jail.d/x.local': '[sshd]\nfindtime = 14d\n' });
	expect((await checkPurgeAge(deps({ files }))())?.text).toContain('forgets sooner than sshd looks back');
	expect((await checkPurgeAge(deps({ files, purgeAge: async () => 14 * 86_400 }))())?.state).toBe('good');
	expect((await checkPurgeAge(deps({ purgeAge: async () => null }))())?.text).toContain('no database');
	await expect(async () => checkPurgeAge(deps({ purgeAge: async () => Number.NaN }))()).rejects.toThrow(
		'age',
	);
	const odd = new FakeConfig({ 'jail.d/x.local': '[sshd]\nfindtime = soon\n' });
	await expect(async () => checkPurgeAge(deps({ files: odd }))()).rejects.toThrow("'soon'");
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
	test("must be on it, even this host's own, where a jail does not ignore itself", async () => {
		const files = new FakeConfig({
			'jail.local': '[DEFAULT]\nignoreip =\n[sshd]\nignoreself = false\nignoreip = 192.0.2.10\n',
			'jail.d/x.local': '[recidive]\nenabled = true\n[pam-generic]\nenabled = true\nignoreself = false\n',
		});
		const own = (client: string) => callerIgnored(deps({ files }), client)();
		expect((await own('192.0.2.10'))?.text).toBe(
			'Your address 192.0.2.10 is not ignored by pam-generic: wrong passwords can lock you out.',
		);
		expect((await own('127.0.0.1'))?.state).toBe('warning');
	});
	test('is covered where each jail ignores it by an entry of its own', async () => {
		const files = new FakeConfig({
			'jail.local': '[DEFAULT]\nignoreip = 10.0.0.0/8\n[sshd]\nignoreip = 10.0.0.5\n',
			'jail.d/x.local': '[sshd]\nenabled = true\n[recidive]\nenabled = true\n',
		});
		expect((await callerIgnored(deps({ files }), '10.0.0.5')())?.state).toBe('good');
		expect((await callerIgnored(deps({ files }), '10.0.0.6')())?.text).toContain('not ignored by sshd');
	});
	test('is no matter when nobody knows it', async () => {
		expect(await check(null)).toBeNull();
	});
});

describe('filters', () => {
	const row = (name: string, warnings: number | null, kinds: string[], enabled = true) =>
		({
			name,
			warnings,
			kinds,
			'used-by': [{ jail: name, enabled, running: enabled }],
		}) as unknown as FilterRow;
	test('in use are named with their warnings', async () => {
		const filters = async () => [row('proxmox', 1, ['injectable']), row('idle', 1, ['slow'], false)];
		expect(await checkFilters(deps({ filters }))()).toMatchObject({
			state: 'warning',
			text: 'Filters with warnings: proxmox (a user name can forge the address).',
		});
	});
	test('are no warning where the jail guards what the shipped filter leaves open', async () => {
		const shipped = { ...row('pam-generic', 1, ['injectable']), origin: 'package' } as FilterRow;
		const slow = { ...row('recidive', 1, ['slow']), origin: 'package' } as FilterRow;
		const filter = '[Definition]\nfailregex = ^rhost=<ADDR>\n';
		const files = (guard: string) =>
			new FakeConfig({
				'jail.d/x.local': `[pam-generic]\nenabled = true\nfilter = pam-generic\n${guard}`,
				'filter.d/pam-generic.conf': filter,
			});
		const guarded = files(`ignoreregex = ${pamGuard.ignoreregex[0]}\n`);
		const check = (given: FakeConfig, rows: FilterRow[]) =>
			checkFilters(deps({ files: given, filters: async () => rows }))();
		expect((await check(guarded, [shipped, slow]))?.state).toBe('good');
		expect((await check(files(''), [shipped, slow]))?.text).toBe(
			'Filters with warnings: pam-generic (a user name can forge the address).',
		);
		// a copy may differ from what the guard was made for
		expect((await check(guarded, [{ ...shipped, origin: 'changed' }]))?.state).toBe('warning');
	});
	test('that find nothing are critical', async () => {
		expect((await checkFilters(deps({ filters: async () => [row('x', 1, ['nohost'])] }))())?.state).toBe(
			'critical',
		);
	});
	test('are not called good before they were looked at', async () => {
		await expect(async () =>
			checkFilters(deps({ filters: async () => [row('x', null, [])] }))(),
		).rejects.toThrow('still being checked');
	});
});
