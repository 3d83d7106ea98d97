import { type EffectiveFilter, effectiveFilter } from '../../config/effectiveFilter.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type ApiError, invalidParams } from '../../kit/errors.ts';
import { type Message, msg } from '../../kit/message.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { noJail } from '../jails/detail.ts';
import { relative } from '../kit/relativePath.ts';

/** What a call says about the expressions to test. */
export interface FilterParams {
	jail?: string;
	filter?: string;
	mode?: string;
	failregex?: string;
	ignoreregex?: string;
	prefregex?: string;
	datepattern?: string;
	maxlines?: number;
}

const typedOptions = ['failregex', 'ignoreregex', 'prefregex', 'datepattern', 'maxlines'] as const;

/** A jail and a filter that stand in no file; the jail's file sorts behind all others. */
const testName = 'pve-fail2ban-test';
const lastJailFile = `jail.d/\u{10ffff}${testName}.local`;

/**
 * The expressions of a call, as fail2ban would get them: of the filter named, else of the jail, with what is typed in
 * the place of the filter's own. Nothing is written; the files are thought to say so.
 * @param journal the lines come from the journal, which some filters must know
 * @throws ApiError 400 that names the parameter, 404 for an unknown jail
 */
export function testedFilter(
	snapshot: ConfigSnapshot,
	params: FilterParams,
	journal: boolean,
): EffectiveFilter {
	const { jails } = snapshot;
	if (params.jail !== undefined && !jails.jails().includes(params.jail)) throw noJail(params.jail);
	const own = params.jail !== undefined && params.filter === undefined;
	const edited = new EditedConfig(snapshot);
	const jail = own ? (params.jail as string) : testName;
	if (!own) nameFilter(edited, params);
	else if (params.mode !== undefined) edited.set(lastJailFile, jail, 'mode', params.mode);
	edited.set(lastJailFile, jail, 'backend', journal ? 'systemd' : 'auto', 'source');
	writeTyped(edited, jail, params);
	const filter = effectiveFilter(edited.jails, jail);
	if ('error' in filter) throw cannotRead(params, filter.error);
	if (filter.failregex.length === 0)
		throw invalidParams({ failregex: msg('There is no expression to test.') });
	return filter;
}

function nameFilter(edited: EditedConfig, { filter, mode }: FilterParams): void {
	const { root, source } = edited.snapshot;
	if (filter === undefined) {
		// [DEFAULT] takes the name of a jail for that of its filter
		edited.set(`filter.d/${testName}.local`, 'Definition', 'failregex', '');
		return;
	}
	const installed = ['.conf', '.local'].some(
		(ending) => source.read(`${root}/filter.d/${filter}${ending}`) !== undefined,
	);
	if (!installed) throw invalidParams({ filter: msg("There is no filter '{0}'.", filter) });
	edited.set(lastJailFile, testName, 'filter', mode === undefined ? filter : `${filter}[mode=${mode}]`);
}

/** Typed text stands where the filter's .local file would have it, and nothing that is read later overrides it. */
function writeTyped(edited: EditedConfig, jail: string, params: FilterParams): void {
	const typed = typedOptions.filter((option) => params[option] !== undefined);
	if (typed.length === 0) return;
	const before = effectiveFilter(edited.jails, jail);
	if ('error' in before) throw cannotRead({}, before.error);
	if (before.name === null) {
		edited.set(`filter.d/${testName}.local`, 'Definition', 'failregex', '');
		edited.set(lastJailFile, jail, 'filter', testName);
	}
	const file = `filter.d/${before.name ?? testName}.local`;
	for (const option of typed) {
		dropJailValue(edited, jail, option);
		const lines = String(params[option])
			.split('\n')
			.map((line) => line.trim())
			.filter(Boolean);
		edited.setLines(
			file,
			'Definition',
			option,
			lines.length > 0 ? lines.map((value) => ({ value })) : [{ value: '' }],
			option,
		);
		dropLaterValue(edited, file, option);
	}
}

function dropJailValue(edited: EditedConfig, jail: string, option: string): void {
	const { root, jails } = edited.snapshot;
	for (const path of jails.files()) {
		const file = relative(root, path);
		if (file === path) continue;
		for (const section of [jail, 'DEFAULT']) {
			const there = jails.reading.document(path)?.get(section, option) !== undefined;
			if (there && file.startsWith('jail')) edited.delete(file, section, option);
		}
	}
}

function dropLaterValue(edited: EditedConfig, file: string, option: string): void {
	const { root } = edited.snapshot;
	const { reading } = edited.jails;
	const files = reading.files(file.replace(/\.local$/, ''));
	for (const path of files.slice(files.lastIndexOf(`${root}/${file}`) + 1)) {
		const later = relative(root, path);
		const there = reading.document(path)?.get('Definition', option) !== undefined;
		if (later !== path && later !== file && there) edited.delete(later, 'Definition', option);
	}
}

/** What cannot be filled in is the fault of the typed text that wants it, if any does. */
function cannotRead(params: FilterParams, message: Message): ApiError {
	const guilty = typedOptions.find((option) => String(params[option] ?? '').includes('%'));
	const param = guilty ?? (params.filter === undefined ? 'jail' : 'filter');
	return invalidParams({ [param]: message });
}
