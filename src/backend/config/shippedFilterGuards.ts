/**
 * What a jail adds to a filter that fail2ban ships, so that no user name can name the address that is banned. Each is
 * an option of the jail's own section, all of it ours: nothing of the shipped filter is copied. Proven on 1.0.2 and
 * 1.1.0 in all modes by test/system/ownFilters.test.ts; the ways in are listed in docs/own-filters.md.
 */
interface FilterGuard {
	/** Expressions, one for each line of the value; no sign in them needs escaping in a configuration file. */
	ignoreregex: readonly string[];
	/** For backend systemd: fields that only journald writes, so that no other process can send such a line. */
	journalmatch: string;
}

/**
 * sshd writes the name of a user that does not exist as it was typed, blanks included, and then the address. The
 * expressions of the filter take the first address that fits, and the same goes for the service that a client asks
 * for. No honest name of that kind holds a blank: such lines are ignored, while "Invalid user NAME from ADDRESS", which cannot be forged, still counts the attempt.
 *
 * The monitor of sshd logs as root whatever the process without rights has to say, under ssh.service, ssh@….service
 * or a session's scope; sshd-session is the monitor from OpenSSH 9.8 on (Debian 13).
 */
export const sshdGuard: FilterGuard = {
	ignoreregex: [
		String.raw`Failed \S+ for (?:invalid|illegal) user .* from .* from \S+ port \d+ ssh2`,
		String.raw`(?:Connection (?:closed|reset)|Disconnect(?:ed|ing))(?: by| from)? (?:invalid|illegal|authenticating) user (?:\S* \S+ (?!port )|.* port .* port )`,
		String.raw`Disconnecting .*service not allowed: (?!\(\S*,\S*\) -> \(\S*,\S*\) \[preauth\]\s*$)`,
	],
	journalmatch: '_COMM=sshd _UID=0 + _COMM=sshd-session _UID=0',
};

/**
 * Services such as FTP servers hand PAM what a client typed as the remote user (ruser), which pam_unix writes before
 * the address. PAM's modules write by syslog, and what authenticates others runs as root.
 */
export const pamGuard: FilterGuard = {
	ignoreregex: [String.raw`\srhost=.*\srhost=`],
	journalmatch: '_TRANSPORT=syslog _UID=0',
};
