import type { JailConfig } from '../../config/layers.ts';
import { enumerate, type Message, msg } from '../../kit/message.ts';
import type { NodeFacts } from './nodeFacts.ts';

type Tool = 'nftables' | 'iptables';

/** The programs that an action of fail2ban's package needs; null: another one, of which nothing is known. */
function toolsOf(banaction: string): (Tool | 'ipset')[] | null {
	const name = /^[\w.-]+/.exec(banaction.trim())?.[0] ?? '';
	if (name.startsWith('nftables')) return ['nftables'];
	if (name.startsWith('iptables')) return name.includes('ipset') ? ['iptables', 'ipset'] : ['iptables'];
	return null;
}

const programNames = { nftables: 'nft', iptables: 'iptables', ipset: 'ipset' } as const;

/** With which of the two the node enforces bans; null: neither is installed. */
function preferred({ programs, nftablesFirewall }: NodeFacts, defaults: readonly Tool[]): Tool | null {
	const usable = (['nftables', 'iptables'] as const).filter((tool) => programs[tool]);
	if (nftablesFirewall && programs.nftables) return 'nftables';
	return defaults.find((tool) => usable.includes(tool)) ?? usable[0] ?? null;
}

/**
 * The banaction that a jail needs to enforce its bans: null where the present one works. An action that is not of
 * fail2ban's package is left alone, and so is one that an admin chose and whose programs are there.
 * @param ports what the jail closes; null: all ports
 */
export function firewallAction(
	jails: JailConfig,
	facts: NodeFacts,
	jail: string,
	ports: string | null,
): { needed: string | null; reason: Message | null } {
	const own = jails.option(jail, 'banaction');
	const inherited = jails.defaultOption(ports === null ? 'banaction_allports' : 'banaction');
	const found = own?.section === jail ? own : inherited;
	const value = found?.value ?? '';
	const tools = toolsOf(value);
	if (value !== '' && tools === null) return { needed: null, reason: null };
	const works = tools?.every((tool) => facts.programs[tool]) ?? false;
	const chosen = found?.file.endsWith('.local') ?? false;
	const fits = chosen || !facts.nftablesFirewall || tools?.includes('nftables') === true;
	if (works && fits && !closesOnePort(value, ports)) return { needed: null, reason: null };
	const first = tools?.filter((tool): tool is Tool => tool !== 'ipset') ?? [];
	const tool = preferred(facts, first);
	if (tool === null) {
		const missing = [...new Set(tools ?? (['nftables'] as const))].map((name) => programNames[name]);
		return {
			needed: null,
			reason: msg('Its bans could not be enforced without {0} (apt install nftables).', enumerate(missing)),
		};
	}
	return { needed: `${tool}-${ports === null ? 'allports' : 'multiport'}`, reason: null };
}

/** The plain actions make one rule of all ports, which fails for a list. */
function closesOnePort(banaction: string, ports: string | null): boolean {
	return ports?.includes(',') === true && /^iptables(?:\[(?!.*multiport).*)?$/.test(banaction.trim());
}
