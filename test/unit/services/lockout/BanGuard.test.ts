import { describe, expect, it } from 'vitest';
import type { GuardedChange } from '../../../../src/backend/files/ChangeGuard.ts';
import type { JailCommands } from '../../../../src/backend/files/jailCommands.ts';
import type { ApiError } from '../../../../src/backend/kit/errors.ts';
import { msg } from '../../../../src/backend/kit/message.ts';
import { BanGuard } from '../../../../src/backend/services/lockout/BanGuard.ts';
import type { JailChange, PreviewedJail } from '../../../../src/backend/services/lockout/JailPreviews.ts';
import { callerAddresses } from '../../../../src/backend/system/callerAddresses.ts';

const own = '192.0.2.17';
const node = {
	address: '10.0.0.12',
	kind: 'node' as const,
	name: 'pve2',
	what: msg("cluster node '{0}'", 'pve2'),
};

function jail(name: string, maxretry: string, ignoreip: string[] = []): JailCommands {
	return {
		jail: name,
		backend: 'polling',
		settings: new Map([['maxretry', maxretry]]),
		ignoreip,
		logpaths: ['/var/log/auth.log'],
		journalmatches: [],
		failregex: [],
		ignoreregex: [],
		actions: new Map(),
	};
}

const dumped = (...jails: JailCommands[]) => ({
	jails: new Map(jails.map((commands) => [commands.jail, commands])),
	server: new Map<string, string>(),
	errors: [],
});

function row(
	ip: string,
	more: Partial<PreviewedJail['addresses'][number]> = {},
): PreviewedJail['addresses'][number] {
	return {
		ip,
		failures: 2,
		own: ip === own,
		what: ip === node.address ? node.what : null,
		banned: false,
		...more,
	};
}

/** A change of jail sshd from 5 failures to 1, on a running server. */
function change(more: Partial<GuardedChange> & { forced?: boolean; client?: string } = {}): GuardedChange {
	const { forced = false, client = own, ...rest } = more;
	return {
		request: {
			caller: { user: 'root@pam', root: true, syslog: true, clientIp: null },
			client,
			forced,
			...(rest.request ?? {}),
		} as GuardedChange['request'],
		before: dumped(jail('sshd', '5')),
		after: dumped(jail('sshd', '1')),
		server: 'running',
		running: ['sshd'],
		steps: [{ kind: 'reload', jail: 'sshd' }],
		...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'request')),
	};
}

/** The guard, with what the previews would find. */
function guard(found: Partial<PreviewedJail> = {}) {
	const asked: JailChange[] = [];
	const previews = {
		async surroundings(clients: readonly (string | null | undefined)[]) {
			const system = [
				node,
				{ address: '10.0.0.1', kind: 'gateway' as const, what: msg('the default gateway') },
			];
			return {
				running: new Set(['sshd']),
				database: null,
				system,
				own: [],
				caller: callerAddresses(clients, system),
			};
		},
		async previewAll(jails: readonly JailChange[]): Promise<PreviewedJail[]> {
			asked.push(...jails);
			return jails.map(({ after }) => ({
				jail: after.jail,
				maxretry: 1,
				bansDifferently: false,
				countsBans: false,
				addresses: [],
				total: 0,
				'at-once': true,
				since: 0,
				lines: 0,
				bantime: 30 * 86_400,
				ignored: false,
				truncated: false,
				problem: null,
				...found,
			}));
		},
	};
	return { asked, judge: (one: GuardedChange) => new BanGuard(previews as never).judge(one) };
}

const refusal = (one: Promise<unknown>): Promise<ApiError> =>
	one.then(
		() => {
			throw new Error('not refused');
		},
		(error: ApiError) => error,
	);

describe('the lockout guard', () => {
	it('names the caller’s address, the time, and why', async () => {
		const error = await refusal(
			guard({ addresses: [row(own), row('198.51.100.1')], total: 2 }).judge(change()),
		);
		expect(error).toMatchObject({ status: 409, code: 'would-ban', errors: { 'would-ban': own } });
		expect(error.message).toBe(
			`This change bans ${own}, the address you use now, for 30 days (jail 'sshd', counting 2 failed log-ins). Add the address to the ignore list first, or continue anyway.`,
		);
	});

	it('says that the next wrong password bans where the jail goes on', async () => {
		const error = await refusal(guard({ addresses: [row(own)], total: 1, 'at-once': false }).judge(change()));
		expect(error.message).toContain(`One wrong password bans ${own}, the address you use now, for 30 days`);
	});

	it('counts bans where the jail does, and waits for the next one', async () => {
		const found = { addresses: [row(own, { failures: 6 })], total: 1, countsBans: true };
		const { message } = await refusal(guard(found).judge(change()));
		expect(message).toContain("for 30 days (jail 'sshd', counting 6 bans). Add");
		const later = await refusal(guard({ ...found, 'at-once': false, maxretry: 7 }).judge(change()));
		expect(later.message).toContain(
			`The next ban in another jail also bans ${own}, the address you use now,`,
		);
	});

	it('names a cluster node and what that would break, after the caller', async () => {
		const found = { addresses: [row(node.address), row(own, { failures: 1 })], total: 2 };
		const error = await refusal(guard(found).judge(change()));
		expect(error.errors).toEqual({ 'would-ban': `${own},${node.address}` });
		expect(error.message).toContain("It is cluster node 'pve2'. Banning it can break the cluster.");
	});

	it('lets pass what bans others, or whom the jail bans already', async () => {
		const found = { addresses: [row('198.51.100.1'), row(own, { banned: true })], total: 1 };
		expect(await guard(found).judge(change())).toBeNull();
	});

	it('names whom the jail bans already where other actions set these bans again', async () => {
		const found = {
			addresses: [row(own, { banned: true, failures: 0 })],
			'at-once': false,
			bansDifferently: true,
		};
		const { message } = await refusal(guard(found).judge(change()));
		expect(message).toBe(
			`This change bans ${own}, the address you use now, for 30 days (jail 'sshd', an earlier ban has not expired). ` +
				'Add the address to the ignore list first, or continue anyway.',
		);
	});

	it('says that a banned network holds the caller’s address', async () => {
		const network = row('192.0.2.0/24', { own: true, banned: true });
		const { message, errors } = await refusal(
			guard({ addresses: [network], bansDifferently: true }).judge(change()),
		);
		expect(message).toContain('bans 192.0.2.0/24, which contains the address you use now, for 30 days');
		expect(errors).toEqual({ 'would-ban': '192.0.2.0/24' });
	});

	it('asks nothing of a jail that cannot ban more, of one that waits for a reload, and of one without a log', async () => {
		const { asked, judge } = guard();
		await judge(change({ after: dumped(jail('sshd', '6')) }));
		await judge(change({ running: [], steps: [] }));
		await judge(change({ after: dumped({ ...jail('sshd', '1'), logpaths: [] }) }));
		expect(asked).toEqual([]);
	});
});

describe('a change must be confirmed', () => {
	it('when it was forced over the caller’s own address', async () => {
		const found = { addresses: [row(own)], total: 1 };
		expect(await guard(found).judge(change({ forced: true }))).toEqual({
			reason: `it bans ${own}, the address of root@pam.`,
			bans: { sshd: [own] },
			blind: false,
		});
		const later = await guard({ ...found, 'at-once': false }).judge(change({ forced: true }));
		expect(later, 'a ban that comes with the next failure is awaited by nobody').toMatchObject({ bans: {} });
	});

	it('not when it was forced over a cluster node only', async () => {
		expect(
			await guard({ addresses: [row(node.address)], total: 1 }).judge(change({ forced: true })),
		).toBeNull();
	});

	it('when nobody knows whom it bans, unless the jail ignores the caller', async () => {
		const found = { truncated: true, problem: msg('The log could not be read in time.') };
		expect(await guard(found).judge(change())).toEqual({
			reason: "it is not known which addresses jail 'sshd' would ban: The log could not be read in time.",
			bans: {},
			blind: true,
		});
		expect(await guard({ ...found, ignored: true }).judge(change())).toBeNull();
	});

	it('when it bans somebody and the caller’s address is not known', async () => {
		const found = { addresses: [row('198.51.100.1')], total: 1 };
		for (const client of ['127.0.0.1', '::1', '10.0.0.12'])
			expect(await guard(found).judge(change({ client }))).toMatchObject({
				reason: 'it bans 1 address, and the address of root@pam is not known.',
				blind: true,
			});
		expect(await guard().judge(change({ client: '127.0.0.1' }))).toBeNull();
	});

	it('when it is asked for and a changed jail does not ignore the caller', async () => {
		const asking = (ignoreip: string[], client = own) =>
			guard().judge(
				change({
					after: dumped(jail('sshd', '1', ignoreip)),
					request: {
						caller: { user: 'root@pam', root: true, syslog: true, clientIp: null },
						client,
						forced: false,
						provisional: 'if-not-ignored',
					},
				}),
			);
		expect(await asking([])).toMatchObject({
			reason: "jail 'sshd' does not ignore the address of root@pam.",
		});
		expect(await asking(['192.0.2.0/24'])).toBeNull();
		expect(await asking(['192.0.2.0/24'], '127.0.0.1')).not.toBeNull();
	});

	it('not while fail2ban is not running, unless its start is part of the change', async () => {
		const found = { addresses: [row(own)], total: 1 };
		expect(await guard(found).judge(change({ forced: true, server: 'stopped', running: [] }))).toBeNull();
		expect((await refusal(guard(found).judge(change({ server: 'stopped', running: [] })))).code).toBe(
			'would-ban',
		);
	});
});
