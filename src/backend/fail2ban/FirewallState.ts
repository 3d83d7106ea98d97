import { Message, msg, verbatim } from '../kit/message.ts';
import type { CommandResult, RunCommand } from './Fail2banCommands.ts';
import type { FirewallTarget } from './firewallTarget.ts';
import { chainListing, ipsetListing, type Listing, nftListing } from './listings.ts';
import { CommandError } from './runCommand.ts';

/** What is known of a target: what it holds; that it does nothing, and why; or why nothing is known. */
export type TargetState = { listing: Listing } | { broken: Message } | { unknown: Message };

/** Milliseconds for each program; a set of 50,000 takes less than one second. */
const timeoutMs = 5000;

/** A target as its firewall names it: `nftables set inet f2b-table addr-set-sshd`. */
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
	readonly #rules = new Map<string, Promise<CommandResult | Message>>();

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
		if (answer instanceof Message) return { unknown: answer };
		if (answer.exit !== 0) {
			if (isAbsent(answer)) return { broken: msg('Not in the firewall: {0}.', words) };
			return { unknown: firstLine(answer) ?? msg('The firewall does not list {0}.', words) };
		}
		try {
			return { listing: parse(target, answer.stdout) };
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			return { unknown: msg("The firewall's list of {0} cannot be read: {1}", words, error.message) };
		}
	}

	/** null: a rule sends packets to the target. */
	async #isUsed(target: FirewallTarget): Promise<TargetState | null> {
		const [command, from, has] = useOf(target);
		const key = command.join(' ');
		const asking = this.#rules.get(key) ?? this.#ask(...command);
		this.#rules.set(key, asking);
		const answer = await asking;
		if (answer instanceof Message) return { unknown: answer };
		if (answer.exit !== 0 && !isAbsent(answer))
			return { unknown: firstLine(answer) ?? msg('The firewall does not list chain {0}.', from) };
		if (answer.exit === 0 && has(answer.stdout)) return null;
		return { broken: msg('No rule of chain {0} leads to {1}.', from, targetWords(target)) };
	}

	/** A text says why there is no answer. */
	async #ask(program: string, ...args: string[]): Promise<CommandResult | Message> {
		try {
			const result = await this.run(program, args, { timeout: timeoutMs });
			return result.timedOut ? msg('{0} does not answer.', program) : result;
		} catch (error) {
			if (error instanceof CommandError) return error.text;
			throw error;
		}
	}
}

/** A program's own words; null: it says nothing. */
function firstLine({ stderr }: CommandResult): Message | null {
	const line = stderr.trim().split('\n')[0];
	return line ? verbatim(line) : null;
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
