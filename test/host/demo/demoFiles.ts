/**
 * The demo's configuration, in place of Debian's own choice: three jails that read the generated logs and
 * an action that does nothing. The proxmox filter is anchored at both ends of the daemon's part, so that a
 * user name cannot forge an address.
 */
export const demoFiles: Readonly<Record<string, string>> = {
	'filter.d/proxmox.conf': `[Definition]
failregex = ^\\s*(?:\\S+\\s+)?pvedaemon\\[\\d+\\]: authentication failure; rhost=<ADDR> user=<F-USER>.*</F-USER> msg=.*$
ignoreregex =
`,
	'jail.d/defaults-debian.conf': `[DEFAULT]
banaction = noop
banaction_allports = noop

[sshd]
enabled = true
backend = polling
logpath = @DIR@/logs/auth.log

[pam-generic]
enabled = true
backend = polling
logpath = @DIR@/logs/auth.log

[proxmox]
enabled = true
backend = polling
filter = proxmox
port = https,http,8006
logpath = @DIR@/logs/pvedaemon.log
`,
};
