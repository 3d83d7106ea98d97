import { TextError } from '../kit/message.ts';
import type { EffectiveAction } from './actionReader.ts';
import { readAction } from './actionReader.ts';
import type { ConfigReading } from './ConfigReading.ts';
import type { DefinitionReader, OptionType } from './DefinitionReader.ts';
import { filterOptions, readFilter } from './filterReader.ts';
import { InterpolationError } from './interpolate.ts';
import type { MergedConfig } from './MergedConfig.ts';
import {
	extractOptions,
	isTrue,
	type NamedOptions,
	PythonValueError,
	splitWithOptions,
	toInt,
	toText,
} from './pythonValues.ts';
import type { TagValue } from './substituteTags.ts';

type Types = Readonly<Record<string, [type: OptionType, fallback?: TagValue]>>;

const firstOptions: Types = {
	enabled: ['bool', false],
	backend: ['string', 'auto'],
	filter: ['string', ''],
};

/** Options of a jail in the order in which fail2ban sends them. */
const jailOptions: Types = {
	enabled: ['bool', false],
	backend: ['string', 'auto'],
	maxretry: ['int'],
	maxmatches: ['int'],
	findtime: ['string'],
	bantime: ['string'],
	'bantime.increment': ['bool'],
	'bantime.factor': ['string'],
	'bantime.formula': ['string'],
	'bantime.multipliers': ['string'],
	'bantime.maxtime': ['string'],
	'bantime.rndtime': ['string'],
	'bantime.overalljails': ['bool'],
	ignorecommand: ['string'],
	ignoreself: ['bool'],
	ignoreip: ['string'],
	ignorecache: ['string'],
	filter: ['string', ''],
	logtimezone: ['string'],
	logencoding: ['string'],
	logpath: ['string'],
	action: ['string', ''],
	...Object.fromEntries(Object.entries(filterOptions).map(([name, type]) => [name, [type]])),
};

/** What a jail's section, its filter and its actions come to. */
export interface JailReading {
	/** null: a number that is none, which fail2ban sends as None. */
	options: Map<string, TagValue | null>;
	filter: { name: string; parameters: Map<string, string>; reader: DefinitionReader } | undefined;
	actions: EffectiveAction[];
}

/** fail2ban skips the jail and starts the others; in its own words. */
export class JailError extends TextError {
	constructor(message: string) {
		super(message);
		this.name = 'JailError';
	}
}

interface Folder {
	merged: MergedConfig;
	reading: ConfigReading;
}

/**
 * Reads a jail as if it were enabled.
 * @throws JailError, or InterpolationError and PythonValueError, on which fail2ban fails as a whole
 */
export function readJail(folder: Folder, jail: string): JailReading {
	const { options, filter } = readWithoutActions(folder, jail);
	const known = withoutNull(options);
	const actions = splitWithOptions(toText(known.get('action') ?? '')).map((text) => {
		const named = extract(text, 'action');
		const action = readAction(folder.reading, jail, named, known);
		if (!action) throw new JailError(`Unable to read action '${named.name}'`);
		return action;
	});
	return { options, filter, actions };
}

/** As `readJail`, for somebody who looks at the filter only: faults of the actions do not matter. */
export function readWithoutActions(folder: Folder, jail: string): Omit<JailReading, 'actions'> {
	const { config, filter } = readFirst(folder, jail);
	const options = readOptions(config, jail, jailOptions);
	filter?.reader.load(withoutNull(options), false);
	return { options, filter };
}

/** The jails with the filter's options as this jail's `known/…`; undefined: the filter cannot be read. */
export function knownByFilter(folder: Folder, jail: string): MergedConfig | undefined {
	try {
		return readFirst(folder, jail).config;
	} catch (error) {
		if (isReadingError(error)) return undefined;
		throw error;
	}
}

export function isReadingError(error: unknown): error is TextError {
	return (
		error instanceof JailError || error instanceof InterpolationError || error instanceof PythonValueError
	);
}

function readFirst(
	{ merged, reading }: Folder,
	jail: string,
): Omit<JailReading, 'options' | 'actions'> & { config: MergedConfig } {
	const first = withoutNull(readOptions(merged, jail, firstOptions));
	const text = toText(first.get('filter') ?? '');
	if (text === '') return { config: merged, filter: undefined };
	const { name, options } = extract(text, 'filter');
	const reader = readFilter(reading, name, options, toText(first.get('backend') ?? ''));
	if (!reader) throw new JailError(`Unable to read the filter '${name}'`);
	reader.load(first, true);
	const config = merged.copy();
	const section = config.sections.get(jail);
	for (const [option, value] of reader.combined()) {
		const hidden = option.startsWith('known/') ? undefined : `known/${option}`;
		if (hidden !== undefined && option !== '__name__' && typeof value !== 'boolean')
			section?.set(hidden, value);
	}
	return { config, filter: { name, parameters: options, reader } };
}

function extract(text: string, what: string): NamedOptions {
	try {
		return extractOptions(text);
	} catch (error) {
		if (!(error instanceof PythonValueError)) throw error;
		throw new JailError(`Invalid ${what} definition ${JSON.stringify(text)}: ${error.message}`);
	}
}

function readOptions(config: MergedConfig, jail: string, types: Types): Map<string, TagValue | null> {
	const result = new Map<string, TagValue | null>();
	for (const [option, [type, fallback]] of Object.entries(types)) {
		const text = config.get(jail, option);
		if (text === undefined) {
			if (fallback !== undefined) result.set(option, fallback);
		} else if (type === 'bool') result.set(option, isTrue(text));
		else result.set(option, type === 'int' ? (toInt(text) ?? null) : text);
	}
	return result;
}

function withoutNull(options: ReadonlyMap<string, TagValue | null>): Map<string, TagValue> {
	return new Map([...options].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])));
}
