import type { Message } from '../kit/message.ts';
import type { ConfigReading } from './ConfigReading.ts';
import { filterOptions, readFilter } from './filterReader.ts';
import { isReadingError } from './jailReader.ts';
import { type MergedConfig, type Setting, tryInterpolate } from './MergedConfig.ts';
import { folderOf, joinPath, normalizePath } from './paths.ts';
import { toText } from './pythonValues.ts';

/** An option of a filter with what it comes to by default; null: it cannot be resolved. */
export interface FilterSetting extends Setting {
	value: string | null;
	/** The settings that this one beats, the next best first. */
	overrides: (Setting & { value: string | null })[];
}

/** A parameter that a jail may give, with the value that holds without. */
interface FilterParameter {
	name: string;
	value: string;
	/** Words that the filter has an option for, e.g. `mdre-ddos` for the mode ddos; empty: any value. */
	choices: string[];
	file: string;
	line: number;
}

/** What fail2ban finds lines with, the default parameters filled in. */
export interface FilterExpressions {
	prefregex: string;
	failregex: string[];
	ignoreregex: string[];
	datepattern: string;
	journalmatch: string[];
	maxlines: number | null;
}

export interface FilterDefinition {
	/** In the order of reading, absolute; a file that is included twice comes twice. */
	files: string[];
	/** What the filter's own files name in [INCLUDES]. */
	includes: { name: string; when: 'before' | 'after'; file: string }[];
	options: Map<string, FilterSetting>;
	parameters: FilterParameter[];
	expressions: FilterExpressions;
	/** Why fail2ban cannot read it. */
	problem: Message | null;
}

/** Options that can be set here, in the order of a filter's file. */
export const editableOptions = [
	'prefregex',
	'failregex',
	'ignoreregex',
	'datepattern',
	'journalmatch',
	'maxlines',
] as const;

const none: FilterExpressions = {
	prefregex: '',
	failregex: [],
	ignoreregex: [],
	datepattern: '',
	journalmatch: [],
	maxlines: null,
};

/** A filter by name with its default parameters; undefined: it is not installed. */
export function readDefinition(
	reading: ConfigReading,
	name: string,
	backend: string,
): FilterDefinition | undefined {
	const reader = readFilter(reading, name, new Map(), backend);
	if (!reader) return undefined;
	const base = `filter.d/${name}`;
	const files = reading.files(base);
	let expressions = none;
	let problem: Message | null = null;
	try {
		reader.load(new Map(), false);
		expressions = expressionsOf(reader.combined());
	} catch (error) {
		if (!isReadingError(error)) throw error;
		problem = error.text;
	}
	const own = files.filter((file) => isOwnFile(reading.root, name, file));
	return {
		files,
		includes: includesOf(reading, own),
		options: optionsOf(reader.config, expressions, problem),
		parameters: parametersOf(reader.config, own),
		expressions,
		problem,
	};
}

/** Whether a file is the filter's own: name.conf, name.local, or one of name.d. */
export function isOwnFile(root: string, name: string, file: string): boolean {
	const base = joinPath(root, `filter.d/${name}`);
	return file === `${base}.conf` || file === `${base}.local` || file.startsWith(`${base}.d/`);
}

function linesOf(value: string): string[] {
	return value.split('\n').filter((line) => line !== '');
}

function expressionsOf(combined: ReadonlyMap<string, string | number | boolean>): FilterExpressions {
	const text = (option: string) => toText(combined.get(option) ?? '');
	const maxlines = combined.get('maxlines');
	return {
		prefregex: text('prefregex'),
		failregex: linesOf(text('failregex')),
		ignoreregex: linesOf(text('ignoreregex')),
		datepattern: text('datepattern'),
		journalmatch: linesOf(text('journalmatch')),
		maxlines: typeof maxlines === 'number' ? maxlines : null,
	};
}

/** [Init] wins over [Definition], and both over [DEFAULT]. */
export function settingsOf(config: MergedConfig, option: string): readonly Setting[] {
	return ['DEFAULT', 'Definition', 'Init'].flatMap((section) => config.settings(section, option));
}

function optionsOf(
	config: MergedConfig,
	expressions: FilterExpressions,
	problem: Message | null,
): Map<string, FilterSetting> {
	const names = new Set<string>([...editableOptions, ...(config.sections.get('Definition')?.keys() ?? [])]);
	const options = new Map<string, FilterSetting>();
	for (const name of names) {
		const [winner, ...losers] = [...settingsOf(config, name)].reverse();
		if (!winner) continue;
		const resolved = (setting: Setting) => {
			const found = tryInterpolate(setting.raw, config.scope(setting.section));
			return 'value' in found ? found.value : null;
		};
		const effective = problem === null ? effectiveText(expressions, name) : undefined;
		const others = losers.filter(({ file, line }) => file !== winner.file || line !== winner.line);
		options.set(name, {
			...winner,
			value: effective ?? resolved(winner),
			overrides: others.map((setting) => ({ ...setting, value: resolved(setting) })),
		});
	}
	return options;
}

function effectiveText(expressions: FilterExpressions, name: string): string | undefined {
	if (!(name in expressions)) return undefined;
	const value = expressions[name as keyof FilterExpressions];
	return Array.isArray(value) ? value.join('\n') : value === null ? undefined : String(value);
}

function includesOf(reading: ConfigReading, own: readonly string[]): FilterDefinition['includes'] {
	return own.flatMap((file) =>
		(['before', 'after'] as const).flatMap((when) =>
			linesOf(reading.document(file)?.get('INCLUDES', when) ?? '').map((name) => ({
				name,
				when,
				file: normalizePath(joinPath(folderOf(file), name)),
			})),
		),
	);
}

/** A tag whose name holds another one, e.g. `<mdre-<mode>>`. */
const nested = /<([\w-]*)<(\w+)>([\w-]*)>/g;
const plain = /<(\w[\w-]*)>/g;

/**
 * What can be given in a jail's `filter = name[mode=…]`: options of the filter's own files that others refer to as
 * `<name>`, and all of [Init].
 */
function parametersOf(config: MergedConfig, own: readonly string[]): FilterParameter[] {
	const definition = config.sections.get('Definition') ?? new Map<string, string | number>();
	const init = config.sections.get('Init') ?? new Map<string, string | number>();
	const texts = [...definition.values(), ...config.defaults.values()].map(String);
	const choices = new Map<string, Set<string>>();
	for (const [, before = '', name = '', after = ''] of texts.flatMap((text) => [...text.matchAll(nested)])) {
		const found = choices.get(name) ?? new Set();
		for (const option of definition.keys()) {
			const middle = option.slice(before.length, option.length - after.length);
			if (middle !== '' && option === `${before}${middle}${after}` && !middle.includes('<'))
				found.add(middle);
		}
		choices.set(name, found);
	}
	const used = new Set(texts.flatMap((text) => [...text.matchAll(plain)].map(([, name = '']) => name)));
	const names = [...definition.keys(), ...init.keys()].filter((name) => {
		if (name in filterOptions || name.includes('?')) return false;
		if (choices.has(name)) return true;
		if (init.has(name)) return true;
		// what an included file defines for itself, and parts of an expression, are no parameters
		const setting = settingsOf(config, name).at(-1);
		const part = [...definition.keys()].some((head) => name.startsWith(`${head}-`));
		const here = setting !== undefined && own.includes(setting.file) && !name.startsWith('_');
		return here && used.has(name) && !part && !/[<^]/.test(setting.raw);
	});
	return [...new Set(names)].flatMap((name) => {
		const setting = settingsOf(config, name).at(-1);
		if (!setting) return [];
		const resolved = tryInterpolate(setting.raw, config.scope(setting.section));
		const value = 'value' in resolved ? resolved.value : setting.raw;
		// words that only helpers of other words have are no choices: `normal-other` beside `normal`
		const words = [...(choices.get(name) ?? [])];
		const heads = words.filter((word) => !words.some((head) => word.startsWith(`${head}-`)));
		return [{ name, value, choices: heads.sort(), file: setting.file, line: setting.line }];
	});
}
