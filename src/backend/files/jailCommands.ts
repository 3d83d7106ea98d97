import type { DumpCommand } from '../config/dump.ts';

/** The server commands of one enabled jail, as `fail2ban-client -d` prints them. */
export interface JailCommands {
	jail: string;
	backend: string;
	/** Single-valued settings, e.g. maxretry; the words behind the option. */
	settings: Map<string, string>;
	ignoreip: string[];
	logpaths: string[];
	/** Alternatives that `+` separates, each a list of fields joined by a blank. */
	journalmatches: string[];
	failregex: string[];
	ignoreregex: string[];
	/** Action name to its definition as one string: equal strings mean the same action. */
	actions: Map<string, string>;
}

/** What the configuration comes to, by jail. */
export interface DumpedJails {
	jails: Map<string, JailCommands>;
	/** Options of the server itself, e.g. loglevel. */
	server: Map<string, string>;
	/** fail2ban's own words for a jail that it would skip. */
	errors: string[];
}

function text(value: unknown): string {
	if (value === true) return 'true';
	if (value === false) return 'false';
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function emptyJail(jail: string, backend: string): JailCommands {
	return {
		jail,
		backend,
		settings: new Map(),
		ignoreip: [],
		logpaths: [],
		journalmatches: [],
		failregex: [],
		ignoreregex: [],
		actions: new Map(),
	};
}

/** A journal match is a list of alternatives; fail2ban answers it split at each `+`. */
export function journalAlternatives(words: readonly string[]): string[] {
	return words
		.join(' ')
		.split(/\s\+\s/)
		.map((part) => part.trim())
		.filter(Boolean);
}

function setOption(commands: JailCommands, option: string, values: readonly unknown[]): void {
	// multi-set brings one list where set brings a value
	const list = values.flat().map(text);
	switch (option) {
		case 'addlogpath':
			commands.logpaths.push(text(values[0]));
			break;
		case 'addjournalmatch':
			commands.journalmatches.push(...journalAlternatives(list));
			break;
		case 'addignoreip':
			commands.ignoreip.push(...list);
			break;
		case 'addfailregex':
			commands.failregex.push(...list);
			break;
		case 'addignoreregex':
			commands.ignoreregex.push(...list);
			break;
		case 'addaction':
			commands.actions.set(text(values[0]), JSON.stringify(values.slice(1)));
			break;
		case 'action': {
			const name = text(values[0]);
			commands.actions.set(name, (commands.actions.get(name) ?? '') + JSON.stringify(values.slice(1)));
			break;
		}
		default:
			commands.settings.set(option, list.join(' '));
	}
}

/** Sorts the flat list of server commands by jail. */
export function dumpedJails(dump: readonly DumpCommand[]): DumpedJails {
	const result: DumpedJails = { jails: new Map(), server: new Map(), errors: [] };
	for (const [verb, jail, ...rest] of dump) {
		if (verb === 'config-error') result.errors.push(text(jail));
		else if (verb === 'add') result.jails.set(text(jail), emptyJail(text(jail), text(rest[0])));
		else if (verb === 'set' || verb === 'multi-set') {
			const commands = result.jails.get(text(jail));
			if (commands && rest.length > 0) setOption(commands, text(rest[0]), rest.slice(1));
			// without a jail it is one of the server's own settings
			else if (verb === 'set' && rest.length === 1) result.server.set(text(jail), text(rest[0]));
		}
	}
	return result;
}
