import type { ConfigReading } from './ConfigReading.ts';
import { DefinitionReader, type OptionType } from './DefinitionReader.ts';
import type { DumpCommand, DumpValue } from './dump.ts';
import { joinPath } from './paths.ts';
import { dumpJson, type NamedOptions } from './pythonValues.ts';
import type { TagValue } from './substituteTags.ts';

const actionOptions: Readonly<Record<string, OptionType>> = {
	actionstart: 'string',
	actionstart_on_demand: 'bool',
	actionstop: 'string',
	actionflush: 'string',
	actionreload: 'string',
	actioncheck: 'string',
	actionrepair: 'string',
	actionrepair_on_unban: 'bool',
	actionban: 'string',
	actionprolong: 'string',
	actionreban: 'string',
	actionunban: 'string',
	norestored: 'bool',
};

/** Tags that only a ban itself can fill, and two that the server knows better. */
const laterTags = ['matches', 'ipmatches', 'ipjailmatches', 'timeout', 'bantime'];

export interface EffectiveAction {
	/** What the server calls it. */
	name: string;
	/** The file in action.d, without its ending; a Python action with it. */
	file: string;
	/** What the jail hands to it. */
	parameters: Map<string, string>;
	commands: DumpCommand[];
}

/** An action of a jail, or undefined if it is not installed. */
export function readAction(
	reading: ConfigReading,
	jail: string,
	{ name, options }: NamedOptions,
	jailOptions: ReadonlyMap<string, TagValue>,
): EffectiveAction | undefined {
	if (name.endsWith('.py')) return pythonAction(reading, jail, name, options);
	const parameters = new Map(options);
	const given = parameters.get('name') ?? jail;
	parameters.set('name', given);
	const suffix = given === jail ? '' : given.startsWith(jail) ? given.slice(jail.length) : `-${given}`;
	const actname = parameters.get('actname') ?? `${name}${suffix}`;
	parameters.set('actname', actname);

	const reader = DefinitionReader.read(reading, `action.d/${name}`, actionOptions, parameters);
	if (!reader) return undefined;
	reader.load(jailOptions, false);
	const settings: DumpValue[][] = [];
	for (const [option, value] of reader.combined(laterTags)) {
		if (Object.hasOwn(actionOptions, option)) settings.push([option, value]);
	}
	for (const [option, value] of reader.init) {
		if (!Object.hasOwn(actionOptions, option) && !option.startsWith('known/')) settings.push([option, value]);
	}
	const [only] = settings;
	const commands: DumpCommand[] = [['set', jail, 'addaction', actname]];
	if (settings.length > 1) commands.push(['multi-set', jail, 'action', actname, settings]);
	else if (only) commands.push(['set', jail, 'action', actname, ...only]);
	return { name: actname, file: name, parameters: options, commands };
}

function pythonAction(
	reading: ConfigReading,
	jail: string,
	file: string,
	options: ReadonlyMap<string, string>,
): EffectiveAction {
	const parameters = new Map(options);
	const name = parameters.get('actname') ?? file.slice(0, -'.py'.length);
	parameters.delete('actname');
	const path = joinPath(`${reading.root}/action.d`, file);
	return { name, file, parameters, commands: [['set', jail, 'addaction', name, path, dumpJson(parameters)]] };
}
