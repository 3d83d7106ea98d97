import type { CommandResult, RunCommand } from './Fail2banCommands.ts';
import type { Fail2banServer } from './Fail2banServer.ts';
import { isAbsent } from './FirewallState.ts';
import { type FirewallTarget, firewallTarget } from './firewallTarget.ts';
import { jailActions } from './jailActions.ts';
import { CommandError } from './runCommand.ts';

/** Milliseconds for each question to the server, and for each program. */
const timeoutMs = 1500;

/** An address or a network as fail2ban prints it. */
export interface BannedAddress {
	text: string;
	family: 4 | 6;
	/** It is one address, no network. */
	single: boolean;
}

/** Whether the firewall enforces a jail's ban; null: not known. The seam that unit tests replace. */
export type IsEnforced = (jail: string, address: BannedAddress) => Promise<boolean | null>;

/**
 * Asks the server what the jail's actions do, and the firewall whether it holds the address and looks for it. True if
 * that is so for every action that bans in a firewall; actions that only tell somebody do not count. Programs are only
 * asked, never told to change anything.
 */
export function createFirewall(server: Fail2banServer, run: RunCommand): IsEnforced {
	return async (jail, address) => {
		const actions = await jailActions(server, jail, { timeout: timeoutMs });
		const targets = actions.flatMap(({ properties }) => firewallTarget(properties, address.family) ?? []);
		const held = await Promise.all(targets.map((target) => isHeld(run, target, address)));
		if (held.includes(false)) return false;
		return held.length === 0 || held.includes(null) ? null : true;
	};
}

async function isHeld(
	run: RunCommand,
	target: FirewallTarget,
	address: BannedAddress,
): Promise<boolean | null> {
	const ask: Ask = (program, ...args) => answerOf(run, program, args);
	switch (target.kind) {
		case 'nft':
			return both(inNftSet(ask, target, address), nftRuleUses(ask, target));
		case 'iptables':
			return both(
				inChain(ask, target, address),
				hasRule(ask, target.program, target.from, ` -j ${target.chain}`),
			);
		case 'ipset':
			return both(
				inIpset(ask, target.set, address),
				hasRule(ask, target.program, target.from, ` --match-set ${target.set} src`),
			);
	}
}

async function both(one: Promise<boolean | null>, other: Promise<boolean | null>): Promise<boolean | null> {
	const [held, used] = await Promise.all([one, other]);
	if (held === false || used === false) return false;
	return held === null || used === null ? null : true;
}

/** null: the program is not there, or did not come to an end. */
type Ask = (program: string, ...args: string[]) => Promise<CommandResult | null>;

async function answerOf(
	run: RunCommand,
	program: string,
	args: readonly string[],
): Promise<CommandResult | null> {
	try {
		const result = await run(program, args, { timeout: timeoutMs });
		return result.timedOut ? null : result;
	} catch (error) {
		if (error instanceof CommandError) return null;
		throw error;
	}
}

async function inNftSet(
	ask: Ask,
	{ family, table, set }: Extract<FirewallTarget, { kind: 'nft' }>,
	address: BannedAddress,
): Promise<boolean | null> {
	const answer = await ask('nft', 'get', 'element', family, table, set, '{', address.text, '}');
	if (answer === null) return null;
	if (answer.exit === 0) return true;
	return isAbsent(answer) ? false : null;
}

async function nftRuleUses(
	ask: Ask,
	{ family, table, chain, set }: Extract<FirewallTarget, { kind: 'nft' }>,
): Promise<boolean | null> {
	// terse: without the elements of the sets
	const answer = await ask('nft', '-t', 'list', 'chain', family, table, chain);
	if (answer === null) return null;
	if (answer.exit !== 0) return isAbsent(answer) ? false : null;
	return answer.stdout.split(/\s+/).includes(`@${set}`);
}

/** `from` has a rule that holds these words. */
async function hasRule(ask: Ask, program: string, from: string, words: string): Promise<boolean | null> {
	const answer = await ask(program, '-w', '1', '-S', from);
	if (answer === null) return null;
	if (answer.exit !== 0) return isAbsent(answer) ? false : null;
	return answer.stdout.split('\n').some((rule) => `${rule} `.includes(`${words} `));
}

async function inChain(
	ask: Ask,
	{ program, chain }: Extract<FirewallTarget, { kind: 'iptables' }>,
	{ text, family, single }: BannedAddress,
): Promise<boolean | null> {
	const answer = await ask(program, '-w', '1', '-S', chain);
	if (answer === null) return null;
	if (answer.exit !== 0) return isAbsent(answer) ? false : null;
	const network = single ? `${text}/${family === 4 ? 32 : 128}` : text;
	const rule = `-A ${chain} -s ${network} -j `;
	return answer.stdout
		.split('\n')
		.some((line) => line.startsWith(rule) && !/^(?:RETURN|ACCEPT)\b/.test(line.slice(rule.length)));
}

async function inIpset(ask: Ask, set: string, { text }: BannedAddress): Promise<boolean | null> {
	const answer = await ask('ipset', 'test', set, text);
	if (answer === null) return null;
	if (answer.exit === 0) return true;
	return isAbsent(answer) ? false : null;
}
