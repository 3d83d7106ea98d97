import type { Message } from '../kit/message.ts';
import type { EffectiveAction } from './actionReader.ts';
import type { DumpCommand, DumpValue } from './dump.ts';
import { jailDefaults } from './fail2banDefaults.ts';
import { fillFilterCommands, filterOptions } from './filterReader.ts';
import { isReadingError, JailError, type JailReading, readJail } from './jailReader.ts';
import type { JailConfig } from './layers.ts';
import { isTrue, splitWords, toText } from './pythonValues.ts';

export interface EffectiveJail {
	jail: string;
	enabled: boolean;
	backend: string;
	/** Name and parameters as the option `filter` has them; null: the jail has none. */
	filter: { name: string; parameters: Map<string, string> } | null;
	/** Options of the jail as fail2ban reads them; null: a number that is none. */
	options: Map<string, DumpValue>;
	/** Log files to look for; `*` and `?` are patterns. Empty for systemd. */
	logpaths: { pattern: string; tail: string }[];
	actions: EffectiveAction[];
	/** What `fail2ban-client -d` prints for the enabled jail, less addlogpath, which needs the disk. */
	commands: DumpCommand[];
}

/** Why a jail comes to nothing. */
export interface JailFault {
	jail: string;
	error: Message;
	/** fail2ban does not start at all; otherwise it skips the jail. */
	fatal: boolean;
	/** fail2ban meets the fault today; otherwise only once the jail is enabled. */
	met: boolean;
}

const unsent = new Set(['action', 'filter', 'enabled', 'backend', 'logpath', ...Object.keys(filterOptions)]);

/** A jail as `fail2ban-client -d` would send it if it were enabled. */
export function effectiveJail(config: JailConfig, jail: string): EffectiveJail | JailFault {
	try {
		const reading = readJail(config, jail);
		const backend = toText((reading.options.get('backend') as string | undefined) ?? jailDefaults.backend);
		return {
			jail,
			enabled: reading.options.get('enabled') === true,
			backend,
			filter: reading.filter ? { name: reading.filter.name, parameters: reading.filter.parameters } : null,
			options: reading.options,
			logpaths: backend.startsWith('systemd') ? [] : logPaths(reading.options.get('logpath')),
			actions: reading.actions,
			commands: [['add', jail, backend], ...jailCommands(reading, jail, config.version)],
		};
	} catch (error) {
		if (!isReadingError(error)) throw error;
		return { jail, error: error.text, fatal: !(error instanceof JailError), met: isMet(config, jail) };
	}
}

/** Of a disabled jail fail2ban reads only the options that tell so. */
function isMet(config: JailConfig, jail: string): boolean {
	const first = ['enabled', 'backend', 'filter'].map((name) => config.option(jail, name));
	return first.some((option) => option?.error !== undefined) || isTrue(first[0]?.value ?? '');
}

/** The server commands of a jail's filter, and of what the jail sets over it. */
export function filterCommands(
	{ options, filter }: Omit<JailReading, 'actions'>,
	jail: string,
): DumpCommand[] {
	const commands: DumpCommand[] = [];
	if (filter) fillFilterCommands(commands, filter.reader.combined(), jail);
	const present = [...options].filter(
		(entry): entry is [string, string | number | boolean] => entry[1] !== null,
	);
	fillFilterCommands(commands, new Map(present), jail);
	return commands;
}

function jailCommands(reading: JailReading, jail: string, version: string | null): DumpCommand[] {
	const { options, actions } = reading;
	const commands = filterCommands(reading, jail);
	for (const [option, value] of options) {
		if (option === 'ignoreip') {
			commands.push(['set', jail, 'addignoreip', ...splitWords(toText(value ?? ''), version)]);
		} else if (!unsent.has(option)) commands.push(['set', jail, option, value]);
	}
	return [...commands, ...actions.flatMap((action) => action.commands)];
}

function logPaths(value: DumpValue | undefined): { pattern: string; tail: string }[] {
	if (typeof value !== 'string') return [];
	return value.split('\n').map((line) => {
		const at = line.lastIndexOf(' ');
		return at === -1
			? { pattern: line, tail: 'head' }
			: { pattern: line.slice(0, at), tail: line.slice(at + 1) };
	});
}
