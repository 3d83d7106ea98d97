import type { JailConfig, Setting } from './layers.ts';
import { normalizePath } from './paths.ts';

/** Where a value is to be written (absolute path), or what would still win over it. */
export type Place = { file: string } | { blockedBy: { file: string; line: number } };

/**
 * Where an option of a jail is written, always in the jail's own section: jail.local if the value there wins
 * today, else jail.d/<jail>.local. Blocked if another file that is read later sets it too.
 */
export function placeOption(config: JailConfig, root: string, jail: string, option: string): Place {
	const local = normalizePath(`${root}/jail.local`);
	const winner = config.option(jail, option);
	const inLocal = winner?.section === jail && winner.file === local;
	// fail2ban reads no hidden file and no subfolder of jail.d, and an odd name made by hand makes an odd file's name.
	const named = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(jail) && !jail.includes('..');
	const file = inLocal || !named ? local : normalizePath(`${root}/jail.d/${jail}.local`);
	return placeIn(config, 'jail', file, config.merged.settings(jail, option));
}

/** Where an option of [DEFAULT] is written: jail.local. A jail's own value still beats it, and does not block. */
export function placeDefault(config: JailConfig, root: string, option: string): Place {
	const settings = config.merged.settings('DEFAULT', option);
	return placeIn(config, 'jail', normalizePath(`${root}/jail.local`), settings);
}

/** Where an option of the server is written: [Definition] of fail2ban.local. */
export function placeServerOption(config: JailConfig, root: string, option: string): Place {
	return placeIn(config, 'fail2ban', normalizePath(`${root}/fail2ban.local`), config.serverSettings(option));
}

function placeIn(
	config: JailConfig,
	base: 'jail' | 'fail2ban',
	file: string,
	settings: readonly Setting[],
): Place {
	const fault = config.problems.find((problem) => problem.file === file);
	if (fault) return { blockedBy: { file, line: fault.line ?? 1 } };
	const order = orderWith(config, base, file);
	const own = order.lastIndexOf(file);
	const later = settings
		.filter((setting) => setting.file !== file && order.lastIndexOf(setting.file) > own)
		.at(-1);
	return later ? { blockedBy: { file: later.file, line: later.line } } : { file };
}

const orders = new WeakMap<JailConfig, Map<string, string[]>>();

/**
 * The files behind the jails or the server in the order of reading, if `file` existed. It is read rather than guessed,
 * because an include may name the file a second time.
 */
function orderWith(config: JailConfig, base: 'jail' | 'fail2ban', file: string): string[] {
	const known = orders.get(config) ?? new Map<string, string[]>();
	orders.set(config, known);
	let order = known.get(file);
	if (!order) {
		order = config.reading.document(file)
			? config.reading.files(base)
			: config.reading.withEmptyFile(file).files(base);
		known.set(file, order);
	}
	return order;
}
