import { formatNetwork, parseAddress } from '../addresses/addresses.ts';
import { type Message, msg } from '../kit/message.ts';
import type { ReadText } from './SystemFiles.ts';

/** An address whose ban would harm the node. */
export type SystemAddress = {
	address: string;
	/** In words inside of a sentence, e.g. "cluster node 'pve2'". */
	what: Message;
} & ({ kind: 'self' | 'gateway' } | { kind: 'node'; name: string });

type Words<Address> = Address extends unknown ? Omit<Address, 'address'> : never;

/** Bytes of an IPv4 address in /proc/net/route, in the order of the machine: Proxmox VE's are little-endian. */
function routeAddress(hex: string): string {
	return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}

/** Gateways of the default routes in /proc/net/route. */
export function ipv4Gateways(text: string): string[] {
	const rows = text
		.split('\n')
		.slice(1)
		.map((line) => line.split(/\s+/));
	return rows
		.filter(
			([, target, gateway, , , , , mask]) =>
				target === '00000000' && mask === '00000000' && gateway !== '00000000',
		)
		.map(([, , gateway]) => routeAddress(gateway ?? ''));
}

/** Gateways of the default routes in /proc/net/ipv6_route. */
export function ipv6Gateways(text: string): string[] {
	const none = '0'.repeat(32);
	const rows = text.split('\n').map((line) => line.split(/\s+/));
	return rows
		.filter(([target, bits, , , gateway = none]) => target === none && bits === '00' && gateway !== none)
		.map(([, , , , gateway = '']) => (gateway.match(/.{4}/g) ?? []).join(':'));
}

/** Addresses of the nodes in corosync.conf(5), by name; a ring address may be a host name, which is left out. */
export function corosyncNodes(text: string): { name: string; address: string }[] {
	const nodes = [...text.matchAll(/^\s*node\s*\{([^}]*)\}/gm)];
	return nodes.flatMap(([, body = '']) => {
		const name = /^\s*name:\s*(\S+)/m.exec(body)?.[1] ?? '?';
		const rings = [...body.matchAll(/^\s*ring\d+_addr:\s*(\S+)/gm)];
		return rings.map(([, address = '']) => ({ name, address }));
	});
}

/** Addresses that pmxcfs shows for the members of the cluster, which also covers rings given by name. */
function clusterMembers(text: string): { name: string; address: string }[] {
	let members: unknown;
	try {
		members = JSON.parse(text);
	} catch {
		return []; // pmxcfs writes no half files; anything else is no list of members
	}
	const list = (members as { nodelist?: Record<string, { ip?: unknown }> } | null)?.nodelist ?? {};
	return Object.entries(list).flatMap(([name, { ip }]) =>
		typeof ip === 'string' ? [{ name, address: ip }] : [],
	);
}

/**
 * Default gateways, cluster nodes and this machine itself, each address once. Proxmox VE's own parts talk to each
 * other over 127.0.0.1.
 * @param own addresses of its interfaces
 */
export function findSystemAddresses(readText: ReadText, own: readonly string[] = []): SystemAddress[] {
	const gateways = [
		...ipv4Gateways(readText('/proc/net/route') ?? ''),
		...ipv6Gateways(readText('/proc/net/ipv6_route') ?? ''),
	];
	const nodes = [
		...corosyncNodes(readText('/etc/pve/corosync.conf') ?? ''),
		...clusterMembers(readText('/etc/pve/.members') ?? ''),
	];
	const found = new Map<string, Words<SystemAddress>>();
	for (const address of ['127.0.0.1', '::1', ...own])
		found.set(address, { kind: 'self', what: msg('this node itself') });
	for (const { name, address } of nodes)
		found.set(address, { kind: 'node', name, what: msg("cluster node '{0}'", name) });
	for (const address of gateways) found.set(address, { kind: 'gateway', what: msg('the default gateway') });
	return [...found].flatMap(([address, words]) => {
		const parsed = parseAddress(address);
		return parsed === null ? [] : [{ address: formatNetwork(parsed), ...words }];
	});
}
