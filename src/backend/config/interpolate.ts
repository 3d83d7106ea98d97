import { type Message, msg, TextError } from '../kit/message.ts';
import { SPACE } from './pythonText.ts';

/** Numbers come from filters: fail2ban converts `maxlines` before it hands it on, and then fails on it. */
export type RawValue = string | number;

/** What a value may refer to. */
export interface Scope {
	section: string;
	/** Wins over everything: the parameters of a filter or an action. */
	vars?: ReadonlyMap<string, RawValue> | undefined;
	sections: ReadonlyMap<string, ReadonlyMap<string, RawValue>>;
	defaults: ReadonlyMap<string, RawValue>;
}

/** fail2ban could not resolve a `%(…)s`; it stops reading the whole configuration there. */
export class InterpolationError extends TextError {
	constructor(message: Message) {
		super(message);
		this.name = 'InterpolationError';
	}
}

/** As deep as Python follows one reference into another. */
const MAX_DEPTH = 10;
const reference = /^%\(([^)]+)\)s/;
const sectionReference = /%\(([\p{L}\p{N}_-]+\/([^)]+))\)s/gu;

/**
 * Resolves `%(option)s`, `%(section/option)s`, `%(known/option)s`, `%(default/option)s`, `%(__name__)s` and
 * `%%` the way fail2ban's parser does, its oddities included: a section with capitals cannot be named.
 * @throws InterpolationError
 */
export function interpolate(raw: RawValue, scope: Scope): string {
	return resolve(raw, scope, new Map(scope.vars ?? []), 1);
}

function resolve(raw: RawValue, scope: Scope, outer: ReadonlyMap<string, RawValue>, depth: number): string {
	if (typeof raw !== 'string') throw new InterpolationError(msg('A number cannot be interpolated.'));
	if (depth > MAX_DEPTH)
		throw new InterpolationError(msg('References are nested too deeply or run in a circle.'));
	const extra = new Map(outer);
	extra.set('__name__', scope.section);
	for (const [, name = '', option = ''] of raw.matchAll(sectionReference)) {
		if (lookUp(name, scope, extra) !== undefined) continue;
		const value = sectionValue(name.slice(0, -option.length - 1), option, scope);
		if (value !== undefined) extra.set(name, value);
	}

	let result = '';
	let at = 0;
	for (let percent = raw.indexOf('%'); percent !== -1; percent = raw.indexOf('%', at)) {
		result += raw.slice(at, percent);
		if (raw[percent + 1] === '%') {
			result += '%';
			at = percent + 2;
			continue;
		}
		const match = reference.exec(raw.slice(percent));
		if (!match)
			throw new InterpolationError(
				msg('A % is followed by neither % nor (name)s: {0}', excerpt(raw, percent)),
			);
		const name = match[1]?.toLowerCase() ?? '';
		const value = lookUp(name, scope, extra);
		if (value === undefined) throw new InterpolationError(msg('%({0})s refers to nothing.', match[1] ?? ''));
		if (typeof value !== 'string') throw new InterpolationError(msg('%({0})s is a number.', match[1] ?? ''));
		result += value.includes('%') ? resolve(value, scope, extra, depth + 1) : value;
		at = percent + match[0].length;
	}
	return result + raw.slice(at);
}

function lookUp(name: string, scope: Scope, extra: ReadonlyMap<string, RawValue>): RawValue | undefined {
	return extra.get(name) ?? scope.sections.get(scope.section)?.get(name) ?? scope.defaults.get(name);
}

function sectionValue(section: string, option: string, scope: Scope): RawValue | undefined {
	const lower = section.toLowerCase();
	if (lower === 'default') return scope.defaults.get(option);
	if (lower === 'known') {
		return scope.sections.get(`KNOWN/${scope.section}`)?.get(option) ?? scope.defaults.get(option);
	}
	const options = scope.sections.get(section);
	return options && (options.get(option) ?? scope.defaults.get(option));
}

function excerpt(text: string, at: number): string {
	return JSON.stringify(text.slice(at, at + 20).replace(new RegExp(`[${SPACE}]+`, 'g'), ' '));
}
