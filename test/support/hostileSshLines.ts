import { victim } from './hostileTexts.ts';

/** Who is at the other end. */
export const client = '192.0.2.77';

/**
 * User names that nobody has, each made to be taken for the end of the line. OpenSSH cuts a name at its first colon, but
 * not the name of a service.
 */
export const hostileNames: readonly string[] = [
	...[victim.v4, `::ffff:${victim.v4}`, `[${victim.v4}]`, victim.v6, 'victim.example'].flatMap((address) => [
		`a from ${address}: `,
		`a from ${address}: b`,
		`a from ${address} port 22 ssh2: `,
		`a from ${address} port 22 ssh2: x`,
		`x ${address}: y`,
		`x ${address} port 22: y`,
		`x ${address} on`,
	]),
	...[
		'F',
		'F port 22',
		'F port 22 [preauth]',
		'from F',
		'by F',
		'a from F on',
		'[ F: y',
		'[ F port 22: y',
		'[preauth] F: y [preauth]',
		'a from F',
		'a from F port 22 ssh2',
		'a from F port 22 on',
		'a from F:',
		'a from F: from',
		'a: b from F: ',
		'a from F  ssh2: x',
		'a from F not allowed because not listed in AllowUsers',
		'a from F via x',
		'a F port 22 on',
		"x' from F port 3",
		'x by F',
		'x F on [preauth]',
		'x F: y [preauth]',
		'x F: 11: y',
		'x F: y:',
		'x F: Too many authentication failures',
		'x F: Change of username or service not allowed: y',
		'x F port 1: Change of username or service not allowed: y [preauth]',
		'a F: Change of username or service not allowed: [preauth]',
		'a user b F: c',
		'authenticating user root F: y',
		'invalid user a from F: ',
		'a ruser= rhost=F',
		'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=F',
	].map((name) => name.replaceAll('F', victim.v4)),
];

/** Names that people and guessing programs use; some are words of sshd's sentences. */
export const honestNames = [
	'root',
	'admin',
	'',
	'a-b.c_d$',
	'DOMAIN\\alice',
	'x@y.example',
	'from',
	'port',
	'user',
	'1.2',
];

/** What sshd writes of a log-in that fails; H is the client's address, N the name that was typed. */
export const sshdSentences: readonly string[] = [
	'Invalid user N from H port 40022',
	'Failed none for invalid user N from H port 40022 ssh2',
	'Failed password for invalid user N from H port 40022 ssh2',
	'Failed publickey for invalid user N from H port 40022 ssh2: RSA SHA256:q1w2e3r4',
	'Failed publickey for invalid user N from H port 40022 ssh2: ED25519-CERT SHA256:q1 ID N (serial 0) CA ED25519 SHA256:w2',
	'Failed publickey for invalid user bob from H port 40022 ssh2: ED25519-CERT SHA256:q1 ID N (serial 0) CA ED25519 SHA256:w2',
	'Failed publickey for root from H port 40022 ssh2: ED25519-CERT SHA256:q1 ID N (serial 0) CA ED25519 SHA256:w2',
	'Failed keyboard-interactive/pam for invalid user N from H port 40022 ssh2',
	'Postponed keyboard-interactive for invalid user N from H port 40022 ssh2 [preauth]',
	'error: PAM: Authentication failure for illegal user N from H',
	'error: PAM: User not known to the underlying authentication module for illegal user N from H',
	'error: maximum authentication attempts exceeded for invalid user N from H port 40022 ssh2 [preauth]',
	'User N from H not allowed because not listed in AllowUsers',
	"User N from H not allowed because none of user's groups are listed in AllowGroups",
	'Connection closed by invalid user N H port 40022 [preauth]',
	'Connection reset by invalid user N H port 40022 [preauth]',
	'Disconnected from invalid user N H port 40022 [preauth]',
	'Disconnecting invalid user N H port 40022: Too many authentication failures [preauth]',
	'Disconnecting invalid user N H port 40022: Change of username or service not allowed: (N,ssh-connection) -> (b,ssh-connection) [preauth]',
	'Connection closed by authenticating user N H port 40022 [preauth]',
	'Disconnecting authenticating user root H port 40022: Change of username or service not allowed: (root,ssh-connection) -> (root,N) [preauth]',
	'Disconnecting authenticating user root H port 40022: Change of username or service not allowed: (root,ssh-connection) -> (N,ssh-connection) [preauth]',
	'Received disconnect from H port 40022:11: N [preauth]',
	'Received disconnect from H port 40022:3: N: Auth fail [preauth]',
	"Bad protocol version identification 'N' from H port 40022",
	'error: kex_exchange_identification: client sent invalid protocol identifier "N"',
	'Unable to negotiate with H port 40022: no matching key exchange method found. Their offer: N [preauth]',
	'userauth_pubkey: signature algorithm N not in PubkeyAcceptedAlgorithms [preauth]',
];

/** What it writes without any name that was typed. */
export const fixedSentences: readonly string[] = [
	'Failed password for root from H port 40022 ssh2',
	'Failed publickey for root from H port 40022 ssh2: RSA SHA256:q1w2e3r4',
	'error: maximum authentication attempts exceeded for root from H port 40022 ssh2 [preauth]',
	'Disconnecting authenticating user root H port 40022: Too many authentication failures [preauth]',
	'Connection reset by H port 40022 [preauth]',
	'Connection closed by H port 40022',
	'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=H  user=root',
	'fatal: Timeout before authentication for H port 40022',
	'banner exchange: Connection from H port 40022: invalid format',
	'Accepted publickey for root from H port 40022 ssh2: RSA SHA256:q1w2e3r4',
	'Disconnected from user root H port 40022',
];

/** pam_unix of an FTP server, which hands PAM the name that was typed as ruser, and of Proxmox VE. */
export const pamSentences: readonly string[] = [
	'vsftpd[P]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=N rhost=H',
	'vsftpd[P]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=N rhost=H  user=root',
	'IPCC.xs[P]: pam_unix(proxmox-ve-auth:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=H  user=root',
	'IPCC.xs[P]: pam_unix(proxmox-ve-auth:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=H  user=N',
	'sshd[P]: Invalid user N from H port 40022',
];

/** Names for PAM. */
export const hostilePamNames: readonly string[] = [
	...hostileNames,
	...[
		'x rhost=F',
		'x rhost=F user=y',
		' rhost=F ',
		'rhost=F',
		'x rhost=F  user=',
		'pam_unix(x:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=F',
		'x rhost=victim.example user=y',
	].map((name) => name.replaceAll('F', victim.v4)),
];

/** A line of the journal or a log file, without its date. */
export function filled(sentence: string, name: string, pid: number, program?: string): string {
	const parts: Record<string, string> = { N: name, H: client, P: String(pid) };
	const text = sentence.replace(/\b[NHP]\b/g, (sign) => parts[sign] as string);
	return `2026-11-23T10:00:00+01:00 pve1 ${program === undefined ? '' : `${program}[${pid}]: `}${text}`;
}
