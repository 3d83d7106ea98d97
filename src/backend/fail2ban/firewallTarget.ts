/** Where an action of fail2ban puts a ban; names are checked, so that a program takes each for one word. */
export type FirewallTarget =
	| { kind: 'nft'; family: string; table: string; set: string; chain: string }
	/** A rule in a chain of its own, to which the rules of `from` jump. */
	| { kind: 'iptables'; program: string; chain: string; from: string }
	/** An entry of a set, which a rule of `from` looks into. */
	| { kind: 'ipset'; program: string; set: string; from: string };

/** An action's properties as the server has them, e.g. `actionban`, `table`, `addr_set?family=inet6`. */
export type ActionProperties = ReadonlyMap<string, string>;

/** Stands for an address; fail2ban fills it in at each ban. */
const address = '<ip>';

/** nft reads its arguments as text in its own language, so a name must not hold what means something there. */
const name = /^[A-Za-z0-9_][\w.-]{0,63}$/;

const deepest = 8;

/**
 * A command with its tags filled in, for IPv4 or IPv6. What fail2ban fills in only at a ban stays as it is.
 */
export function fillTags(text: string, properties: ActionProperties, family: 4 | 6): string {
	let filled = text;
	for (let depth = 0; depth < deepest; depth++) {
		const next = filled.replace(/<([\w-]+)>/g, (whole, tag: string) => {
			const special = family === 6 ? properties.get(`${tag}?family=inet6`) : undefined;
			return special ?? properties.get(tag) ?? whole;
		});
		if (next === filled) break;
		filled = next;
	}
	return filled;
}

const program = String.raw`(?:^|[\s/;|&])`;
const nft = new RegExp(
	String.raw`${program}nft\s+add\s+element\s+(\S+)\s+(\S+)\s+(\S+)\s+\\?\{\s*${address}`,
	'm',
);
const iptables = new RegExp(
	String.raw`${program}(ip6?tables(?:-nft|-legacy)?)(?:\s+-w(?:\s+\d+)?)?\s+-[IA]\s+(\S+)\s+(?:\d+\s+)?-s\s+${address}(?:\s|$)`,
	'm',
);
const ipset = new RegExp(
	String.raw`${program}ipset\s+(?:(?:--?exist|-!)\s+)?(?:(?:--)?add|-A)\s+(\S+)\s+${address}`,
	'm',
);

/**
 * Where an action's `actionban` puts an address of this family. The command itself is read, not the action's name, so
 * that copies of the shipped actions and their variants are understood too. null: it is for no firewall that we can
 * look into, or has a form of its own.
 */
export function firewallTarget(properties: ActionProperties, family: 4 | 6): FirewallTarget | null {
	const fill = (text: string) => fillTags(text, properties, family);
	const command = fill(properties.get('actionban') ?? '');
	const chain = fill('<chain>');
	const [, tableFamily = '', table = '', nftSet = ''] = nft.exec(command) ?? [];
	if (nftSet !== '') {
		const names = [tableFamily, table, nftSet, chain];
		return names.every((one) => name.test(one))
			? { kind: 'nft', family: tableFamily, table, set: nftSet, chain }
			: null;
	}
	const [, tables = '', own = ''] = iptables.exec(command) ?? [];
	if (own !== '') {
		return name.test(own) && name.test(chain)
			? { kind: 'iptables', program: tables, chain: own, from: chain }
			: null;
	}
	const [, set = ''] = ipset.exec(command) ?? [];
	const user = /^(ip6?tables(?:-nft|-legacy)?)(?:\s|$)/.exec(fill('<iptables>'))?.[1];
	if (set === '' || user === undefined || !name.test(set) || !name.test(chain)) return null;
	return { kind: 'ipset', program: user, set, from: chain };
}
