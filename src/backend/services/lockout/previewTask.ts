import { parseNetwork } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { extractOptions } from '../../config/pythonValues.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import type { TestedExpressions } from '../../runs/LineSource.ts';
import type { PreviewTask } from '../../runs/previewJail.ts';
import { bantimeOf, findtimeOf, hasBanGrowth, hasIgnoreSelf, maxretryOf } from './banTightening.ts';

/**
 * How a jail comes to run with its changed options, which says what it counts. start: it does not run yet; restart: it
 * ends and starts again, and reads on where it stopped; reload: it goes on, and remembers its failures.
 */
export type Entry = 'start' | 'restart' | 'reload';

export interface PreviewOf {
	/** What runs now; undefined: nothing. */
	before: JailCommands | undefined;
	after: JailCommands;
	entry: Entry;
	/** fail2ban's database; null: it has none. */
	database: string | null;
	/** Addresses of this node. */
	own: readonly string[];
	/** Addresses to tell in any case. */
	watch: readonly string[];
	/** Folders in which log files must stand; null: anywhere. */
	below: readonly string[] | null;
}

/** What a jail ignores by its own words; what needs a look-up or a program is not known. */
function ignoredNetworks(commands: JailCommands, own: readonly string[]) {
	const literal = commands.ignoreip.filter((entry) => parseNetwork(entry) !== null);
	const unknown =
		literal.length < commands.ignoreip.length || Boolean(commands.settings.get('ignorecommand'));
	return { entries: [...literal, ...(hasIgnoreSelf(commands) ? own : [])], unknown };
}

/** Whether a jail ignores all of these addresses; null: there is none, or it is not known. */
export function ignoresAll(
	commands: JailCommands,
	own: readonly string[],
	addresses: readonly string[],
): boolean | null {
	if (addresses.length === 0) return null;
	const { entries, unknown } = ignoredNetworks(commands, own);
	const ignored = new NetworkSet(entries);
	if (addresses.every((address) => ignored.covers(address))) return true;
	return unknown ? null : false;
}

function expressions(commands: JailCommands): TestedExpressions {
	const setting = (name: string) => commands.settings.get(name) ?? '';
	const encoding = setting('logencoding');
	return {
		prefregex: setting('prefregex'),
		failregex: commands.failregex,
		ignoreregex: commands.ignoreregex,
		datepattern: setting('datepattern'),
		maxlines: Number(setting('maxlines')) || 1,
		usedns: setting('usedns') || jailDefaults.usedns,
		logtimezone: setting('logtimezone'),
		encoding: /^(?:auto)?$/i.test(encoding) ? 'UTF-8' : encoding,
	};
}

function source({ after, below }: PreviewOf): PreviewTask['source'] {
	if (!after.backend.startsWith('systemd'))
		return { kind: 'files', patterns: after.logpaths, below, since: 0 };
	const args = Object.fromEntries(extractOptions(after.backend).options);
	return { kind: 'journal', args, matches: after.journalmatches.map(splitMatch), since: 0 };
}

/** `-d` lists the fields of an alternative; a value may hold blanks, a field's name may not. */
function splitMatch(match: string): string[] {
	return match.split(/\s+(?=[A-Z0-9_]{1,64}=)/).filter(Boolean);
}

/** What to ask of a jail's log. Throws Error for a time that is none. */
export function previewTask(of: PreviewOf): PreviewTask {
	const { before, after, entry, database, own, watch } = of;
	const findtime = findtimeOf(after);
	const remembered = entry === 'reload' && before !== undefined;
	return {
		jail: after.jail,
		source: source(of),
		filter: expressions(after),
		findtime: remembered ? Math.min(findtime, findtimeOf(before)) : findtime,
		maxretry: maxretryOf(after),
		bantime: bantimeOf(after),
		increment: hasBanGrowth(after),
		ignore: ignoredNetworks(after, own).entries,
		database,
		memory: remembered,
		restores: entry === 'start',
		watch: [...watch],
	};
}
