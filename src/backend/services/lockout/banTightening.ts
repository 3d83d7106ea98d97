import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { isTrue } from '../../config/pythonValues.ts';
import { parseTime } from '../../config/time.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { msg, TextError } from '../../kit/message.ts';

/** Settings of which no value makes a jail ban an address that it would not ban otherwise. */
const harmless = new Set([
	'maxretry',
	'findtime',
	'ignoreself',
	'ignorecache',
	'bantime',
	'bantime.increment',
	'bantime.multipliers',
	'bantime.maxtime',
	'bantime.rndtime',
	'bantime.factor',
	'bantime.formula',
	'bantime.overalljails',
	'maxmatches',
]);

/** Failures that ban; fail2ban takes the number as it stands. */
export function maxretryOf({ settings }: JailCommands): number {
	const value = Number(settings.get('maxretry') ?? jailDefaults.maxretry);
	return Number.isFinite(value) ? Math.max(1, value) : 1;
}

/** Seconds. Throws TextError for a text that is not a valid time. */
export function findtimeOf({ settings, jail }: JailCommands): number {
	return timeOf(jail, 'findtime', settings.get('findtime') ?? jailDefaults.findtime);
}

/** Seconds of a first ban; -1 is permanent. Throws TextError for a text that is not a valid time. */
export function bantimeOf({ settings, jail }: JailCommands): number {
	return timeOf(jail, 'bantime', settings.get('bantime') ?? jailDefaults.bantime);
}

function timeOf(jail: string, option: string, text: string): number {
	const seconds = parseTime(text.trim());
	if (seconds === null)
		throw new TextError(msg("Jail '{0}': {1}: '{2}' is not a valid time.", jail, option, text));
	return seconds;
}

export function hasBanGrowth({ settings }: JailCommands): boolean {
	return isTrue(settings.get('bantime.increment') ?? jailDefaults['bantime.increment']);
}

export function hasIgnoreSelf({ settings }: JailCommands): boolean {
	return isTrue(settings.get('ignoreself') ?? jailDefaults.ignoreself);
}

function findtimeOrNull(commands: JailCommands): number | null {
	return parseTime((commands.settings.get('findtime') ?? jailDefaults.findtime).trim());
}

/** Whether every address that `entry` ignores is still ignored. */
function isCovered(entry: string, entries: readonly string[]): boolean {
	return entries.includes(entry) || new NetworkSet(entries).covers(entry);
}

const adds = (after: readonly string[], before: readonly string[]) =>
	after.some((item) => !before.includes(item));

/** Whether a jail bans otherwise than it did: by other actions, or by the same ones for other ports. */
export function bansDifferently({ actions: was }: JailCommands, { actions }: JailCommands): boolean {
	return was.size !== actions.size || [...actions].some(([name, definition]) => was.get(name) !== definition);
}

/** What fail2ban logs of a ban, as its filter recidive looks for it. */
const banLine = /\bBan(?:\\s[+*]?|\s)\s*<(?:HOST|ADDR|IP4|IP6|CIDR|SUBNET)\b/;

/** Whether a jail counts bans of other jails, as recidive does under whatever name. */
export function countsBans({ failregex }: JailCommands): boolean {
	return failregex.length > 0 && failregex.every((expression) => banLine.test(expression));
}

/** Whether a jail, as it becomes, can ban an address that it would not have banned as it was, or farther. */
export function canBanMore(before: JailCommands, after: JailCommands): boolean {
	if (bansDifferently(before, after)) return true;
	if (maxretryOf(after) < maxretryOf(before)) return true;
	const [was, becomes] = [findtimeOrNull(before), findtimeOrNull(after)];
	if (was === null || becomes === null ? was !== becomes : becomes > was) return true;
	if (before.ignoreip.some((entry) => !isCovered(entry, after.ignoreip))) return true;
	if (hasIgnoreSelf(before) && !hasIgnoreSelf(after)) return true;
	if (hasBanGrowth(after) && !hasBanGrowth(before)) return true;
	if (before.backend !== after.backend) return true;
	if (adds(after.failregex, before.failregex) || adds(before.ignoreregex, after.ignoreregex)) return true;
	if (adds(after.logpaths, before.logpaths)) return true;
	// without any match the whole journal counts
	if (adds(after.journalmatches, before.journalmatches)) return true;
	if (after.journalmatches.length === 0 && before.journalmatches.length > 0) return true;
	const names = new Set([...before.settings.keys(), ...after.settings.keys()]);
	return [...names].some(
		(name) => !harmless.has(name) && before.settings.get(name) !== after.settings.get(name),
	);
}
