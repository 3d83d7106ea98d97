import type { ConfigReading } from './ConfigReading.ts';
import { DefinitionReader, type Options, type OptionType } from './DefinitionReader.ts';
import type { DumpCommand } from './dump.ts';
import { splitShell, toText } from './pythonValues.ts';

/** Options of a filter that a jail may set too, in fail2ban's order. */
export const filterOptions: Readonly<Record<string, OptionType>> = {
	usedns: 'string',
	prefregex: 'string',
	ignoreregex: 'string',
	failregex: 'string',
	maxlines: 'int',
	datepattern: 'string',
	journalmatch: 'string',
};

/** A filter by name, or undefined if it is not installed. */
export function readFilter(
	reading: ConfigReading,
	name: string,
	parameters: ReadonlyMap<string, string>,
	backend: string,
): DefinitionReader | undefined {
	const reader = DefinitionReader.read(reading, `filter.d/${name}`, filterOptions, parameters);
	if (reader && !reader.init.get('logtype') && !reader.defines('logtype')) {
		reader.init.set('logtype', backend.startsWith('systemd') ? 'journal' : 'file');
	}
	return reader;
}

/** Appends the server commands of these options; those that must come first are put to the front. */
export function fillFilterCommands(commands: DumpCommand[], options: Options, jail: string): void {
	let first = 0;
	for (const [option, value] of options) {
		const lines = () =>
			toText(value)
				.split('\n')
				.filter((line) => line !== '');
		if (option === 'failregex' || option === 'ignoreregex') {
			const [regex, ...more] = lines();
			if (more.length > 0) commands.push(['multi-set', jail, `add${option}`, [regex ?? '', ...more]]);
			else if (regex !== undefined) commands.push(['set', jail, `add${option}`, regex]);
		} else if (option === 'usedns' || option === 'maxlines' || option === 'prefregex') {
			commands.splice(option === 'usedns' ? 0 : first, 0, ['set', jail, option, value]);
			first++;
		} else if ('datepattern'.includes(option)) {
			// fail2ban looks for the name inside the word, so it also sends a parameter named `date`.
			commands.push(['set', jail, option, value]);
		} else if (option === 'journalmatch') {
			for (const match of lines()) commands.push(['set', jail, 'addjournalmatch', ...splitShell(match)]);
		}
	}
}
