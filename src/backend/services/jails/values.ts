import type { JailOptionParams } from '../../../contract/jails.ts';
import { type JailOption, jailOptions, optionParam } from '../../../contract/kit/jailOptions.ts';
import { splitList } from '../../addresses/addresses.ts';
import { checkOption, writeForm } from '../../config/optionRules.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams, rootOnly } from '../../kit/errors.ts';
import { enumerate, type Message, msg } from '../../kit/message.ts';
import { filterName } from '../edit/filterValue.ts';
import { entryWords } from '../edit/ignoreLines.ts';
import { refuseTooWide, wideEntries } from '../edit/refuseTooWide.ts';

/** Options of a call, checked and in the form in which they are written; in the order of jailOptions. */
export type JailValues = ReadonlyMap<JailOption, string>;

/** Blanks around a value mean nothing; a line break is no blank and is refused where it may not stand. */
function tidy({ kind }: JailOption, text: string): string {
	if (kind !== 'lines') return text.replace(/^ +| +$/g, '');
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean)
		.join('\n');
}

function isInstalled({ source, root }: ConfigSnapshot, folder: string, name: string): boolean {
	return ['.conf', '.local'].some(
		(ending) => source.read(`${root}/${folder}/${name}${ending}`) !== undefined,
	);
}

/** Whether the file that a value names is there; null: it is, or the value names none. */
function missingFile(snapshot: ConfigSnapshot, { kind }: JailOption, text: string): Message | null {
	if (text.includes('%')) return null;
	const name = filterName(text);
	if (kind === 'filter' && !isInstalled(snapshot, 'filter.d', name))
		return msg("There is no filter '{0}'.", name);
	if (kind === 'banaction' && !isInstalled(snapshot, 'action.d', name))
		return msg("There is no action '{0}'.", name);
	return null;
}

/** Why the caller may not set an option to a value; null: nothing is wrong. */
function faultOf(snapshot: ConfigSnapshot, option: JailOption, value: string, root: boolean): Message | null {
	return checkOption(option.name, value, { root }) ?? missingFile(snapshot, option, value);
}

/** Reads the options of a call. Throws ApiError 403 or 400 that names every bad one by its parameter. */
export function jailValues(snapshot: ConfigSnapshot, params: JailOptionParams, root: boolean): JailValues {
	const barred = root
		? []
		: jailOptions
				.filter(({ permission }) => permission === 'root')
				.map(({ name }) => optionParam(name))
				.filter((param) => params[param] !== undefined);
	if (barred.length > 0) throw rootOnly('set', barred);
	const values = new Map<JailOption, string>();
	const errors: Record<string, Message> = {};
	for (const option of jailOptions) {
		const param = optionParam(option.name);
		const given = params[param];
		if (given === undefined) continue;
		const value = typeof given === 'string' ? tidy(option, given) : String(given);
		const fault = faultOf(snapshot, option, value, root);
		if (fault === null) values.set(option, writeForm(option.name, value));
		else errors[param] = fault;
	}
	if (Object.keys(errors).length > 0) throw invalidParams(errors);
	return values;
}

/** A jail that ignores a good part of the Internet bans nobody. Throws ApiError 409 for a new entry of that kind. */
export function refuseWideIgnored(
	{ jails }: ConfigSnapshot,
	jail: string,
	values: JailValues,
	force: boolean,
): void {
	const known = entryWords(jails.option(jail, 'ignoreip')?.value ?? '');
	const given = [...values]
		.filter(([{ kind }]) => kind === 'ignoreip')
		.flatMap(([, text]) => entryWords(text));
	refuseTooWide(wideEntries(given, known), 'ignoreip', { force });
}

/**
 * Names of options to reset, by parameter or option name. Throws ApiError 400 for an unknown one and for one
 * that is set in the same call, 403 for one that only root@pam may set.
 */
export function deletedOptions(list: string | undefined, values: JailValues, root: boolean): JailOption[] {
	const wanted = new Set(splitList(list ?? ''));
	const found = jailOptions.filter(({ name }) => wanted.has(name) || wanted.has(optionParam(name)));
	const names = new Set(found.flatMap(({ name }) => [name, optionParam(name)]));
	const unknown = [...wanted].filter((word) => !names.has(word));
	if (unknown.length > 0) throw invalidParams({ delete: msg('Not a jail option: {0}.', enumerate(unknown)) });
	const both = found.filter((option) => values.has(option));
	if (both.length > 0) {
		const names = enumerate(both.map(({ name }) => name));
		throw invalidParams({ delete: msg('{0} cannot be both set and reset.', names) });
	}
	const barred = found.filter(({ permission }) => permission === 'root' && !root);
	if (barred.length > 0) {
		throw rootOnly(
			'delete',
			barred.map(({ name }) => optionParam(name)),
			'delete',
		);
	}
	return found;
}
