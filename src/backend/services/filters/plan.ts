import { ConfigDocument } from '../../config/ConfigDocument.ts';
import { editableOptions, type FilterDefinition, readDefinition } from '../../config/filterDefinition.ts';
import { JailConfig } from '../../config/layers.ts';
import { joinPath } from '../../config/paths.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { overlay } from '../../files/overlay.ts';
import { type ApiError, invalidParams, refusal } from '../../kit/errors.ts';
import { msg, sentences } from '../../kit/message.ts';
import { startOf } from '../../kit/wholeText.ts';
import { attempt } from '../edit/EditedConfig.ts';
import { filterDefinition, localFile, shortFile } from './catalog.ts';
import { laterSetting, orderWithLocal } from './detail.ts';

export type FilterOption = (typeof editableOptions)[number] | 'before';

const filterOptionNames: readonly FilterOption[] = ['before', ...editableOptions];

/** Values as the files shall have them, by option; null resets an option. */
export type FilterValues = Map<FilterOption, string | null>;

/** Characters of a value in the answer and the audit line. */
const maxCharacters = 300;

/** Options of a call, without white space around the lines. Throws ApiError 400. */
export function filterValues(
	params: { [Name in FilterOption]?: string | number | undefined },
	given: readonly string[],
): FilterValues {
	const values: FilterValues = new Map();
	for (const option of filterOptionNames) {
		const value = params[option];
		if (value === undefined) continue;
		const lines = String(value)
			.split('\n')
			.map((line) => line.trim());
		values.set(option, lines.filter((line) => line !== '').join('\n'));
	}
	for (const word of given) {
		const option = filterOptionNames.find((name) => name === word);
		if (option === undefined) throw invalidParams({ delete: msg('Not an option of a filter: {0}.', word) });
		if (values.has(option)) throw invalidParams({ delete: msg('{0} cannot be both set and reset.', option) });
		values.set(option, null);
	}
	return values;
}

/** [Init] overrides [Definition], so what is set there is changed there. */
function sectionFor(option: FilterOption, definition: FilterDefinition | undefined): string {
	if (option === 'before') return 'INCLUDES';
	return definition?.options.get(option)?.section === 'Init' ? 'Init' : 'Definition';
}

function checkIncludes({ source, root }: ConfigSnapshot, value: string): void {
	for (const file of value.split('\n').filter(Boolean)) {
		if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*\.(?:conf|local)$/.test(file))
			throw invalidParams({
				before: msg("'{0}' is not the name of a file in filter.d, such as common.conf.", file),
			});
		if (source.read(`${root}/filter.d/${file}`) === undefined)
			throw invalidParams({ before: msg('There is no file {0}.', `filter.d/${file}`) });
	}
}

/** Sets and resets options in the text of a filter's .local file. Null: nothing is left to say. */
function editText(
	snapshot: ConfigSnapshot,
	text: string,
	values: FilterValues,
	definition: FilterDefinition | undefined,
	name: string,
): string | null {
	let document = ConfigDocument.parse(text, localFile(name));
	for (const [option, value] of values) {
		const section = sectionFor(option, definition);
		if (option === 'before' && value !== null) checkIncludes(snapshot, value);
		const change = () => {
			if (value !== null) return document.set(section, option, value);
			const without = document.delete(section, option);
			const empty = without.hasSection(section) && without.options(section).length === 0;
			return empty ? without.deleteSection(section) : without;
		};
		document = attempt(option, change);
	}
	const result = document.toString();
	return result.trim() === '' ? null : result;
}

function oneLine(value: string | null | undefined): string | null {
	if (value == null) return null;
	const line = value.trim().replaceAll('\n', ' | ');
	return line.length > maxCharacters ? `${startOf(line, maxCharacters)}...` : line;
}

/** The change of a filter's .local file, for the transaction. Throws ApiError 400 that names the option. */
export function planFilter(
	snapshot: ConfigSnapshot,
	name: string,
	text: string,
	values: FilterValues,
	before: FilterDefinition | undefined,
): PlannedChange {
	const file = localFile(name);
	const edited = editText(snapshot, text, values, before, name);
	const edits = [{ file, text: edited }];
	const { source, root, jails } = snapshot;
	const { reading } = new JailConfig(overlay(source, root, edits), root, jails.version);
	const after = readDefinition(reading, name, 'auto');
	if (after) checkEffect(snapshot, name, values, after, before);
	const changed = [...values.keys()].map((option) => ({
		option,
		from: oneLine(before?.options.get(option)?.raw),
		to: oneLine(after?.options.get(option)?.raw ?? values.get(option)),
	}));
	return {
		edits,
		expected: [],
		changed: changed.filter(({ from, to }) => from !== to),
		...(after ? { expressions: [{ name, ...after.expressions }] } : {}),
	};
}

function checkEffect(
	snapshot: ConfigSnapshot,
	name: string,
	values: FilterValues,
	after: FilterDefinition,
	before: FilterDefinition | undefined,
): void {
	const first = [...values.keys()][0] ?? 'failregex';
	if (after.problem !== null && String(before?.problem) !== String(after.problem)) {
		const hint = String(after.problem).includes('%') ? [msg('Write a literal % as %%.')] : [];
		const option = [...values].find(([, value]) => value?.includes('%'))?.[0] ?? first;
		throw invalidParams({ [option]: sentences([after.problem, ...hint]) });
	}
	if (after.expressions.failregex.length === 0 && before?.expressions.failregex.length !== 0)
		throw invalidParams({ failregex: msg('A filter needs at least one expression here.') });
	const order = orderWithLocal(snapshot, name);
	for (const [option, value] of values) {
		const later = value === null ? null : laterSetting(snapshot, name, order, after.options.get(option));
		if (!later) continue;
		const place = `${shortFile(snapshot, later.file)}:${later.line}`;
		throw invalidParams({ [option]: msg('{0} is read later and overrides it.', place) });
	}
}

/** The text of a copy: the package's file with the changes of its .local file made in it. */
export function copiedText(snapshot: ConfigSnapshot, source: string, name: string): string {
	const { reading } = snapshot.jails;
	const path = (ending: string) => joinPath(snapshot.root, `filter.d/${source}${ending}`);
	const stock = snapshot.source.read(path('.conf'));
	const local = snapshot.source.read(path('.local'));
	if (stock === undefined || local === undefined) return stock ?? local ?? '';
	const changes = reading.document(path('.local'));
	let document = ConfigDocument.parse(stock, localFile(name));
	for (const section of changes?.sections() ?? []) {
		for (const option of changes?.options(section) ?? []) {
			const raw = changes?.get(section, option) ?? '';
			const known = document.get(section, option) ?? '';
			// what it added to was the value before, which is replaced here
			const value = raw.replaceAll(`%(known/${option})s`, () => known);
			document = attempt('copy-of', () => document.set(section, option, value));
		}
	}
	return document.toString();
}

/** The .local file of a filter goes. */
export function planRemoval(snapshot: ConfigSnapshot, name: string): PlannedChange {
	const file = localFile(name);
	const { root, source, jails } = snapshot;
	const before = filterDefinition(snapshot, name);
	const edits = [{ file, text: null }];
	const { reading } = new JailConfig(overlay(source, root, edits), root, jails.version);
	const after = readDefinition(reading, name, 'auto');
	const own = [...before.options].filter(([, setting]) => shortFile(snapshot, setting.file) === file);
	const changed = own.map(([option, { raw }]) => ({
		option,
		from: oneLine(raw),
		to: oneLine(after?.options.get(option)?.raw),
	}));
	return { edits, expected: [], changed };
}

export function staleDigest(): ApiError {
	const message = msg('The filter was changed in the meantime. Reload and try again.');
	return refusal(409, 'digest-mismatch', 'digest', message);
}
