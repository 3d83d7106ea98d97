import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';

const admin = 'admin@pve';
const root = 'root@pam';

/** user, parameters, the parameter that the answer names, what its message says; the jail is sshd unless told */
type Broken = [user: string, params: Record<string, string>, named: string, message: RegExp, jail?: string];

const both = (params: Record<string, string>, named: string, message: RegExp): Broken[] => [
	[admin, params, named, message],
	[root, params, named, message],
];

const rootOnly = /root@pam/;

/** `@DIR@` is the private folder, where a `touch` would show that a value was executed. */
const broken: Broken[] = [
	...both({ bantime: `__import__('os').system('touch @DIR@/executed')` }, 'bantime', /numbers with units/),
	...both({ bantime: '10m\nenabled = false' }, 'bantime', /units|line break/i),
	...both({ bantime: '11m\n' }, 'bantime', /units/),
	...both({ bantime: '' }, 'bantime', /units/),
	...both({ bantime: '1e3' }, 'bantime', /units/),
	...both({ bantime: '0' }, 'bantime', /not ban anybody/),
	...both({ findtime: '-1' }, 'findtime', /./),
	...both({ findtime: '10m ; x' }, 'findtime', /units/),
	...both({ maxretry: '0' }, 'maxretry', /1 to 1000/),
	...both({ maxretry: 'abc' }, 'maxretry', /whole number/),
	...both({ 'bantime-multipliers': '1 2 x' }, 'bantime-multipliers', /./),
	...both({ enabled: 'maybe' }, 'enabled', /0 or 1/),
	...both({ nonsense: '1' }, 'nonsense', /Unknown parameter/),
	[root, { failregex: '', 'bantime-rndtime': 'x' }, 'bantime-rndtime', /units/],
	// what only root may set is refused first, whatever else is wrong
	[admin, { failregex: '', 'bantime-rndtime': 'x' }, 'failregex', rootOnly],
	[admin, { port: 'ssh; touch @DIR@/executed' }, 'port', /./],
	[admin, { port: 'ssh\n[evil]\nenabled=true' }, 'port', /./],
	[admin, { port: '0' }, 'port', /./],
	[admin, { port: '70000' }, 'port', /./],
	[admin, { protocol: 'tcp"; touch @DIR@/executed' }, 'protocol', /./],
	[admin, { banaction: 'noop[actionban="touch @DIR@/executed"]' }, 'banaction', /./],
	[admin, { banaction: 'noop' }, 'banaction', /./],
	[admin, { filter: '../../evil/x' }, 'filter', /./],
	[admin, { filter: 'sshd[failregex="<HOST>"]' }, 'filter', /./],
	[root, { filter: '../../evil/x' }, 'filter', /./],
	...both({ filter: 'no-such-filter' }, 'filter', /./),
	[admin, { mode: 'x]; touch y' }, 'mode', /./],
	...both({ mode: 'nosuch' }, 'mode', /^Filter 'sshd' has no mode 'nosuch'; use one of aggressive, .*normal/),
	[admin, { ignoreip: '%(sec/token)s' }, 'ignoreip', /./],
	[admin, { ignoreip: 'file:/etc/shadow' }, 'ignoreip', /./],
	[admin, { ignoreip: 'evil.example' }, 'ignoreip', /./],
	[admin, { ignoreip: '10.0.0.0/99' }, 'ignoreip', /./],
	[admin, { backend: 'systemd[journalpath="/tmp"]' }, 'backend', /./],
	[admin, { usedns: 'yes' }, 'usedns', /./],
	[admin, { action: 'nftables' }, 'action', rootOnly],
	[admin, { failregex: '^x <HOST>' }, 'failregex', rootOnly],
	[admin, { logpath: '/etc/shadow' }, 'logpath', rootOnly],
	[admin, { journalmatch: 'A=1' }, 'journalmatch', rootOnly],
	[admin, { chain: 'INPUT' }, 'chain', rootOnly],
	[admin, { destemail: 'a@b' }, 'destemail', rootOnly],
	[admin, { 'bantime-factor': '1' }, 'bantime-factor', rootOnly],
	[admin, { ignorecommand: '/bin/true' }, 'ignorecommand', rootOnly],
	[admin, { delete: 'ignorecommand' }, 'delete', /./],
	['root@pam!token', { ignorecommand: '/bin/true' }, 'ignorecommand', rootOnly],
	...both({ delete: 'nonsense' }, 'delete', /./),
	// sshd's prefregex finds the host by the connection, so that filter may have expressions without one
	[root, { failregex: '^no host here$' }, 'failregex', /failure-id/, 'pam-generic'],
	[root, { failregex: '^broken ( <HOST>' }, 'failregex', /./],
	[root, { logpath: '/nonexistent/log' }, 'logpath', /log file/],
	[root, { ignorecommand: 'a\u0000b' }, 'ignorecommand', /./],
	[root, { ignorecommand: '%(missing)s' }, 'ignorecommand', /./],
	[root, { digest: '0'.repeat(40), bantime: '2h' }, 'digest', /changed in the meantime/],
];

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;
		let before: Record<string, string>;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, {
				files: { 'jail.d/sec.local': '[sec]\ntoken = 192.0.2.99\n' },
			});
			await writeFile(join(fail2ban.dir, 'logs/auth.log'), '');
			helper = await startTestHelper(fail2ban);
			before = await fingerprint(fail2ban.config);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		it.each(broken)(
			'refuses %s setting %j, naming %s',
			async (user, given, named, message, jail = 'sshd') => {
				const params = Object.fromEntries(
					Object.entries(given).map(([name, value]) => [name, value.replaceAll('@DIR@', fail2ban.dir)]),
				);
				const { status, body } = await helper.call('PUT', `/jails/${jail}`, params, user);
				expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400);
				expect(status, JSON.stringify(body)).toBeLessThan(500);
				expect(Object.keys(body.error.errors ?? {}), JSON.stringify(body)).toContain(named);
				expect(body.error.errors[named]).toMatch(message);
				expect(body.error.message).toMatch(/^[\x20-\x7e]+$/);
				expect(await fingerprint(fail2ban.config)).toEqual(before);
				expect((await fail2ban.client('status')).stdout).toMatch(/pam-generic, sshd/);
				expect((await fail2ban.client('get', 'sshd', 'actions')).stdout).toContain('noop');
				expect(existsSync(join(fail2ban.dir, 'executed'))).toBe(false);
			},
		);
	},
);
