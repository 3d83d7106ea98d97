import { type JailOption, jailOptions, optionParam } from '../../../contract/kit/jailOptions.ts';
import { placeOption } from '../../config/placement.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams, rootOnly } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import { blockedWords } from '../edit/blockedWords.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { filterName } from '../edit/filterValue.ts';
import { entryKey, entryWords, type IgnoreStamp, withEntries, withoutEntries } from '../edit/ignoreLines.ts';
import { relative } from '../kit/relativePath.ts';
import { maskSecrets } from '../kit/secrets.ts';
import { checkMode } from './filterModes.ts';
import type { JailValues } from './values.ts';

/** The file that an option is written to. Throws ApiError 400 that names the file which would override it. */
function targetFile({ jails, root }: ConfigSnapshot, jail: string, option: string): string {
	const place = placeOption(jails, root, jail, option);
	if ('file' in place) return relative(root, place.file);
	throw invalidParams({ [optionParam(option)]: blockedWords(jails, root, place.blockedBy) });
}

/** Whether an option has a value already, as far as fail2ban is concerned. */
function isSet({ jails }: ConfigSnapshot, jail: string, { name, kind }: JailOption, value: string): boolean {
	const found = jails.option(jail, name);
	if (found === undefined) return false;
	// what is interpolated is compared as it is written
	if (value.includes('%')) return found.raw.trim() === value;
	if (found.value === null) return false;
	if (kind === 'bool') return isTrue(found.value) === isTrue(value);
	if (kind === 'filter' && !value.includes('[')) return filterName(found.value) === value;
	if (kind === 'ignoreip') return sameEntries(found.value, value);
	return found.value.trim() === value;
}

function sameEntries(one: string, other: string): boolean {
	const keys = (text: string) => [...new Set(entryWords(text).map(entryKey))].sort().join(' ');
	return keys(one) === keys(other);
}

/** The mode of a filter is an option of its own, so a filter given by name follows that option. */
function filterForm(config: EditedConfig, value: string): string {
	if (value.includes('[') || config.snapshot.jails.defaultOption('mode') === undefined) return value;
	return `${value}[mode=%(mode)s]`;
}

/** Replaces the entries and keeps the comments of those that stay. */
function setIgnoreip(
	config: EditedConfig,
	file: string,
	jail: string,
	value: string,
	stamp: IgnoreStamp,
): void {
	const before = config.document(file).valueLines(jail, 'ignoreip') ?? [];
	const wanted = new Set(entryWords(value).map(entryKey));
	const gone = before
		.flatMap((line) => entryWords(line.value).map(entryKey))
		.filter((key) => !wanted.has(key));
	const kept = before.length === 0 ? before : withoutEntries(before, new Set(gone));
	config.setLines(file, jail, 'ignoreip', withEntries(kept, entryWords(value), undefined, stamp));
}

/** Writes the values that differ from what holds today. Returns their options. Throws ApiError 400 for a bad one. */
export function setOptions(
	config: EditedConfig,
	jail: string,
	values: JailValues,
	stamp: IgnoreStamp,
): { option: JailOption; value: string }[] {
	const written: { option: JailOption; value: string }[] = [];
	for (const [option, value] of values) {
		const { name, kind } = option;
		if (isSet(config.snapshot, jail, option, value)) continue;
		const file = targetFile(config.snapshot, jail, name);
		if (kind === 'ignoreip') setIgnoreip(config, file, jail, value, stamp);
		else
			config.set(file, jail, name, kind === 'filter' ? filterForm(config, value) : value, optionParam(name));
		written.push({ option, value });
	}
	const mode = written.find(({ option }) => option.name === 'mode')?.value;
	if (mode !== undefined) checkMode(config, jail, mode);
	return written;
}

/** Removes options from the file that a change would be written to. Returns those that were there. */
export function giveBack(config: EditedConfig, jail: string, options: readonly JailOption[]): JailOption[] {
	const { jails } = config.snapshot;
	return options.filter(({ name }) => {
		const found = jails.option(jail, name);
		if (found === undefined || found.section !== jail) return false;
		const file = targetFile(config.snapshot, jail, name);
		if (config.document(file).get(jail, name) === undefined) return false;
		config.delete(file, jail, name);
		const others = jails.files().filter((other) => relative(config.snapshot.root, other) !== file);
		const elsewhere = others.some((other) => jails.reading.document(other)?.hasSection(jail));
		// a header without options says nothing, unless it is all that makes the jail
		if (elsewhere && config.document(file).options(jail).length === 0) config.deleteSection(file, jail);
		return true;
	});
}

function changedOption(config: EditedConfig, jail: string, option: string): PlannedChange['changed'][number] {
	const show = (value: string | null | undefined) => (value == null ? null : maskSecrets(option, value));
	return {
		option,
		from: show(config.snapshot.jails.option(jail, option)?.value),
		to: show(config.jails.option(jail, option)?.value),
	};
}

/** What must hold afterwards: a plain value as it was given, one that is interpolated as it resolves. */
function expectedValue(
	config: EditedConfig,
	jail: string,
	{ name, kind }: JailOption,
	value: string,
): string | null {
	const resolved = config.jails.option(jail, name)?.value ?? null;
	return value.includes('%') || kind === 'filter' || kind === 'ignoreip' ? resolved : value;
}

function stopped(config: EditedConfig, jail: string): string[] {
	const enabled = (jails: ConfigSnapshot['jails']) => isTrue(jails.option(jail, 'enabled')?.value);
	return enabled(config.snapshot.jails) && !enabled(config.jails) ? [jail] : [];
}

/** The change of a jail's options, for the transaction. */
export function optionsChange(
	config: EditedConfig,
	jail: string,
	written: readonly { option: JailOption; value: string }[],
	given: readonly JailOption[],
): PlannedChange {
	const expected = [
		...written.map(({ option, value }) => ({
			jail,
			option: option.name,
			value: expectedValue(config, jail, option, value),
		})),
		...given.map(({ name }) => ({
			jail,
			option: name,
			value: config.jails.option(jail, name)?.value ?? null,
		})),
	];
	const changed = expected.map(({ option }) => changedOption(config, jail, option));
	return { edits: config.edits(), expected, changed, stops: stopped(config, jail), starts: [jail] };
}

const anyoneMay = new Set(
	jailOptions.filter(({ permission }) => permission === 'modify').map(({ name }) => name),
);

/**
 * Removes what this node says of a jail. Throws ApiError: 404 without the jail, 400 when another file says
 * something too, 403 when it holds options that only root@pam may set, 409 when there is nothing to remove.
 */
export function removeJail(snapshot: ConfigSnapshot, jail: string, root: boolean): PlannedChange {
	const { jails } = snapshot;
	const config = new EditedConfig(snapshot);
	const ours = ['jail.local', `jail.d/${jail}.local`];
	const removed = new Set<string>();
	for (const path of jails.files().filter((file) => file.endsWith('.local'))) {
		const document = jails.reading.document(path);
		if (!document?.hasSection(jail)) continue;
		const file = relative(snapshot.root, path);
		const options = document.options(jail);
		if (!ours.includes(file)) {
			const line = options[0] === undefined ? undefined : document.lineOf(jail, options[0]);
			const where = line === undefined ? file : `${file}:${line}`;
			throw invalidParams({ jail: msg('{0} also sets options of this jail; remove them there.', where) });
		}
		for (const option of options) removed.add(option);
		config.deleteSection(file, jail);
	}
	const barred = root ? [] : [...removed].filter((option) => !anyoneMay.has(option));
	if (barred.length > 0) {
		throw rootOnly('delete', barred, 'jail');
	}
	const left = config.jails.jails().includes(jail);
	const expected = [...(left ? removed : ['enabled'])].map((option) => ({
		jail,
		option,
		value: config.jails.option(jail, option)?.value ?? null,
	}));
	const changed = [...removed].map((option) => changedOption(config, jail, option));
	return { edits: config.edits(), expected, changed, stops: stopped(config, jail) };
}
