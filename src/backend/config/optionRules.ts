import { type JailOption, jailOptions, type ValueKind } from '../../contract/kit/jailOptions.ts';
import { type Message, msg, sentences } from '../kit/message.ts';
import { addressFault } from './addressRule.ts';
import { parseTime, TIME_RULE } from './time.ts';
import { valueFault } from './writable.ts';

const options = new Map<string, JailOption>(jailOptions.map((option) => [option.name, option]));

/** Who asks: `root` is root@pam itself, which no API token and no Sys.Modify is. */
export interface MayEdit {
	root: boolean;
}

/** What fail2ban would interpolate, substitute, split, or hand to its root shell. */
const unsafe = /[%<>[\]'"\\;$`]/;
// Line breaks and the other control characters, C1 and Unicode's separators included.
const control = /[\p{Cc}\u2028\u2029]/u;

/** Kinds whose grammar holds for root too: fail2ban evaluates times, and fails on a bad number. */
const strict: ReadonlySet<ValueKind> = new Set(['bool', 'time', 'bantime', 'count', 'count0', 'multipliers']);

/**
 * Whether a jail option may have this value (see SECURITY.md). Returns null, or the rule that it
 * breaks. It does not know what is installed: filters and actions are looked up elsewhere.
 */
export function checkOption(name: string, value: string | number | boolean, caller: MayEdit): Message | null {
	const option = options.get(name);
	if (!option) return msg("There is no jail option '{0}'.", name);
	if (option.permission === 'root' && !caller.root) return rootSets;
	const text = String(value);
	if (strict.has(option.kind)) return rules[option.kind](text) ?? neverBans(name, text);
	if (name === 'maxlines') return wholeNumber(text, 1, 10_000);
	if (!caller.root) {
		if (control.test(text)) return noControl;
		if (unsafe.test(text)) return msg('Only root@pam may use % < > [ ] \' " \\ ; $ or a backtick.');
		return rules[option.kind](text);
	}
	return iniFault(text, option.kind === 'lines' || option.kind === 'ignoreip');
}

/** The value as it is written: `true` and `false`, plain digits, single blanks between multipliers. */
export function writeForm(name: string, value: string | number | boolean): string {
	const kind = options.get(name)?.kind;
	const text = String(value);
	if (kind === 'bool') return text === 'true' || text === '1' ? 'true' : 'false';
	// fail2ban splits at each single blank and fails on an empty piece.
	if (kind === 'multipliers') return text.trim().replace(/ +/g, ' ');
	return text;
}

/** A jail with either of these at zero runs and enforces nothing. */
function neverBans(name: string, text: string): Message | null {
	return rule(
		!/^(findtime|bantime)$/.test(name) || parseTime(text) !== 0,
		msg('With 0 the jail would not ban anybody.'),
	);
}

const rootSets = msg('Only root@pam may set this option.');
const noControl = msg('The value must not contain line breaks or other control characters.');
const portRule = msg(
	'Use port numbers or service names, separated by commas; a range has a colon: 22,5900:5999.',
);
const banactionRule = msg('Use nftables or iptables, alone or with -multiport or -allports.');

const rules: Record<ValueKind, (text: string) => Message | null> = {
	bool: (text) => rule(/^(0|1|true|false)$/.test(text), msg('Use 1 or 0.')),
	time: (text) => rule((parseTime(text) ?? -1) >= 0, TIME_RULE),
	bantime: (text) => rule((parseTime(text) ?? -2) >= -1, sentences([TIME_RULE, msg('-1 is permanent.')])),
	count: (text) => wholeNumber(text, 1, 1000),
	count0: (text) => wholeNumber(text, 0, 1000),
	multipliers: (text) =>
		rule(
			/^ *[1-9]\d{0,5}( +[1-9]\d{0,5}){0,19} *$/.test(text),
			msg('Use up to 20 whole numbers, separated by spaces: 1 2 4 8.'),
		),
	usedns: (text) => rule(/^(no|warn|raw)$/.test(text), msg('Use one of {0}.', 'no, warn, raw')),
	backend: (text) =>
		rule(
			/^(auto|systemd|polling|pyinotify)$/.test(text),
			msg('Use one of {0}.', 'auto, systemd, polling, pyinotify'),
		),
	ignoreip: addressFault,
	port: (text) => rule(text.split(',').every(isPort), portRule),
	protocol: (text) => rule(/^(tcp|udp)$/.test(text), msg('Use one of {0}.', 'tcp, udp')),
	banaction: (text) => rule(/^(nftables|iptables)(-multiport|-allports)?$/.test(text), banactionRule),
	filter: (text) =>
		rule(
			/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) && !text.includes('..'),
			msg('Letters, digits, dots, - and _, at most 64 characters.'),
		),
	mode: (text) =>
		rule(/^[a-z0-9_-]{1,32}$/.test(text), msg('Lower-case letters, digits, - and _, at most 32 characters.')),
	text: () => rootSets,
	lines: () => rootSets,
};

function rule(holds: boolean, message: Message): Message | null {
	return holds ? null : message;
}

function wholeNumber(text: string, least: number, most: number): Message | null {
	const holds = /^(0|[1-9]\d{0,5})$/.test(text) && Number(text) >= least && Number(text) <= most;
	return rule(holds, msg('Must be a whole number from {0} to {1}.', least, most));
}

/** A number from 1, a range (jail.conf itself has 0:65535), or a service's name. */
function isPort(text: string): boolean {
	const range = /^(0|[1-9]\d{0,4}):([1-9]\d{0,4})$/.exec(text);
	if (range) return Number(range[1]) < Number(range[2]) && Number(range[2]) <= 65_535;
	if (/^\d+$/.test(text)) return /^[1-9]/.test(text) && Number(text) <= 65_535;
	// A leading dash would be an option of iptables.
	return /^[a-z0-9][a-z0-9-]{0,14}$/.test(text);
}

/** What an INI file cannot carry, and a `%` on which fail2ban would fail. */
function iniFault(text: string, lines: boolean): Message | null {
	if (!lines && text.includes('\n')) return msg('The value must not contain line breaks.');
	const fault = valueFault(text.split('\n'));
	if (fault) return fault;
	const rest = text.replaceAll('%%', '').replace(/%\([^)]+\)s/g, '');
	return rule(
		!rest.includes('%'),
		msg('Write a literal % as %%; a single % begins a reference such as %(name)s.'),
	);
}
