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

const start = String.raw`(?:^|[\s/;|&{])`;
const tables = String.raw`${start}(ip6?tables(?:-nft|-legacy)?)(?:\s+-w(?:\s+\d+)?)?\s+`;
const nft = new RegExp(
	String.raw`${start}nft\s+add\s+element\s+(\S+)\s+(\S+)\s+(\S+)\s+\\?\{\s*${address}`,
	'm',
);
const iptables = new RegExp(String.raw`${tables}-[IA]\s+(\S+)\s+(?:\d+\s+)?-s\s+${address}(?:\s|$)`, 'm');
const ipset = new RegExp(
	String.raw`${start}ipset\s+(?:(?:--?exist|-!)\s+)?(?:(?:--)?add|-A)\s+(\S+)\s+${address}`,
	'm',
);
const rule = new RegExp(String.raw`${tables}-[CIA]\s+(\S+)\s+([^\n;|&>}]*)`, 'gm');

/**
 * Where an action's `actionban` puts an address of this family. The commands themselves are read, not the action's
 * name, so that copies of the shipped actions and their variants are understood too; and not its parameter `chain`,
 * which the server knows as `<known/chain>` only. null: it is for no firewall that we can look into, or has a form of
 * its own.
 */
export function firewallTarget(properties: ActionProperties, family: 4 | 6): FirewallTarget | null {
	const command = (...names: string[]) =>
		names.map((one) => fillTags(properties.get(one) ?? '', properties, family)).join('\n');
	const ban = command('actionban');
	const setUp = command('actioncheck', 'actionstart');
	return nftTarget(ban, setUp) ?? iptablesTarget(ban, setUp) ?? ipsetTarget(ban, setUp);
}

function nftTarget(ban: string, setUp: string): FirewallTarget | null {
	const [, family = '', table = '', set = ''] = nft.exec(ban) ?? [];
	const chain = /\b(?:list|add) chain \S+ \S+ (\S+)/.exec(setUp)?.[1] ?? '';
	return areNames(family, table, set, chain) ? { kind: 'nft', family, table, set, chain } : null;
}

function iptablesTarget(ban: string, setUp: string): FirewallTarget | null {
	const [, tables = '', chain = ''] = iptables.exec(ban) ?? [];
	const from = rules(setUp).find(({ words }) => words.includes(`-j ${chain} `))?.chain ?? '';
	return areNames(chain, from) ? { kind: 'iptables', program: tables, chain, from } : null;
}

function ipsetTarget(ban: string, setUp: string): FirewallTarget | null {
	const set = ipset.exec(ban)?.[1] ?? '';
	const rule = rules(setUp).find(({ words }) => words.includes(`--match-set ${set} src `));
	return rule && areNames(set, rule.chain)
		? { kind: 'ipset', program: rule.program, set, from: rule.chain }
		: null;
}

interface Rule {
	program: string;
	chain: string;
	/** What the rule says, with a blank behind each word. */
	words: string;
}

/** The rules that these commands check for or add. */
function rules(commands: string): Rule[] {
	return [...commands.matchAll(rule)].map(([, tables = '', chain = '', words = '']) => {
		return { program: tables, chain, words: `${words.replace(/\s+/g, ' ').trim()} ` };
	});
}

function areNames(...names: string[]): boolean {
	return names.every((one) => name.test(one));
}
