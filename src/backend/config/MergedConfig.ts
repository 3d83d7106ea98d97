import type { Message } from '../kit/message.ts';
import type { ConfigDocument } from './ConfigDocument.ts';
import { InterpolationError, interpolate, type RawValue, type Scope } from './interpolate.ts';

/** One place where a value is set. */
export interface Setting {
	raw: string;
	/** Absolute. */
	file: string;
	/** Of the option's name, counted from 1. */
	line: number;
	section: string;
}

const conditional = /^([\p{L}\p{N}_]+)(\?.+)$/su;

/**
 * Several files merged as fail2ban does: per option the last file wins; what a section said before is kept as
 * `%(known/…)s`; `[Init?family=inet6]` becomes options `x?family=inet6` of [Init].
 */
export class MergedConfig {
	readonly defaults = new Map<string, RawValue>();
	/** In fail2ban's order, with its hidden sections `KNOWN/…`. */
	readonly sections = new Map<string, Map<string, RawValue>>();
	private readonly history = new Map<string, Map<string, Setting[]>>();

	constructor(documents: Iterable<{ file: string; document: ConfigDocument }>) {
		for (const { file, document } of documents) this.merge(file, document);
	}

	/** Where an option is set in a section (or DEFAULT) itself, in the order of reading; the last one wins. */
	settings(section: string, option: string): readonly Setting[] {
		return this.history.get(section)?.get(option.toLowerCase()) ?? [];
	}

	/** What `ConfigParser.get` answers: from vars, the section, or DEFAULT; undefined: no such option. */
	raw(section: string, option: string, vars?: ReadonlyMap<string, RawValue>): RawValue | undefined {
		const name = option.toLowerCase();
		return vars?.get(name) ?? this.sections.get(section)?.get(name) ?? this.defaults.get(name);
	}

	/** @throws InterpolationError */
	get(section: string, option: string, vars?: ReadonlyMap<string, RawValue>): string | undefined {
		const raw = this.raw(section, option, vars);
		return raw === undefined ? undefined : interpolate(raw, this.scope(section, vars));
	}

	scope(section: string, vars?: ReadonlyMap<string, RawValue>): Scope {
		return { section, vars, sections: this.sections, defaults: this.defaults };
	}

	/** A copy that can be changed without touching this one; where values come from stays behind. */
	copy(): MergedConfig {
		const copy = new MergedConfig([]);
		for (const [name, value] of this.defaults) copy.defaults.set(name, value);
		for (const [name, options] of this.sections) copy.sections.set(name, new Map(options));
		return copy;
	}

	private merge(file: string, document: ConfigDocument): void {
		for (const name of document.sections()) {
			const [, base = name, condition = ''] = conditional.exec(name) ?? [];
			const options = new Map<string, string>();
			for (const option of document.options(name)) {
				const raw = document.get(name, option) ?? '';
				options.set(`${option}${condition}`, raw);
				this.remember(base, `${option}${condition}`, {
					raw,
					file,
					line: document.lineOf(name, option) ?? 0,
					section: base,
				});
			}
			if (name === 'DEFAULT') for (const [option, value] of options) this.defaults.set(option, value);
			else this.mergeSection(base, options);
		}
	}

	private mergeSection(name: string, options: ReadonlyMap<string, string>): void {
		const section = this.sections.get(name);
		if (!section) {
			this.sections.set(name, new Map(options));
			return;
		}
		const known = this.sections.get(`KNOWN/${name}`) ?? new Map<string, RawValue>();
		for (const [option, value] of section) if (options.has(option)) known.set(option, value);
		this.sections.set(`KNOWN/${name}`, known);
		for (const [option, value] of options) section.set(option, value);
	}

	private remember(section: string, option: string, setting: Setting): void {
		const options = this.history.get(section) ?? new Map<string, Setting[]>();
		this.history.set(section, options);
		options.set(option, [...(options.get(option) ?? []), setting]);
	}
}

/** A value, or why there is none: an error that fail2ban would fail on is an answer here. */
export function tryInterpolate(raw: RawValue, scope: Scope): { value: string } | { error: Message } {
	try {
		return { value: interpolate(raw, scope) };
	} catch (error) {
		if (error instanceof InterpolationError) return { error: error.text };
		throw error;
	}
}
