import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageFile } from '../../src/backend/files/packageFiles.ts';
import type { Release } from './fail2ban.ts';

/** What the guide puts at the head of each of its jails, apart from the name. */
const guideJail = (name: string, lines: string[]) =>
	`# Jail.conf for ${name}\n\n[${name}]\nenabled = true\n${lines.join('\n')}\nignoreip = 127.0.0.1/8 ::1\n`;

/** The guide's own filter, one line of it. */
const guideProxmox =
	'# Filter to the Proxmox Jail\n\n[Definition]\n' +
	'failregex = pvedaemon\\[.*authentication failure; rhost=<HOST> user=.* msg=.*\nignoreregex =\n';

function stock(release: Release, file: string): string {
	return readFileSync(join(release.stock, file), 'utf8');
}

/** The guide's copy of the shipped filter is one of some years ago: other comments, and sshd without sshd-session. */
function oldCopy(release: Release, file: string): string {
	const text = stock(release, file).replace(/^(?:#.*\n|\n)+/, '# An old copy\n\n');
	return text
		.replace(/^_daemon = sshd.*$/m, '_daemon = sshd')
		.replace(/^journalmatch = .*$/m, 'journalmatch = _SYSTEMD_UNIT=sshd.service + _COMM=sshd');
}

/** `cp jail.conf jail.local`, with the guide's basics. */
function copiedJailLocal(release: Release): string {
	return stock(release, 'jail.conf')
		.replace(/^before = .*$/m, 'before = paths-debian.conf')
		.replace(/^backend = .*$/m, 'backend = auto')
		.replace(/^banaction = .*$/m, 'banaction = iptables-multiport')
		.replace(/^banaction_allports = .*$/m, 'banaction_allports = iptables-allports');
}

/** What somebody who follows the guide to the letter has changed below /etc/fail2ban. */
export function guideFiles(release: Release): Record<string, string> {
	return {
		'jail.local': copiedJailLocal(release),
		'jail.d/pam-generic.conf': guideJail('pam-generic', [
			'backend = systemd',
			'banaction = iptables',
			'findtime = 14d',
			'bantime = 30d',
			'maxretry = 1',
		]),
		'jail.d/sshd.conf': guideJail('sshd', [
			'filter = sshd',
			'banaction = iptables',
			'backend = systemd',
			'maxretry = 1',
			'bantime = 30d',
			'findtime = 14d',
		]),
		'jail.d/proxmox.conf': guideJail('proxmox', [
			'filter = proxmox',
			'backend = systemd',
			'banaction = iptables',
			'maxretry = 1',
			'findtime = 14d',
			'bantime = 30d',
		]),
		'filter.d/pam-generic.conf': oldCopy(release, 'filter.d/pam-generic.conf'),
		'filter.d/sshd.conf': oldCopy(release, 'filter.d/sshd.conf'),
		'filter.d/proxmox.conf': guideProxmox,
	};
}

const noCommands = ['start', 'stop', 'flush', 'check', 'ban', 'unban'].map((what) => `action${what} =\n`);

/**
 * Such a node for startFail2ban: the shipped configuration of its Debian with the guide's files. What a test must not
 * touch is out of reach: the machine's firewall and log files.
 */
export function guideNode(release: Release): Record<string, string> {
	const quiet = `[Definition]\n${noCommands.join('')}`;
	return {
		...plainNode(release),
		'action.d/iptables.local': quiet,
		'action.d/nftables.local': quiet,
		...guideFiles(release),
	};
}

/** The shipped configuration of a Debian without rsyslog. */
function plainNode(release: Release): Record<string, string> {
	return {
		'jail.d/defaults-debian.conf': stock(release, 'jail.d/defaults-debian.conf'),
		'paths-overrides.local': '[DEFAULT]\nsyslog_authpriv = @DIR@/logs/none.log\n',
	};
}

/** What dpkg would know of a release's files. */
export function shippedFiles(release: Release): Map<string, PackageFile> {
	const files = ['', 'jail.d', 'filter.d', 'action.d'].flatMap((folder) =>
		readdirSync(join(release.stock, folder), { withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(folder, entry.name)),
	);
	return new Map(
		files.map((file) => {
			const md5 = createHash('md5')
				.update(readFileSync(join(release.stock, file)))
				.digest('hex');
			return [file, { package: 'fail2ban', md5 }];
		}),
	);
}
