import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fail2banServer } from '../../src/backend/fail2ban/Fail2banServer.ts';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { until } from '../support/until.ts';
import { FakeServer } from '../unit/services/support/FakeServer.ts';

const refused = { code: 'refused' };
const never = 'nojail';

interface Subject {
	name: string;
	/** A server with the jails pam-generic and sshd, which ban nobody yet, and bantime 600. */
	start(): Promise<{ server: Fail2banServer; stop(): Promise<void> }>;
}

const real = releases().map(
	(release): Subject => ({
		name: `fail2ban ${release.version}`,
		async start() {
			const fail2ban: PrivateFail2ban = await startFail2ban(release);
			const server = new SocketServer({ path: fail2ban.socket });
			const stop = async () => {
				server.close();
				await fail2ban.stop();
			};
			return { server, stop };
		},
	}),
);

const fake: Subject = {
	name: 'the fake server of the unit tests',
	start: async () => ({
		server: new FakeServer({ sshd: [], 'pam-generic': [] }, Math.floor(Date.now() / 1000)),
		stop: async () => {},
	}),
};

/** What unit tests believe of a server, held against the real ones: the fake may not promise anything else. */
describe.each([fake, ...real])('$name', (subject) => {
	let server: Fail2banServer;
	let stop: () => Promise<void>;

	beforeAll(async () => {
		({ server, stop } = await subject.start());
	});
	afterAll(() => stop?.());

	const addresses = async (jail: string) => (await server.bans(jail)).map(({ ip }) => ip).sort();

	it('has its jails sorted by name', async () => {
		expect(await server.jails()).toEqual(['pam-generic', 'sshd']);
		expect((await server.allCounters()).map(({ jail }) => jail)).toEqual(['pam-generic', 'sshd']);
	});

	it('says its version', async () => {
		expect(await server.version()).toMatch(/^\d+\.\d+\.\d+/);
	});

	it('counts new bans only, and each address once', async () => {
		expect(await server.ban('sshd', ['192.0.2.1', '192.0.2.2', '2001:db8::1'])).toBe(3);
		await until(
			() => addresses('sshd'),
			'three bans',
			({ length }) => length === 3,
		);
		expect(await server.ban('sshd', ['192.0.2.2', '192.0.2.3'])).toBe(1);
		const found = await until(
			() => addresses('sshd'),
			'four bans',
			({ length }) => length === 4,
		);
		expect(found).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::1']);
		expect(await addresses('pam-generic')).toEqual([]);
	});

	it('says since when, how long, and until when', async () => {
		const ban = (await server.bans('sshd')).find(({ ip }) => ip === '192.0.2.1');
		expect(ban?.bantime).toBe(600);
		expect(ban?.until).toBe((ban?.since ?? 0) + 600);
		expect(Math.abs((ban?.since ?? 0) - Date.now() / 1000)).toBeLessThan(120);
	});

	it('counts what is banned and what was', async () => {
		const [counters] = await server.counters(['sshd']);
		expect(counters).toMatchObject({ jail: 'sshd', banned: 4, failed: 0, totalFailed: 0 });
		expect(counters?.totalBanned).toBeGreaterThanOrEqual(4);
	});

	it('leaves a jail that is not there out of the counters', async () => {
		const counters = await server.counters(['sshd', never, 'pam-generic']);
		expect(counters.map(({ jail }) => jail)).toEqual(['sshd', 'pam-generic']);
	});

	it('refuses the bans, an action list, a ban and an unban of a jail that is not there', async () => {
		await expect(server.bans(never)).rejects.toMatchObject(refused);
		await expect(server.actions(never)).rejects.toMatchObject(refused);
		await expect(server.ban(never, ['192.0.2.9'])).rejects.toMatchObject(refused);
		await expect(server.unban(never, ['192.0.2.9'])).rejects.toMatchObject(refused);
		await expect(server.command(['get', never, 'bantime'])).rejects.toMatchObject(refused);
	});

	it('counts lifted bans, not addresses that were not banned', async () => {
		expect(await server.unban('sshd', ['192.0.2.1', '192.0.2.77'])).toBe(1);
		expect(await addresses('sshd')).toEqual(['192.0.2.2', '192.0.2.3', '2001:db8::1']);
		expect(await server.unban('sshd', ['192.0.2.1'])).toBe(0);
	});

	it('answers commands by value, and refuses unknown ones with a reason', async () => {
		expect(await server.command(['get', 'sshd', 'bantime'])).toBe(600);
		expect(typeof (await server.command(['get', 'loglevel']))).toBe('string');
		expect(typeof (await server.command(['get', 'dbfile']))).toBe('string');
		await expect(server.command(['dance'])).rejects.toMatchObject(refused);
	});

	it('puts a refusal in its place of a pipeline', async () => {
		const answers = await server.pipeline([['get', 'sshd', 'bantime'], ['dance'], ['version']]);
		expect(answers[0]).toBe(600);
		expect(answers[1]).toMatchObject(refused);
		expect(typeof answers[2]).toBe('string');
	});

	it('names the actions of a jail', async () => {
		expect(await server.actions('sshd')).toHaveLength(1);
	});
});
