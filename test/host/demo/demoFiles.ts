import { harmlessJails, proxmoxJail } from '../../support/harmlessJails.ts';

/**
 * The demo's configuration: jails that read the generated logs, and bans that do nothing. The proxmox filter is anchored
 * at both ends of the daemon's part, so that a user name cannot forge an address.
 */
export const demoFiles: Readonly<Record<string, string>> = {
	...harmlessJails(proxmoxJail('pvedaemon.log')),
	'filter.d/proxmox.conf': `[Definition]
failregex = ^\\s*(?:\\S+\\s+)?pvedaemon\\[\\d+\\]: authentication failure; rhost=<ADDR> user=<F-USER>.*</F-USER> msg=.*$
ignoreregex =
`,
};
