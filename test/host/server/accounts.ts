/** The privileges on /nodes/{node} that the plugin asks for. */
type Privilege = 'Sys.Audit' | 'Sys.Modify' | 'Sys.Syslog';

export interface Account {
	user: string;
	privileges: readonly Privilege[];
}

/** One for each kind of user the plugin tells apart. All share the password of the host. */
export const accounts: readonly Account[] = [
	{ user: 'root@pam', privileges: ['Sys.Audit', 'Sys.Modify', 'Sys.Syslog'] },
	{ user: 'admin@pve', privileges: ['Sys.Audit', 'Sys.Modify', 'Sys.Syslog'] },
	{ user: 'audit@pve', privileges: ['Sys.Audit'] },
	{ user: 'nobody@pve', privileges: [] },
];

export function accountOf(user: string): Account | undefined {
	return accounts.find((account) => account.user === user);
}

/** What the log-in answers about rights: a 1 for each privilege, by kind of object. */
export function capabilities({ privileges }: Account): Record<string, Record<string, 1>> {
	const granted = Object.fromEntries(privileges.map((name) => [name, 1 as const]));
	return { access: {}, dc: granted, mapping: {}, nodes: granted, sdn: {}, storage: {}, vms: {} };
}
