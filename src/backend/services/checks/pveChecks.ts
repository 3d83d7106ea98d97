import { formatNetwork, parseNetwork } from '../../addresses/addresses.ts';
import { enumerate, type Message, msg, msgN } from '../../kit/message.ts';
import type { ReadText } from '../../system/SystemFiles.ts';
import { corosyncNodes, type SystemAddress } from '../../system/systemAddresses.ts';
import { CannotTell, type Check, good, issue } from './Check.ts';
import {
	firewallEnabled,
	migrationNetworks,
	namesWithPassword,
	pveUsers,
	realms,
	storageServers,
	usersWithFactor,
} from './pveFiles.ts';

export interface PveCheckDeps {
	readText: ReadText;
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Unix milliseconds. */
	now: () => number;
}

function mustRead(readText: ReadText, file: string): string {
	const text = readText(file);
	if (text === null)
		throw new CannotTell(
			msg(
				'{0} cannot be read. This is not a Proxmox VE node, or its cluster file system is not mounted.',
				file,
			),
		);
	return text;
}

/** The firewall does nothing on any node until it is on in Datacenter. */
export function pveFirewall({ readText, now }: PveCheckDeps): Check {
	return () => {
		mustRead(readText, '/etc/pve/.version');
		const seconds = Math.floor(now() / 1000);
		if (firewallEnabled(readText('/etc/pve/firewall/cluster.fw') ?? '', seconds) !== true)
			return issue(
				'warning',
				msg("Proxmox VE's firewall is off in Datacenter, so it filters nothing on any node."),
				msg('Turn it on in Datacenter > Firewall > Options; allow your own network first.'),
				'firewall',
			);
		if (firewallEnabled(readText('/etc/pve/local/host.fw') ?? '', seconds) === false)
			return issue(
				'warning',
				msg("Proxmox VE's firewall is on in Datacenter, but off on this node."),
				msg('Turn it on in Firewall > Options of the node.'),
				'firewall-options',
			);
		return good(msg("Proxmox VE's firewall is on, in Datacenter and on this node."));
	};
}

/** Names only root@pam: an auditor of the node need not be allowed to list users. */
export function secondFactors({ readText, now }: PveCheckDeps): Check {
	return () => {
		const { users } = pveUsers(mustRead(readText, '/etc/pve/user.cfg'));
		const realm = realms(readText('/etc/pve/domains.cfg') ?? '');
		const withFactor = usersWithFactor(readText('/etc/pve/priv/tfa.cfg')?.trim() || '{}');
		const hasPassword = passwordOf(readText);
		const alive = users.filter(({ enabled, expire }) => enabled && (expire === 0 || expire * 1000 > now()));
		const byPassword = alive.filter(({ userid }) => {
			const at = userid.lastIndexOf('@');
			const { type = '', factor = false } = realm.get(userid.slice(at + 1)) ?? {};
			return type !== 'openid' && !factor && hasPassword(userid.slice(0, at), type);
		});
		const without = byPassword.filter(({ userid }) => !withFactor.has(userid));
		if (without.length === 0)
			return good(msg('Every user that logs in with a password has a second factor.'));
		const root = without.some(({ userid }) => userid === 'root@pam');
		const others = without.length - (root ? 1 : 0);
		return issue(
			'warning',
			usersWithout(root, others),
			msg('Add one in Datacenter > Permissions > Two Factor, or disable users that are not needed.'),
		);
	};
}

function usersWithout(root: boolean, others: number): Message {
	if (others === 0) return msg('No second factor: {0}.', 'root@pam');
	return root
		? msgN(
				others,
				'No second factor: {1} and {0} more user.',
				'No second factor: {1} and {0} more users.',
				'root@pam',
			)
		: msgN(others, 'No second factor: {0} user.', 'No second factor: {0} users.');
}

/** Whether a user can log in with a password; what an LDAP or AD server says is not known, so it counts. */
function passwordOf(readText: ReadText): (name: string, type: string) => boolean {
	const files: Record<string, string | null> = {
		pam: readText('/etc/shadow'),
		pve: readText('/etc/pve/priv/shadow.cfg'),
	};
	const known = new Map(
		Object.entries(files).flatMap(([type, text]) =>
			text === null ? [] : [[type, namesWithPassword(text)] as const],
		),
	);
	return (name, type) => {
		const names = known.get(type);
		return names === undefined || names.has(name) || names.has(`${name}@${type}`);
	};
}

export function apiTokens({ readText }: PveCheckDeps): Check {
	return () => {
		const { tokens } = pveUsers(mustRead(readText, '/etc/pve/user.cfg'));
		return good(
			msgN(
				tokens.length,
				'{0} API token exists; scripts should use tokens with few rights, never the password of root@pam.',
				'{0} API tokens exist; scripts should use tokens with few rights, never the password of root@pam.',
			),
		);
	};
}

/**
 * Whether an address lies in a network is not asked: a link that has the node's own address shares its network. One
 * more link over the management network is a good fallback.
 */
export function separateNetworks({ readText }: PveCheckDeps): Check {
	return () => {
		const links = corosyncNodes(readText('/etc/pve/corosync.conf') ?? '');
		if (links.length === 0) return null;
		const { nodelist = {} } = JSON.parse(mustRead(readText, '/etc/pve/.members')) as {
			nodelist?: Record<string, { ip?: string }>;
		};
		const management = new Set(Object.values(nodelist).flatMap(({ ip }) => (ip ? [plain(ip)] : [])));
		if (management.size === 0) throw new CannotTell(msg('/etc/pve/.members lists no address.'));
		// a link by the node's name has the address that /etc/hosts gives it, which is the one of management
		const isShared = ({ name, address }: { name: string; address: string }) =>
			management.has(plain(address)) || address === name || address.startsWith(`${name}.`);
		const names = [...new Set(links.map(({ name }) => name))];
		const shared = names.filter((name) => links.every((link) => link.name !== name || isShared(link)));
		const unclear = links.filter((link) => parseNetwork(link.address) === null && !isShared(link));
		if (shared.length > 0)
			return issue(
				'warning',
				msg("The cluster's links share the management network ({0}).", enumerate(shared)),
				msg(
					'Give corosync a network of its own; its latency matters, and attacks on the management network then do not reach it.',
				),
			);
		if (unclear.length > 0)
			throw new CannotTell(
				msg('{0} in corosync.conf is a name, and names are not looked up.', unclear[0]?.address ?? ''),
			);
		return good(
			links.some(isShared)
				? msg('The cluster has a network of its own, with management as a fallback.')
				: msg('The cluster has a network of its own, apart from management.'),
		);
	};
}

function plain(address: string): string {
	const network = parseNetwork(address);
	return network === null ? address : formatNetwork(network);
}

/**
 * What must never be banned, each once; an address may be the name of a host where /etc/hosts does not know it, and
 * no server is asked.
 */
export async function clusterAddresses({
	readText,
	systemAddresses,
}: Pick<PveCheckDeps, 'readText' | 'systemAddresses'>): Promise<
	{ address: string; what: string | Message }[]
> {
	const nodes = (await systemAddresses()).filter(({ kind }) => kind === 'node');
	const networks = migrationNetworks(readText('/etc/pve/datacenter.cfg') ?? '');
	const storages = storageServers(readText('/etc/pve/storage.cfg') ?? '');
	const hosts = hostNames(readText('/etc/hosts') ?? '');
	const found = new Map<string, string | Message>(nodes.map(({ address, what }) => [address, what]));
	const add = (address: string, what: Message) => {
		if (!found.has(plain(address))) found.set(plain(address), what);
	};
	for (const address of networks) add(address, msg('the migration network'));
	for (const server of storages)
		for (const address of hosts.get(server.toLowerCase()) ?? [server]) add(address, msg('a storage server'));
	return [...found].map(([address, what]) => ({ address, what }));
}

/** Addresses by host name, from /etc/hosts. */
function hostNames(text: string): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
		for (const name of names.map((each) => each.toLowerCase()))
			found.set(name, [...(found.get(name) ?? []), address]);
	}
	return found;
}
