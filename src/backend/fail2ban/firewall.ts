import type { CommandResult, RunCommand } from './Fail2banCommands.ts';
import { type Answer, type Fail2banServer, ServerError } from './Fail2banServer.ts';
import { type ActionProperties, type FirewallTarget, firewallTarget } from './firewallTarget.ts';
import { CommandError } from './runCommand.ts';

/** Milliseconds for each question to the server, and for each program. */
const patience = 1500;

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
		const actions = await actionsOf(server, jail);
		const targets = actions.flatMap((properties) => firewallTarget(properties, address.family) ?? []);
		const held = await Promise.all(targets.map((target) => isHeld(run, target, address)));
		if (held.includes(false)) return false;
		return held.length === 0 || held.includes(null) ? null : true;
	};
}

async function actionsOf(server: Fail2banServer, jail: string): Promise<ActionProperties[]> {
	const options = { timeout: patience };
	const names = await server.actions(jail, options);
	const lists = await server.pipeline(
		names.map((name) => ['get', jail, 'actionproperties', name]),
		options,
	);
	return Promise.all(names.map((name, at) => propertiesOf(server, jail, name, lists[at])));
}

async function propertiesOf(
	server: Fail2banServer,
	jail: string,
	action: string,
	listed: Answer | ServerError | undefined,
): Promise<ActionProperties> {
	const names = Array.isArray(listed)
		? listed.filter((name): name is string => typeof name === 'string' && !/^ESCAPE_/.test(name))
		: [];
	const values = await server.pipeline(
		names.map((name) => ['get', jail, 'action', action, name]),
		{ timeout: patience },
	);
	return new Map(
		names.flatMap((name, at): [string, string][] => {
			const value = values[at];
			if (value instanceof ServerError) return [];
			return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
		}),
	);
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
		const result = await run(program, args, { timeout: patience });
		return result.timedOut ? null : result;
	} catch (error) {
		if (error instanceof CommandError) return null;
		throw error;
	}
}

/** What a firewall says of something that is not there; any other failure says nothing about the ban. */
function isAbsent({ stderr }: CommandResult): boolean {
	return /No such file or directory|No chain\/target\/match by that name|is NOT in set|does not exist/i.test(
		stderr,
	);
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
