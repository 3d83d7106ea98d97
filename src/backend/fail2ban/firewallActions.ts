import type { CommandResult, RunCommand } from './Fail2banCommands.ts';
import { type Fail2banServer, ServerError } from './Fail2banServer.ts';
import { type ActionProperties, fillTags, firewallTarget } from './firewallTarget.ts';
import type { JailAction } from './jailActions.ts';

/** A ban to put back; addresses are checked before, since programs read them. */
export interface BanToApply {
	/** As fail2ban writes it. */
	ip: string;
	family: 4 | 6;
	/** Seconds left; -1 is permanent. */
	remaining: number;
}

/** Milliseconds. An action's shell may need seconds on a busy machine; fail2ban itself gives it 60 s. */
const timeoutMs = 60_000;

/**
 * Has fail2ban run the action's own check, and its repair or its start anew if that fails; it does so itself when a
 * ban fails, but never for what went missing behind its back. Throws ServerError.
 */
export async function repairAction(server: Fail2banServer, jail: string, action: string): Promise<void> {
	await server.command(['set', jail, 'action', action, 'consistencyCheck'], { timeout: timeoutMs });
}

/**
 * Has fail2ban run `actionban` (or `actionunban`) of one action for these addresses. Its list of bans, their times and
 * counts and its database are not touched, as they would be by banip, which also does nothing for an address that it
 * takes for banned. Answers why each failed that did.
 */
export async function runAction(
	server: Fail2banServer,
	jail: string,
	{ action, method }: { action: string; method: 'ban' | 'unban' },
	bans: readonly BanToApply[],
): Promise<string[]> {
	const answers = await server.pipeline(
		bans.map((ban) => ['set', jail, 'action', action, method, JSON.stringify({ aInfo: tagsOf(ban) })]),
		{ timeout: timeoutMs },
	);
	return answers.flatMap((answer, at) => {
		if (!(answer instanceof ServerError)) return [];
		if (answer.code !== 'refused') throw answer;
		return [`${bans[at]?.ip}: ${answer.message}`];
	});
}

/** What actions may ask about a ban; `restored` keeps those quiet that only tell somebody. */
function tagsOf({ ip, family, remaining }: BanToApply): Record<string, unknown> {
	return {
		ip,
		fid: ip,
		family: `inet${family}`,
		bantime: remaining,
		bancount: 1,
		failures: 0,
		time: 0,
		matches: '',
		restored: 1,
		'F-*': {},
	};
}

/** Programs and what they read, to do at once what `actionban` does one by one. */
export interface BulkCommand {
	program: string;
	args: string[];
	input(addresses: readonly string[]): string;
}

const nft = /^nft add element (\S+) (\S+) (\S+) \\?\{ ?<ip> ?\\?\}$/;
const iptables = /^(ip6?tables)(-nft|-legacy)?(?: -w(?: \d+)?)? -I (\S+)(?: 1)? -s <ip> (-j [\w ./:-]+)$/;
const ipset = /^ipset (?:(?:--?exist|-!) )?add (\S+) <ip>((?: timeout \d+)?)(?: (?:--?exist|-!))?$/;

/** null: the action's command does more than to add an address, or in a form of its own. */
export function bulkCommand(properties: ActionProperties, family: 4 | 6): BulkCommand | null {
	const target = firewallTarget(properties, family);
	const command = fillTags(properties.get('actionban') ?? '', properties, family)
		.trim()
		.replace(/[ \t]+/g, ' ');
	if (target === null) return null;
	if (target.kind === 'nft' && nft.test(command)) {
		const set = `${target.family} ${target.table} ${target.set}`;
		const input = (addresses: readonly string[]) => `add element ${set} { ${addresses.join(', ')} }\n`;
		return { program: 'nft', args: ['-f', '-'], input };
	}
	const [, tables = '', variant = '', chain, jump] = iptables.exec(command) ?? [];
	if (target.kind === 'iptables' && chain === target.chain) {
		const rules = (addresses: readonly string[]) =>
			addresses.map((address) => `-I ${chain} 1 -s ${address} ${jump}\n`).join('');
		return {
			program: `${tables}${variant}-restore`,
			args: ['-w', '5', '--noflush'],
			input: (addresses) => `*filter\n${rules(addresses)}COMMIT\n`,
		};
	}
	const [, set, timeout = ''] = ipset.exec(command) ?? [];
	if (target.kind === 'ipset' && set === target.set) {
		const input = (addresses: readonly string[]) =>
			addresses.map((address) => `add ${set} ${address}${timeout}\n`).join('');
		return { program: 'ipset', args: ['-exist', 'restore'], input };
	}
	return null;
}

/** Addresses in one call: what fails takes its neighbors along. */
export const bulkSize = 5000;

/** Answers why the program refused; null: all are in. Throws CommandError. */
export async function runBulk(
	run: RunCommand,
	{ program, args, input }: BulkCommand,
	addresses: readonly string[],
): Promise<string | null> {
	const result: CommandResult = await run(program, args, { input: input(addresses), timeout: 30_000 });
	if (result.timedOut) return `${program} does not answer.`;
	return result.exit === 0 ? null : result.stderr.trim().split('\n')[0] || `${program}: exit ${result.exit}`;
}

/** Whether an action does nothing at all when an address is banned, as `noop` and `dummy`. */
export function doesNothing({ name, properties }: JailAction): boolean {
	const ban = properties.get('actionban');
	return (ban !== undefined && /^\s*(?:true|:)?\s*$/.test(ban)) || /^(?:dummy|noop)\b/.test(name);
}
