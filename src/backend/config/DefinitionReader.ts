import type { ConfigReading } from './ConfigReading.ts';
import { MergedConfig } from './MergedConfig.ts';
import { isTrue, toInt, toText } from './pythonValues.ts';
import { substituteTags, type TagValue } from './substituteTags.ts';

export type OptionType = 'string' | 'int' | 'bool';
/** `undefined`: fail2ban sends nothing for the option; null: it sends None. */
export type Options = Map<string, TagValue>;

const conditional = /^([\p{L}\p{N}_]+)(\?.+)$/su;
const sectionOption = /^([\p{L}\p{N}_-]+)\/([^\s>]+)$/u;

/**
 * A filter's or an action's file with its sections [Definition] and [Init], the parameters from the jail and
 * the jail's own options, put together as fail2ban does. It keeps state between calls, because fail2ban's
 * reader does: what a tag was first found to mean it means for good.
 */
export class DefinitionReader {
	/** Parameters, then those of [Init] with their `known/…`. */
	readonly init: Options;
	private options: Options = new Map();
	private vars = new Map<string, string>();
	private readonly looked = new Map<string, string | undefined>();

	private constructor(
		readonly config: MergedConfig,
		private readonly types: Readonly<Record<string, OptionType>>,
		parameters: ReadonlyMap<string, string>,
	) {
		this.init = new Map(parameters);
	}

	/** @param base e.g. `filter.d/sshd`. Undefined: there is no such file. */
	static read(
		reading: ConfigReading,
		base: string,
		types: Readonly<Record<string, OptionType>>,
		parameters: ReadonlyMap<string, string>,
	): DefinitionReader | undefined {
		const documents = reading.files(base).flatMap((file) => {
			const document = reading.document(file);
			return document ? [{ file, document }] : [];
		});
		return documents.length === 0
			? undefined
			: new DefinitionReader(new MergedConfig(documents), types, parameters);
	}

	/** Whether [Definition] itself sets an option. */
	defines(option: string): boolean {
		return this.config.sections.get('Definition')?.has(option) ?? false;
	}

	/** @param jail options of the jail, which win; `all`: also what is no option of a filter or action */
	load(jail: ReadonlyMap<string, TagValue>, all: boolean): void {
		this.vars = new Map([...jail, ...this.init].map(([name, value]) => [name.toLowerCase(), toText(value)]));
		const given = new Set([...jail.keys(), ...this.init.keys()]);
		this.options = new Map();
		if (this.config.sections.has('Definition')) {
			for (const option of Object.keys(this.types)) {
				const value = given.has(option) ? undefined : this.config.get('Definition', option, this.vars);
				if (value !== undefined) this.options.set(option, value);
			}
		}
		for (const option of this.config.sections.get('Init')?.keys() ?? []) {
			const value = this.config.get('Init', option) ?? '';
			if (!option.startsWith('known/')) this.init.set(`known/${option}`, value);
			if (!this.init.has(option)) this.init.set(option, value);
		}
		if (!all) return;
		for (const option of this.config.sections.get('Definition')?.keys() ?? []) {
			if (!this.options.has(option)) this.options.set(option, this.config.get('Definition', option) ?? '');
		}
	}

	/** All options with their tags replaced and numbers and booleans converted. */
	combined(ignore: Iterable<string> = []): Options {
		const all = new Map([...this.options, ...this.init]);
		const ignored = new Set(ignore);
		for (const name of all.keys()) {
			const base = conditional.exec(name)?.[1];
			if (base !== undefined) ignored.add(base);
		}
		const result = substituteTags(all, ignored, (name) => this.look(name));
		for (const [option, type] of Object.entries(this.types)) {
			const value = result.get(option);
			if (value === undefined || type === 'string') continue;
			const converted = type === 'bool' ? isTrue(toText(value)) : toInt(toText(value));
			// A bad number makes fail2ban fall back to no value at all.
			if (converted === undefined) result.delete(option);
			else result.set(option, converted);
		}
		return result;
	}

	private look(name: string): string | undefined {
		if (!this.looked.has(name)) this.looked.set(name, this.find(name));
		return this.looked.get(name);
	}

	/** `<section/option>`, `<known/option>`, `<default/option>`, or an option of [Definition]. */
	private find(name: string): string | undefined {
		const [, section, option = ''] = sectionOption.exec(name) ?? [];
		if (section !== undefined) {
			const lower = section.toLowerCase();
			const sections =
				lower === 'known' ? ['KNOWN/Definition', 'Definition'] : [lower === 'default' ? 'DEFAULT' : section];
			for (const candidate of sections) {
				if (candidate !== 'DEFAULT' && !this.config.sections.has(candidate)) continue;
				const value = this.config.get(candidate, option);
				if (value !== undefined) return value;
			}
		}
		if (!this.config.sections.has('Definition')) return undefined;
		return this.config.get('Definition', name, this.vars);
	}
}
