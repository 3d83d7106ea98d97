import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { SocketServer } from '../../src/backend/fail2ban/SocketServer.ts';
import { type PrivateFail2ban, type Release, startFail2ban } from '../support/fail2ban.ts';

/** How much a server has to do. */
export interface Load {
	jails: number;
	bans: number;
}

/** The jails of a server, sshd and pam-generic of the private configuration among them. */
export function jailNames(count: number): string[] {
	const own = Array.from({ length: Math.max(0, count - 2) }, (_, n) => `bench${String(n).padStart(3, '0')}`);
	return ['pam-generic', 'sshd', ...own].slice(0, count);
}

/** Addresses of one jail: 10.{jail}.x.y, each tenth one IPv6, so that a network names the jail. */
export function addressesOf(jail: number, { jails, bans }: Load): string[] {
	const count = Math.floor(bans / jails) + (jail < bans % jails ? 1 : 0);
	return Array.from({ length: count }, (_, n) =>
		n % 10 === 9
			? `2001:db8:${jail.toString(16)}::${n.toString(16)}`
			: `${10 + (n >> 16)}.${jail}.${(n >> 8) & 255}.${n & 255}`,
	);
}

function jailFile(names: readonly string[], banaction: string): string {
	const sections = names
		.filter((name) => name.startsWith('bench'))
		.map(
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
	return `[DEFAULT]\nbantime = 30d\nbanaction = ${banaction}\nbanaction_allports = ${banaction}\n\n${[...sections, journal].join('\n')}`;
}

/**
 * Writes the bans as fail2ban's own class lays its database out. The server restores them at its start, which takes
 * seconds; told one by one through its socket, 200,000 take many minutes, most of them for its database.
 */
const FILL = `
import json, sys, time
from fail2ban.server.database import Fail2BanDb

database = Fail2BanDb(sys.argv[1])
now = int(time.time())
with database._db as db:
    for jail, addresses in json.load(sys.stdin).items():
        db.execute('INSERT OR IGNORE INTO jails (name, enabled) VALUES (?, 1)', (jail,))
        rows = [(jail, ip, now - 1 - n % 3600, 30 * 86400, 1 + n % 3, '{"matches": [], "failures": 5}')
                for n, ip in enumerate(addresses)]
        for table in ('bans', 'bips'):
            db.executemany('INSERT INTO ' + table + ' (jail, ip, timeofban, bantime, bancount, data)'
                           ' VALUES (?, ?, ?, ?, ?, ?)', rows)
database.close()
`;

/** Fills the database of a server that is not running yet. */
export function fillDatabase(
	{ release, database }: PrivateFail2ban,
	bans: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(`${release.bin}/fail2ban-python`, ['-c', FILL, database], {
			stdio: ['pipe', 'ignore', 'pipe'],
		});
		let said = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		child.on('error', reject);
		child.on('close', (exit) =>
			exit === 0 ? resolve() : reject(new Error(`filling fail2ban's database: exit ${exit}\n${said}`)),
		);
		child.stdin.end(JSON.stringify(bans));
	});
}

/** Waits until the server has restored all bans. Throws after five minutes. */
export async function restored(fail2ban: PrivateFail2ban, bans: number): Promise<void> {
	const server = new SocketServer({ path: fail2ban.socket });
	try {
		const end = Date.now() + 300_000;
		for (;;) {
			const counters = await server.allCounters({ timeout: 60_000 });
			const banned = counters.reduce((sum, counter) => sum + counter.banned, 0);
			if (banned === bans) return;
			if (Date.now() > end) throw new Error(`fail2ban restored ${banned} of ${bans} bans in five minutes.`);
			await sleep(500);
		}
	} finally {
		server.close();
	}
}

export interface LoadOptions {
	/** Default: one that does nothing. */
	banaction?: string;
	/** More files of the configuration. */
	files?: Readonly<Record<string, string>>;
}

/** A server with so many jails and bans. The caller ends it by `endLoadedServer`. */
export async function startLoadedServer(
	release: Release,
	load: Load,
	{ banaction = 'noop', files = {} }: LoadOptions = {},
): Promise<PrivateFail2ban> {
	const names = jailNames(load.jails);
	const fail2ban = await startFail2ban(release, {
		start: false,
		files: { 'jail.d/zz-bench.conf': jailFile(names, banaction), ...files },
	});
	try {
		const bans = names.map((name, number) => [name, addressesOf(number, load)] as const);
		await fillDatabase(fail2ban, Object.fromEntries(bans));
		await fail2ban.start();
		await restored(fail2ban, load.bans);
		return fail2ban;
	} catch (error) {
		await endLoadedServer(fail2ban);
		throw error;
	}
}

/** Stopping in order would lift the bans one by one, which takes minutes. */
export async function endLoadedServer(fail2ban: PrivateFail2ban): Promise<void> {
	await fail2ban.kill();
	await fail2ban.stop();
}
