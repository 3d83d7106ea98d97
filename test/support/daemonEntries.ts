import type { JournalEntry } from './journalFile.ts';

/** What a daemon writes at one failed log-in. */
export type FailedLogin = (address: string) => Omit<JournalEntry, 'time'>[];

let lastPid = 1000;

/** pvedaemon of Proxmox VE 8 and 9 (PVE/API2/AccessControl.pm, PVE/API2/OpenId.pm); pveproxy sees IPv4 as mapped. */
const pvedaemon = (text: (host: string) => string): FailedLogin => {
	return (address) => [
		{
			identifier: 'pvedaemon',
			comm: 'pvedaemon worke',
			pid: 900,
			unit: 'pvedaemon.service',
			message: text(address.includes(':') ? address : `::ffff:${address}`),
		},
	];
};

const password = pvedaemon(
	(host) => `authentication failure; rhost=${host} user=root@pam msg=Authentication failure`,
);

/** Realm pam: PAM's own line comes first, from the process that pvedaemon forks for it. */
export const pvePamPassword: FailedLogin = (address) => [
	{
		identifier: 'IPCC.xs',
		comm: 'pvedaemon worke',
		pid: 900,
		unit: 'pvedaemon.service',
		message: `pam_unix(proxmox-ve-auth:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=${address}  user=root`,
	},
	...password(address),
];

export const pvePassword = pvedaemon(
	(host) => `authentication failure; rhost=${host} user=alice@pve msg=invalid credentials`,
);

export const pveSecondFactor = pvedaemon(
	(host) => `authentication failure; rhost=${host} user=alice@pve msg=failed 2nd factor`,
);

export const pveOpenId = pvedaemon(
	(host) => `openid authentication failure; rhost=${host} msg=missing claim 'preferred_username'`,
);

interface Sshd {
	/** `sshd` in Debian 12, `sshd-session` in Debian 13. */
	program: string;
	unit(address: string): string;
}

const connection = ({ program, unit }: Sshd, address: string) => {
	lastPid += 1;
	return { identifier: program, comm: program, pid: lastPid, unit: unit(address) };
};

const service = () => 'ssh.service';
/** The instance that ssh.socket starts for a connection when it is set to Accept=yes. */
const instance = (address: string) => `ssh@${lastPid}-192.0.2.1:22-${address}:40022.service`;

const knownUser =
	(sshd: Sshd): FailedLogin =>
	(address) => {
		const from = connection(sshd, address);
		return [
			{
				...from,
				message: `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${address}  user=root`,
			},
			{ ...from, message: `Failed password for root from ${address} port 40022 ssh2` },
		];
	};

const unknownUser =
	(sshd: Sshd): FailedLogin =>
	(address) => [
		{
			...connection(sshd, address),
			message: `Failed password for invalid user admin from ${address} port 40022 ssh2`,
		},
	];

export const sshd12 = knownUser({ program: 'sshd', unit: service });
export const sshd12UnknownUser = unknownUser({ program: 'sshd', unit: service });
export const sshd12Socket = unknownUser({ program: 'sshd', unit: instance });
export const sshd13 = knownUser({ program: 'sshd-session', unit: service });
export const sshd13UnknownUser = unknownUser({ program: 'sshd-session', unit: service });
export const sshd13Socket = unknownUser({ program: 'sshd-session', unit: instance });

/** login(1), as telnetd and the like start it. */
export const pamLogin: FailedLogin = (address) => [
	{
		identifier: 'login',
		pid: 700,
		unit: 'session-1.scope',
		message: `pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 tty=/dev/pts/0 ruser= rhost=${address}  user=root`,
	},
];

/** Proxmox Backup Server (proxmox-rest-server/src/environment.rs): it logs the port, too. */
export const pbsPassword: FailedLogin = (address) => [
	{
		identifier: 'proxmox-backup-api',
		comm: 'proxmox-backup-',
		pid: 800,
		unit: 'proxmox-backup.service',
		message: `authentication failure; rhost=[${address.includes(':') ? address : `::ffff:${address}`}]:51234 user=root@pam msg=invalid credentials`,
	},
];

/** A log-in that works, at pvedaemon and at sshd. */
export const goodLogin: FailedLogin = (address) => [
	{
		identifier: 'pvedaemon',
		comm: 'pvedaemon worke',
		pid: 900,
		unit: 'pvedaemon.service',
		message: `<root@pam> successful auth for user 'alice@pve'`,
	},
	{
		...connection({ program: 'sshd', unit: service }, address),
		message: `Accepted password for alice from ${address} port 40022 ssh2`,
	},
];
