import type { ReadText } from '../serverProcess.ts';
import { corosyncNodes, type SystemAddress } from '../systemAddresses.ts';
import { type Check, enumerate, finding, good } from './Check.ts';
import {
	firewallEnabled,
	migrationNetwork,
	pveUsers,
	realmTypes,
	sshdSettings,
	storageServers,
	usersWithFactor,
} from './pveFiles.ts';

export interface PveCheckDeps {
	readText: ReadText;
	/** What `sshd -T` prints. Throws Error. */
	sshd: () => Promise<string>;
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Unix milliseconds. */
	now: () => number;
}

const outside = 'This is no Proxmox VE node, or its cluster file system is not mounted.';

function mustRead(readText: ReadText, file: string): string {
	const text = readText(file);
	if (text === null) throw new Error(`${file} cannot be read. ${outside}`);
	return text;
}

/** The firewall does nothing on any node until it is on in Datacenter. */
export function pveFirewall({ readText }: PveCheckDeps): Check {
	return () => {
		mustRead(readText, '/etc/pve/.version');
		if (firewallEnabled(readText('/etc/pve/firewall/cluster.fw') ?? '') !== true)
			return finding(
				'warning',
				"Proxmox VE's firewall is off in Datacenter, so it filters nothing on any node.",
				'Switch it on in Datacenter > Firewall > Options; allow your own network first.',
				'firewall',
			);
		if (firewallEnabled(readText('/etc/pve/local/host.fw') ?? '') === false)
			return finding(
				'warning',
				"Proxmox VE's firewall is on in Datacenter, but off on this node.",
				'Switch it on in Firewall > Options of the node.',
				'firewall-options',
			);
		return good("Proxmox VE's firewall is on, in Datacenter and on this node.");
	};
}

/** How root may log in by SSH, as the daemon itself reads its files. */
export function sshLogIn({ sshd }: PveCheckDeps): Check {
	return async () => {
		const settings = sshdSettings(await sshd());
		const root = settings.get('permitrootlogin') ?? 'prohibit-password';
		const passwords =
			settings.get('passwordauthentication') !== 'no' ||
			settings.get('kbdinteractiveauthentication') === 'yes';
		if (root === 'yes' && passwords)
			return finding(
				'warning',
				'root may log in by SSH with a password.',
				"Set 'PermitRootLogin prohibit-password' in /etc/ssh/sshd_config.d; the cluster needs its keys, not the password.",
			);
		if (passwords)
			return finding(
				'warning',
				'SSH takes passwords from users other than root.',
				"Set 'PasswordAuthentication no' and 'KbdInteractiveAuthentication no' in /etc/ssh/sshd_config.d once your keys work.",
			);
		return good('SSH takes keys only.');
	};
}

/** Names only root@pam: an auditor of the node need not be allowed to list users. */
export function secondFactors({ readText, now }: PveCheckDeps): Check {
	return () => {
		const { users } = pveUsers(mustRead(readText, '/etc/pve/user.cfg'));
		const realms = realmTypes(readText('/etc/pve/domains.cfg') ?? '');
		const withFactor = usersWithFactor(readText('/etc/pve/priv/tfa.cfg') ?? '{}');
		const alive = users.filter(({ enabled, expire }) => enabled && (expire === 0 || expire * 1000 > now()));
		const byPassword = alive.filter(({ userid }) => {
			const type = realms.get(userid.slice(userid.lastIndexOf('@') + 1));
			return type !== 'openid';
		});
		const without = byPassword.filter(({ userid }) => !withFactor.has(userid));
		if (without.length === 0) return good('Every user that logs in with a password has a second factor.');
		const root = without.some(({ userid }) => userid === 'root@pam');
		const others = without.length - (root ? 1 : 0);
		const who = [
			...(root ? ['root@pam'] : []),
			...(others > 0 ? [`${others} ${root ? 'more ' : ''}${others === 1 ? 'user' : 'users'}`] : []),
		];
		return finding(
			'warning',
			`No second factor: ${who.join(' and ')}.`,
			'Add one in Datacenter > Permissions > Two Factor, or disable users that are not needed.',
		);
	};
}

export function apiTokens({ readText }: PveCheckDeps): Check {
	return () => {
		const { tokens } = pveUsers(mustRead(readText, '/etc/pve/user.cfg'));
		const count = tokens.length === 1 ? '1 API token exists' : `${tokens.length} API tokens exist`;
		return good(`${count}; scripts should use tokens with few rights, never the password of root@pam.`);
	};
}

/** Whether an address lies in a network is not asked: a link that has the node's own address shares its network. */
export function separateNetworks({ readText }: PveCheckDeps): Check {
	return () => {
		const nodes = corosyncNodes(readText('/etc/pve/corosync.conf') ?? '');
		if (nodes.length === 0) return null;
		const members = JSON.parse(mustRead(readText, '/etc/pve/.members')) as {
			nodelist?: Record<string, { ip?: string }>;
		};
		const management = new Set(Object.values(members.nodelist ?? {}).flatMap(({ ip }) => ip ?? []));
		const shared = nodes.filter(({ address }) => management.has(address));
		if (shared.length === 0) return good('The cluster has a network of its own, apart from management.');
		return finding(
			'warning',
			`The cluster's links share the management network (${enumerate(shared.map(({ address }) => address))}).`,
			'Give corosync a network of its own; its latency matters, and attacks on the management network then do not reach it.',
		);
	};
}

/** What must never be banned: [what, address or network]. Names of hosts are left out: nothing is looked up. */
export async function clusterAddresses({
	readText,
	systemAddresses,
}: PveCheckDeps): Promise<{ address: string; what: string }[]> {
	const nodes = (await systemAddresses()).filter(({ what }) => what.startsWith('cluster node'));
	const migration = migrationNetwork(readText('/etc/pve/datacenter.cfg') ?? '');
	const storages = storageServers(readText('/etc/pve/storage.cfg') ?? '');
	return [
		...nodes,
		...(migration === null ? [] : [{ address: migration, what: 'the migration network' }]),
		...storages.map((address) => ({ address, what: 'a storage server' })),
	];
}
