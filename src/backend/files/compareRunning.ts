import ipaddr from 'ipaddr.js';
import { isTrue } from '../config/pythonValues.ts';
import { parseTime } from '../config/time.ts';
import type { Answer, Fail2banServer } from '../fail2ban/Fail2banServer.ts';
import { ServerError } from '../fail2ban/Fail2banServer.ts';
import { type Message, msg } from '../kit/message.ts';
import { type JailCommands, journalAlternatives } from './jailCommands.ts';

/** An option of a jail that runs with another value than the configuration comes to; null: not set. */
export interface RunningDifference {
	jail: string;
	/** An option's name; `running` for a jail that should run and does not, `actions` for missing ones. */
	option: string;
	running: string | null;
	configured: string | null;
}

type Kind = 'number' | 'time' | 'bool' | 'text';

/** Settings that the server answers in a form that can be compared with what it was told. */
const settings: Record<string, Kind> = {
	maxretry: 'number',
	maxmatches: 'number',
	findtime: 'time',
	bantime: 'time',
	'bantime.increment': 'bool',
	'bantime.multipliers': 'text',
	'bantime.maxtime': 'time',
	'bantime.rndtime': 'time',
	'bantime.overalljails': 'bool',
	'bantime.factor': 'text',
	'bantime.formula': 'text',
	ignoreself: 'bool',
	ignorecommand: 'text',
	usedns: 'text',
};

/** Settings that fail2ban keeps from before when a reload no longer names them. */
const keepsDefault = new Set(['ignoreself', 'usedns', 'maxretry', 'maxmatches', 'findtime', 'bantime']);

const lists = ['ignoreip', 'logpath', 'journalmatch'] as const;
const options = [...Object.keys(settings), ...lists, 'actions'];

function comparable(kind: Kind, value: string | null): string | null {
	if (value === null || value === '') return null;
	if (kind === 'time') return String(parseTime(value) ?? value);
	if (kind === 'bool') return isTrue(value) ? 'true' : null;
	return value;
}

function scalar(answer: Answer): string | null {
	if (answer === null || answer === undefined) return null;
	return typeof answer === 'object' ? JSON.stringify(answer) : String(answer);
}

function list(answer: Answer): string[] {
	if (!Array.isArray(answer)) return [];
	return answer.map((item) => (Array.isArray(item) ? item.map(String).join(' ') : String(item)));
}

/** The server drops host bits, case and order of addresses, so both sides are brought to one form. */
function sameList(option: string, running: string[], configured: string[]): boolean {
	const form = (values: string[]) =>
		[...new Set(values.map((value) => canonical(option, value)))].sort().join('\n');
	return form(running) === form(configured);
}

function canonical(option: string, value: string): string {
	if (option !== 'ignoreip') return value;
	const [address = '', bits] = value.split('/');
	// what is no address (a host name, file:…) is compared as written
	if (!ipaddr.isValid(address)) return value;
	const parsed = ipaddr.process(address);
	const full = parsed.kind() === 'ipv6' ? 128 : 32;
	if (bits === undefined || Number(bits) === full) return parsed.toString();
	if (!/^\d+$/.test(bits) || Number(bits) > full) return value;
	const network = parsed.kind() === 'ipv6' ? ipaddr.IPv6 : ipaddr.IPv4;
	return `${network.networkAddressFromCIDR(`${parsed}/${bits}`)}/${bits}`;
}

function configuredList(commands: JailCommands, option: (typeof lists)[number]): string[] {
	if (option === 'ignoreip') return commands.ignoreip;
	return option === 'logpath' ? commands.logpaths : commands.journalmatches;
}

function compareJail(
	commands: JailCommands,
	answers: readonly (Answer | ServerError)[],
): RunningDifference[] {
	const found: RunningDifference[] = [];
	const differ = (option: string, running: string | null, configured: string | null) =>
		found.push({ jail: commands.jail, option, running, configured });
	options.forEach((option, index) => {
		const answer = answers[index];
		if (answer === undefined || answer instanceof ServerError) {
			// a jail that reads files has no journalmatch to ask for, and the other way round
			return;
		}
		const kind = settings[option];
		if (kind) {
			const configured = commands.settings.get(option) ?? null;
			if (configured === null && keepsDefault.has(option)) return;
			const running = scalar(answer);
			if (comparable(kind, running) !== comparable(kind, configured)) differ(option, running, configured);
		} else if (option === 'actions') {
			const running = list(answer);
			const missing = [...commands.actions.keys()].filter((name) => !running.includes(name));
			if (missing.length > 0)
				differ('actions', running.join(', ') || null, [...commands.actions.keys()].join(', '));
		} else {
			const running =
				option === 'journalmatch' ? list(answer).flatMap((m) => journalAlternatives([m])) : list(answer);
			const configured = configuredList(commands, option as (typeof lists)[number]);
			// a journal jail does not tell its match apart from none while it starts; files have no match
			if (option === 'journalmatch' && !commands.backend.startsWith('systemd')) return;
			if (!sameList(option, running, configured))
				differ(option, running.join(' ') || null, configured.join(' ') || null);
		}
	});
	return found;
}

/**
 * Compares what runs with what the configuration comes to.
 * @param configured the jails of `fail2ban-client -d`
 * @param only compare the options of these jails; whether a jail runs is reported for all of them
 */
export async function runningDifferences(
	server: Fail2banServer,
	configured: ReadonlyMap<string, JailCommands>,
	only?: ReadonlySet<string>,
	timeout = 3000,
): Promise<RunningDifference[]> {
	const running = new Set(await server.jails({ timeout }));
	const found: RunningDifference[] = [];
	for (const jail of running) {
		if (!configured.has(jail)) found.push({ jail, option: 'running', running: 'true', configured: 'false' });
	}
	for (const jail of configured.keys()) {
		if (!running.has(jail)) found.push({ jail, option: 'running', running: 'false', configured: 'true' });
	}
	const compared = [...configured.values()].filter(
		({ jail }) => running.has(jail) && (only === undefined || only.has(jail)),
	);
	const answers = await server.pipeline(
		compared.flatMap(({ jail }) => options.map((option) => ['get', jail, option])),
		{ timeout },
	);
	compared.forEach((commands, index) => {
		found.push(...compareJail(commands, answers.slice(index * options.length, (index + 1) * options.length)));
	});
	return found;
}

/** A difference as the reason why a change failed. */
export function differenceText({ jail, option, running, configured }: RunningDifference): Message {
	if (option === 'running')
		return configured === 'true'
			? msg("jail '{0}' is not running", jail)
			: msg("jail '{0}' still runs", jail);
	if (option === 'actions')
		return msg("jail '{0}' runs without its actions, so nothing would be enforced", jail);
	const value = (text: string | null) => text ?? msg('unset');
	return msg("jail '{0}' runs with {1} {2} instead of {3}", jail, option, value(running), value(configured));
}
