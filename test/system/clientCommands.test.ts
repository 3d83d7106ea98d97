import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientCommands } from '../../src/backend/fail2ban/ClientCommands.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';

describe.each(releases())('ClientCommands on fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;
	let commands: ClientCommands;
	let server: SocketServer;
	beforeAll(async () => {
		fail2ban = await startFail2ban(release, { start: false });
		server = new SocketServer({ path: fail2ban.socket });
		commands = new ClientCommands({
			run: runCommand,
			bin: release.bin,
			socket: fail2ban.socket,
			pidfile: join(fail2ban.dir, 'fail2ban.pid'),
			config: fail2ban.config,
			privateFolder: true,
		});
	});
	afterAll(async () => {
		server?.close();
		await fail2ban?.stop();
	});

	test('tests and dumps the configuration', async () => {
		expect(await commands.test(fail2ban.config)).toMatchObject({ exit: 0 });
		const dump = await commands.dump(fail2ban.config);
		expect(dump).toContainEqual(['set', 'sshd', 'maxretry', 5]);
		expect(dump).toContainEqual(['start', 'sshd']);
	});

	test('starts, reloads, restarts and stops the server', async () => {
		expect(await commands.start()).toMatchObject({ exit: 0 });
		const first = fail2ban.pid;
		expect(first).toBeGreaterThan(0);
		expect(await server.jails()).toEqual(['pam-generic', 'sshd']);
		await server.command(['set', 'sshd', 'maxretry', '77']);
		expect(await commands.reload(['sshd'])).toMatchObject({ exit: 0 });
		expect(await server.command(['get', 'sshd', 'maxretry'])).toBe(5);
		expect(await commands.reload(['nope'])).toMatchObject({ exit: 255 });
		expect(await commands.restart()).toMatchObject({ exit: 0 });
		expect(fail2ban.pid).toBeGreaterThan(0);
		expect(fail2ban.pid).not.toBe(first);
		expect(await commands.stop()).toMatchObject({ exit: 0 });
		expect(fail2ban.pid).toBe(undefined);
		expect(await commands.stop()).toMatchObject({ exit: 255 });
	});

	test('refuses a second start and leaves the server alone', async () => {
		expect(await commands.start()).toMatchObject({ exit: 0 });
		const { pid } = fail2ban;
		expect(await commands.start()).toMatchObject({ exit: 255 });
		expect(fail2ban.pid).toBe(pid);
		expect(await server.command(['ping'])).toBe('pong');
	});

	test('starts and restarts after a crash that left the socket behind', async () => {
		await fail2ban.kill();
		expect(await commands.start()).toMatchObject({ exit: 0 });
		await fail2ban.kill();
		expect(await commands.restart()).toMatchObject({ exit: 0 });
		expect(await server.jails()).toEqual(['pam-generic', 'sshd']);
	});

	test('restarts a server that takes its time to lift bans', async () => {
		const addresses = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
		await server.ban('sshd', addresses, { timeout: 60_000 });
		expect(await commands.restart({ timeout: 60_000 })).toMatchObject({ exit: 0, timedOut: false });
		expect(await server.jails()).toEqual(['pam-generic', 'sshd']);
	});

	test('ends in its time-out while the server is frozen, and never starts a second one', async () => {
		const { pid } = fail2ban;
		fail2ban.freeze();
		try {
			expect(await commands.reload(['sshd'], { timeout: 500 })).toMatchObject({ timedOut: true });
			expect(await commands.restart({ timeout: 500 })).toMatchObject({ timedOut: true });
			expect(await commands.start({ timeout: 5000 })).toMatchObject({ exit: 255 });
		} finally {
			fail2ban.thaw();
		}
		// The stop that was cut short may still reach it.
		expect([pid, undefined]).toContain(fail2ban.pid);
	});
});
