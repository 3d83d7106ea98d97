import { contains, parseNetwork } from '../../addresses/addresses.ts';
import { isTrue } from '../../config/pythonValues.ts';
import { parseTime } from '../../config/time.ts';
import type { JailCommands } from '../../files/jailCommands.ts';

/** What fail2ban's server does where the configuration says nothing. */
const builtIn = { maxretry: 3, findtime: 600 };

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
	const value = Number(settings.get('maxretry') ?? builtIn.maxretry);
	return Number.isFinite(value) ? Math.max(1, value) : 1;
}

/** Seconds. Throws Error for a text that is no time. */
export function findtimeOf({ settings, jail }: JailCommands): number {
	return timeOf(jail, 'findtime', settings.get('findtime') ?? String(builtIn.findtime));
}

/** Seconds of a first ban; -1 is permanent. Throws Error for a text that is no time. */
export function bantimeOf({ settings, jail }: JailCommands): number {
	return timeOf(jail, 'bantime', settings.get('bantime') ?? '600');
}

function timeOf(jail: string, option: string, text: string): number {
	const seconds = parseTime(text.trim());
	if (seconds === null) throw new Error(`Jail '${jail}': ${option} = ${text} is no time.`);
	return seconds;
}

export function hasBanGrowth({ settings }: JailCommands): boolean {
	return isTrue(settings.get('bantime.increment') ?? 'false');
}

export function hasIgnoreSelf({ settings }: JailCommands): boolean {
	return isTrue(settings.get('ignoreself') ?? 'true');
}

function findtimeOrNull(commands: JailCommands): number | null {
	return parseTime((commands.settings.get('findtime') ?? String(builtIn.findtime)).trim());
}

/** Whether every address that `entry` ignores is still ignored. */
function isCovered(entry: string, entries: readonly string[]): boolean {
	if (entries.includes(entry)) return true;
	const network = parseNetwork(entry);
	return (
		network !== null &&
		entries.some((other) => {
			const outer = parseNetwork(other);
			return outer !== null && contains(outer, network);
		})
	);
}

const adds = (after: readonly string[], before: readonly string[]) =>
	after.some((item) => !before.includes(item));

/** Whether a jail bans otherwise than it did: by other actions, or by the same ones for other ports. */
export function bansDifferently({ actions: was }: JailCommands, { actions }: JailCommands): boolean {
	return was.size !== actions.size || [...actions].some(([name, definition]) => was.get(name) !== definition);
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
