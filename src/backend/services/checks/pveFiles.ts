import { firewallOptions } from '../../system/firewallOptions.ts';
/** The parts of Proxmox VE's own configuration files that the check list looks at. Nothing here does I/O. */

/**
 * Whether a firewall file switches its firewall on or off; undefined: it does not say. The last line wins, and a number
 * above 1 is a time (Unix seconds) until which somebody tried it for a minute, as pve-firewall reads it.
 * @param now Unix seconds
 */
export function firewallEnabled(text: string, now: number): boolean | undefined {
	const value = firewallOptions(text).get('enable');
	return value === undefined ? undefined : value === 1 || (value > 1 && now - value <= 60);
}

export interface PveUser {
	/** `name@realm` */
	userid: string;
	enabled: boolean;
	/** Unix seconds; 0: never. */
	expire: number;
}

/**
 * Users and API tokens in user.cfg: `user:ID:ENABLED:EXPIRE:…` and `token:ID!NAME:…`. root@pam is always there and
 * enabled unless the file says otherwise.
 */
export function pveUsers(text: string): { users: PveUser[]; tokens: string[] } {
	const rows = text.split('\n').map((line) => line.trim().split(':'));
	const users = new Map<string, PveUser>([['root@pam', { userid: 'root@pam', enabled: true, expire: 0 }]]);
	for (const [kind, userid = '', enabled = '', expire] of rows) {
		if (kind !== 'user' || !/^[^\s:/]+@[A-Za-z][\w.-]+$/.test(userid)) continue;
		users.set(userid, { userid, enabled: !/^0?$/.test(enabled), expire: Number(expire) || 0 });
	}
	const tokens = rows.flatMap(([kind, id = '']) => (kind === 'token' ? [id] : []));
	return { users: [...users.values()], tokens };
}

export interface Realm {
	type: string;
	/** The realm itself asks each user for a second factor. */
	factor: boolean;
}

/** The realms in domains.cfg, whose sections begin `openid: name`; pam and pve are always there. */
export function realms(text: string): Map<string, Realm> {
	const found = new Map<string, Realm>([
		['pam', { type: 'pam', factor: false }],
		['pve', { type: 'pve', factor: false }],
	]);
	let current: Realm | null = null;
	for (const line of text.split('\n')) {
		const [, type, name] = /^([a-z][\w-]*):\s*(\S+)\s*$/i.exec(line) ?? [];
		if (type !== undefined && name !== undefined) {
			current = { type: type.toLowerCase(), factor: false };
			found.set(name, current);
		} else if (/^\s+tfa\s+\S/.test(line) && current !== null) current.factor = true;
	}
	return found;
}

/** Users with a second factor that is switched on and more than recovery keys, in tfa.cfg. Throws SyntaxError. */
export function usersWithFactor(text: string): Set<string> {
	const { users = {} } = JSON.parse(text) as { users?: Record<string, Record<string, unknown>> };
	const factors = ['totp', 'webauthn', 'u2f', 'yubico'];
	const isOn = (entry: unknown) => (entry as { info?: { enable?: unknown } } | null)?.info?.enable !== false;
	const has = (entry: Record<string, unknown>) =>
		factors.some((factor) => Array.isArray(entry[factor]) && entry[factor].some(isOn));
	return new Set(Object.entries(users).flatMap(([userid, entry]) => (has(entry) ? [userid] : [])));
}

/** Names that have a password, in /etc/shadow or priv/shadow.cfg; a locked one begins with ! or *. */
export function namesWithPassword(text: string): Set<string> {
	const rows = text.split('\n').map((line) => line.trim().split(':'));
	return new Set(
		rows.flatMap(([name = '', hash = '']) => (name !== '' && /^[^!*]/.test(hash) ? [name] : [])),
	);
}

/** Servers of all storages in storage.cfg, without ports; those of a disabled storage too. */
export function storageServers(text: string): string[] {
	const found = new Set<string>();
	for (const [, option, value = ''] of text.matchAll(/^[ \t]+(server2?|monhost|portal)[ \t]+(.+)$/gm)) {
		for (const word of value.trim().split(option === 'monhost' ? /[\s,;]+/ : /[\s,]+/)) {
			const host = hostOf(word);
			if (host !== '') found.add(host);
		}
	}
	return [...found];
}

/** Of `10.0.0.1:3260`, `[2001:db8::1]:3260`, `[v2:10.0.0.1:3300`, `v1:10.0.0.1:6789/0]` and the like. */
function hostOf(word: string): string {
	const bare = word
		.replace(/^\[?v\d:/, '')
		.replace(/\/\d+\]?$/, '')
		.replace(/^iscsi:\/\//, '');
	const bracketed = /^\[([^\]]+)\]/.exec(bare)?.[1];
	if (bracketed !== undefined) return bracketed;
	const [host = '', , more] = bare.split(':');
	return more === undefined ? host : bare.replace(/\]$/, '');
}

/** The networks of migrations and of replication in datacenter.cfg, `migration: type=secure,network=10.1.2.0/24`. */
export function migrationNetworks(text: string): string[] {
	return [...text.matchAll(/^(?:migration|replication):.*?\bnetwork=([^\s,]+)/gm)].map(
		([, network = '']) => network,
	);
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
