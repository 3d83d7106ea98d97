/** The parts of Proxmox VE's own configuration files that the check list looks at. Nothing here does I/O. */

/** Whether a firewall file switches its firewall on or off; undefined: it does not say. */
export function firewallEnabled(text: string): boolean | undefined {
	let section = '';
	for (const line of text.split('\n')) {
		const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
		if (header !== undefined) section = header.trim().toLowerCase();
		const value = section === 'options' ? /^\s*enable:\s*(\d+)/i.exec(line)?.[1] : undefined;
		if (value !== undefined) return value !== '0';
	}
	return undefined;
}

export interface PveUser {
	/** `name@realm` */
	userid: string;
	enabled: boolean;
	/** Unix seconds; 0: never. */
	expire: number;
}

/** Users and API tokens in user.cfg: `user:ID:ENABLED:EXPIRE:…` and `token:ID!NAME:…`. */
export function pveUsers(text: string): { users: PveUser[]; tokens: string[] } {
	const rows = text.split('\n').map((line) => line.split(':'));
	const users = rows.flatMap(([kind, userid = '', enabled, expire]): PveUser[] =>
		kind === 'user' ? [{ userid, enabled: enabled !== '0', expire: Number(expire) || 0 }] : [],
	);
	const tokens = rows.flatMap(([kind, id = '']) => (kind === 'token' ? [id] : []));
	return { users, tokens };
}

/** Type of each realm in domains.cfg, whose sections begin `openid: name`; pam and pve are always there. */
export function realmTypes(text: string): Map<string, string> {
	const types = new Map([
		['pam', 'pam'],
		['pve', 'pve'],
	]);
	for (const [, type = '', name = ''] of text.matchAll(/^([a-z]+):\s+(\S+)\s*$/gm)) types.set(name, type);
	return types;
}

/** Users with a second factor that is more than recovery keys, in tfa.cfg. Throws SyntaxError. */
export function usersWithFactor(text: string): Set<string> {
	const { users = {} } = JSON.parse(text) as { users?: Record<string, Record<string, unknown>> };
	const factors = ['totp', 'webauthn', 'u2f', 'yubico'];
	const has = (entry: Record<string, unknown>) =>
		factors.some((factor) => Array.isArray(entry[factor]) && entry[factor].length > 0);
	return new Set(Object.entries(users).flatMap(([userid, entry]) => (has(entry) ? [userid] : [])));
}

/** Values of an option such as `server` over all storages in storage.cfg. */
export function storageServers(text: string): string[] {
	return [
		...new Set(
			[...text.matchAll(/^\s+(?:server2?|monhost)\s+(.+)$/gm)].flatMap(([, v = '']) =>
				v.trim().split(/[\s,;]+/),
			),
		),
	];
}

/** The network of migrations in datacenter.cfg, `migration: type=secure,network=10.1.2.0/24`. */
export function migrationNetwork(text: string): string | null {
	return /^migration:.*\bnetwork=([^\s,]+)/m.exec(text)?.[1] ?? null;
}

/** Settings that `sshd -T` prints, by lower-case name. */
export function sshdSettings(text: string): Map<string, string> {
	return new Map(
		text
			.split('\n')
			.map((line): [string, string] => {
				const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
				return [name.toLowerCase(), value];
			})
			.filter(([name]) => name !== ''),
	);
}
