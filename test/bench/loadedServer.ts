import { setTimeout as sleep } from 'node:timers/promises';
import { readBanRows } from '../../src/backend/fail2ban/database.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { type PrivateFail2ban, type Release, startFail2ban } from '../support/fail2ban.ts';

export const jailCount = 30;
export const banCount = 50_000;

/** The jails, sshd and pam-generic of the private server among them. */
export const jails = [
	'pam-generic',
	'sshd',
	...Array.from({ length: jailCount - 2 }, (_, n) => `bench${String(n).padStart(2, '0')}`),
];

/** Addresses of one jail: 10.{jail}.x.y, each tenth one IPv6, so that a network tells the jail. */
export function addressesOf(jail: number): string[] {
	const count = Math.floor(banCount / jailCount) + (jail < banCount % jailCount ? 1 : 0);
	return Array.from({ length: count }, (_, n) =>
		n % 10 === 9 ? `2001:db8:${jail.toString(16)}::${n.toString(16)}` : `10.${jail}.${n >> 8}.${n & 255}`,
	);
}

function jailFile(): string {
	const sections = jails.slice(2).map(
		(jail) => `[${jail}]
enabled = true
filter = sshd
backend = polling
logpath = @DIR@/logs/auth.log
`,
	);
	const journal = `[journal]
enabled = false
filter = sshd
backend = systemd[journalpath=@DIR@/journal]
journalmatch = _SYSTEMD_UNIT=ssh.service
`;
	return `[DEFAULT]\nbantime = 30d\n\n${[...sections, journal].join('\n')}`;
}

async function bannedCount(server: SocketServer): Promise<number> {
	const counters = await server.allCounters({ timeout: 60_000 });
	return counters.reduce((sum, { banned }) => sum + banned, 0);
}

async function storedCount(database: string): Promise<number> {
	const read = await readBanRows(runCommand, { database });
	return [...(read?.rows.values() ?? [])].reduce((sum, rows) => sum + rows.size, 0);
}

/** A server with 30 jails and 50,000 bans whose action does nothing. The caller stops it. */
export async function startLoadedServer(release: Release): Promise<PrivateFail2ban> {
	const fail2ban = await startFail2ban(release, { files: { 'jail.d/bench.conf': jailFile() } });
	const server = new SocketServer({ path: fail2ban.socket });
	try {
		for (const [number, jail] of jails.entries()) {
			const addresses = addressesOf(number);
			for (let at = 0; at < addresses.length; at += 500) {
				await server.ban(jail, addresses.slice(at, at + 500), { timeout: 60_000 });
			}
		}
		while ((await bannedCount(server)) < banCount) await sleep(500);
		// fail2ban's observer writes each ban to the database in its own time
		while ((await storedCount(fail2ban.database)) < banCount) await sleep(1000);
		return fail2ban;
	} catch (error) {
		await fail2ban.stop();
		throw error;
	} finally {
		server.close();
	}
}
