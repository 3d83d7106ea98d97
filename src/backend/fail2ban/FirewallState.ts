import type { CommandResult, RunCommand } from './Fail2banCommands.ts';
import type { FirewallTarget } from './firewallTarget.ts';
import { chainListing, ipsetListing, type Listing, nftListing } from './listings.ts';
import { CommandError } from './runCommand.ts';

/** What is known of a target: what it holds; that it does nothing, and why; or why nothing is known. */
export type TargetState = { listing: Listing } | { broken: string } | { unknown: string };

/** Milliseconds for each program; a set of 50,000 takes less than one second. */
const timeoutMs = 5000;

/** A target in words, for messages. */
export function targetWords(target: FirewallTarget): string {
	switch (target.kind) {
		case 'nft':
			return `nftables set ${target.family} ${target.table} ${target.set}`;
		case 'iptables':
			return `${target.program} chain ${target.chain}`;
		case 'ipset':
			return `ipset ${target.set}`;
	}
}

/** What a firewall says of something that is not there; any other failure says nothing about the bans. */
export function isAbsent({ stderr }: CommandResult): boolean {
	return /No such file or directory|No chain\/target\/match by that name|is NOT in set|does not exist/i.test(
		stderr,
	);
}

/** One look at the firewall: each list is asked for once. Programs are only asked, never told to change anything. */
export class FirewallState {
	readonly #targets = new Map<string, Promise<TargetState>>();
	readonly #rules = new Map<string, Promise<CommandResult | string>>();

	constructor(private readonly run: RunCommand) {}

	/** Whether the target is there, is looked into by a rule, and what it holds. */
	stateOf(target: FirewallTarget): Promise<TargetState> {
		const key = JSON.stringify(target);
		const known = this.#targets.get(key) ?? this.#read(target);
		this.#targets.set(key, known);
		return known;
	}

	async #read(target: FirewallTarget): Promise<TargetState> {
		const words = targetWords(target);
		const [used, answer] = await Promise.all([this.#isUsed(target), this.#ask(...listCommand(target))]);
		// the rule counts first: iptables calls a chain that is gone with its table "incompatible"
		if (used !== null) return used;
		if (typeof answer === 'string') return { unknown: answer };
		if (answer.exit !== 0) {
			if (isAbsent(answer)) return { broken: `The ${words} does not exist.` };
			return { unknown: answer.stderr.trim().split('\n')[0] || `The ${words} cannot be listed.` };
		}
		try {
			return { listing: parse(target, answer.stdout) };
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			return { unknown: `The ${words} cannot be read: ${error.message}` };
		}
	}

	/** null: a rule sends packets to the target. */
	async #isUsed(target: FirewallTarget): Promise<TargetState | null> {
		const [command, from, has] = useOf(target);
		const key = command.join(' ');
		const asking = this.#rules.get(key) ?? this.#ask(...command);
		this.#rules.set(key, asking);
		const answer = await asking;
		if (typeof answer === 'string') return { unknown: answer };
		if (answer.exit !== 0 && !isAbsent(answer))
			return { unknown: answer.stderr.trim().split('\n')[0] || `The chain ${from} cannot be listed.` };
		if (answer.exit === 0 && has(answer.stdout)) return null;
		return { broken: `No rule of chain ${from} leads to the ${targetWords(target)}.` };
	}

	/** A text says why there is no answer. */
	async #ask(program: string, ...args: string[]): Promise<CommandResult | string> {
		try {
			const result = await this.run(program, args, { timeout: timeoutMs });
			return result.timedOut ? `${program} does not answer.` : result;
		} catch (error) {
			if (error instanceof CommandError) return error.message;
			throw error;
		}
	}
}

type Command = [program: string, ...args: string[]];

function listCommand(target: FirewallTarget): Command {
	switch (target.kind) {
		case 'nft':
			return ['nft', '-j', 'list', 'set', target.family, target.table, target.set];
		case 'iptables':
			return [target.program, '-w', '1', '-S', target.chain];
		case 'ipset':
			return ['ipset', 'list', target.set];
	}
}

function parse(target: FirewallTarget, text: string): Listing {
	switch (target.kind) {
		case 'nft':
			return nftListing(text);
		case 'iptables':
			return chainListing(text, target.chain);
		case 'ipset':
			return ipsetListing(text);
	}
}

/** How to ask for the rules that lead to a target, and whether an answer has one. */
function useOf(target: FirewallTarget): [command: Command, from: string, has: (text: string) => boolean] {
	if (target.kind === 'nft') {
		const { family, table, chain, set } = target;
		// terse: without the elements of the sets
		const command: Command = ['nft', '-t', 'list', 'chain', family, table, chain];
		return [command, chain, (text) => text.split(/\s+/).includes(`@${set}`)];
	}
	const words = target.kind === 'iptables' ? ` -j ${target.chain} ` : ` --match-set ${target.set} src `;
	const has = (text: string) => text.split('\n').some((rule) => `${rule} `.includes(words));
	return [[target.program, '-w', '1', '-S', target.from], target.from, has];
}
