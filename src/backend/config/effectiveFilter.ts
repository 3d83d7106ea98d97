import type { Message } from '../kit/message.ts';
import { filterCommands } from './effectiveJail.ts';
import { isReadingError, readWithoutActions } from './jailReader.ts';
import type { JailConfig } from './layers.ts';
import { toText } from './pythonValues.ts';

/** What a jail makes of log lines, as fail2ban would send it to its server. */
export interface EffectiveFilter {
	/** Name of the filter; null: the jail brings its own expressions. */
	name: string | null;
	prefregex: string;
	failregex: string[];
	ignoreregex: string[];
	/** Patterns a line; empty: fail2ban's own. */
	datepattern: string;
	maxlines: number;
	usedns: string;
	/** Empty: auto. */
	logencoding: string;
	logtimezone: string;
	/** Arguments of each `addjournalmatch`: fields, `+` between alternatives. */
	journalmatch: string[][];
	/** Log files to look for; `*` and `?` are patterns. */
	logpath: string[];
	backend: string;
}

/** The filter of a jail, enabled or not, as far as `readJail` can read it; else why not, in words. */
export function effectiveFilter(config: JailConfig, jail: string): EffectiveFilter | { error: Message } {
	try {
		const reading = readWithoutActions(config, jail);
		const option = (name: string) => toText(reading.options.get(name) ?? '');
		const sent = new Map<string, string[][]>();
		for (const [word, , command, value, ...more] of filterCommands(reading, jail)) {
			const values = word === 'multi-set' ? (value as string[]) : [value, ...more].map(String);
			const known = sent.get(String(command)) ?? [];
			sent.set(String(command), [...known, values]);
		}
		const all = (command: string) => (sent.get(command) ?? []).flat();
		const last = (command: string) => sent.get(command)?.at(-1)?.[0] ?? '';
		return {
			name: reading.filter?.name ?? null,
			prefregex: last('prefregex'),
			failregex: all('addfailregex'),
			ignoreregex: all('addignoreregex'),
			datepattern: last('datepattern'),
			maxlines: Number(last('maxlines')) || 1,
			usedns: last('usedns'),
			logencoding: option('logencoding'),
			logtimezone: option('logtimezone'),
			journalmatch: sent.get('addjournalmatch') ?? [],
			logpath: option('logpath')
				.split('\n')
				.map((line) => line.replace(/ (?:head|tail)$/, '').trim())
				.filter(Boolean),
			backend: option('backend') || 'auto',
		};
	} catch (error) {
		if (!isReadingError(error)) throw error;
		return { error: error.text };
	}
}
