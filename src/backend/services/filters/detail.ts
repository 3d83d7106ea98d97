import type { FilterDetail, FilterUse, FilterWarning, OptionValue } from '../../../contract/types.ts';
import { editableOptions, type FilterDefinition, type FilterSetting } from '../../config/filterDefinition.ts';
import { joinPath } from '../../config/paths.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { told } from '../../kit/message.ts';
import { filterDigest, type InstalledFilter, localFile, shortFile } from './catalog.ts';

const editable = new Set<string>(editableOptions);

/** A file read after the filter's own .local file that sets the option too, and would override it. */
export function laterSetting(
	{ root }: ConfigSnapshot,
	name: string,
	order: readonly string[],
	setting: FilterSetting | undefined,
): { file: string; line: number } | null {
	const target = joinPath(root, localFile(name));
	if (setting === undefined || setting.file === target) return null;
	return order.lastIndexOf(setting.file) > order.lastIndexOf(target) ? setting : null;
}

/** The order of reading if the filter's .local file existed. */
export function orderWithLocal({ root, jails }: ConfigSnapshot, name: string): string[] {
	const target = joinPath(root, localFile(name));
	const { reading } = jails;
	const read = reading.document(target) ? reading : reading.withEmptyFile(target);
	return read.files(`filter.d/${name}`);
}

function optionOf(
	snapshot: ConfigSnapshot,
	name: string,
	option: string,
	found: FilterSetting | undefined,
	order: readonly string[],
	root: boolean,
): OptionValue {
	const later = laterSetting(snapshot, name, order, found);
	const blockedBy = later && { file: shortFile(snapshot, later.file), line: later.line };
	const target = localFile(name);
	const rest = {
		own: found !== undefined && shortFile(snapshot, found.file) === target,
		editable: root && blockedBy === null && editable.has(option),
		'blocked-by': blockedBy,
		target: editable.has(option) ? target : null,
	};
	if (found === undefined) {
		return { value: null, raw: null, file: null, line: null, origin: 'default', overrides: [], ...rest };
	}
	return {
		value: found.value,
		raw: found.raw,
		file: shortFile(snapshot, found.file),
		line: found.line,
		origin: found.file.endsWith('.local') ? 'admin' : 'stock',
		overrides: found.overrides.map(({ value, raw, file, line }) => ({
			value,
			raw,
			file: shortFile(snapshot, file),
			line,
		})),
		...rest,
	};
}

/** [INCLUDES] before, as an option of the filter's own files; what it says is not inherited. */
function beforeOption(snapshot: ConfigSnapshot, name: string, root: boolean): OptionValue {
	const { reading } = snapshot.jails;
	const files = [`filter.d/${name}.conf`, localFile(name)].map((file) => joinPath(snapshot.root, file));
	const set = files.flatMap((file) => {
		const document = reading.document(file);
		const raw = document?.get('INCLUDES', 'before');
		if (raw === undefined) return [];
		return [
			{ raw, file, line: document?.lineOf('INCLUDES', 'before') ?? 0, section: 'INCLUDES', value: raw },
		];
	});
	const last = set.at(-1);
	const found = last && { ...last, overrides: [] };
	const option = optionOf(snapshot, name, 'before', found, [], root);
	return { ...option, editable: root, target: localFile(name), 'blocked-by': null };
}

export function filterDetail(
	snapshot: ConfigSnapshot,
	filter: InstalledFilter,
	definition: FilterDefinition,
	{ usedBy, warnings, root }: { usedBy: FilterUse[]; warnings: FilterWarning[] | null; root: boolean },
): FilterDetail {
	const { name, file, origin, fragment } = filter;
	const { expressions, options } = definition;
	const order = orderWithLocal(snapshot, name);
	const names = new Set([...editableOptions, ...options.keys()]);
	const short = (path: string) => shortFile(snapshot, path);
	return told({
		name,
		digest: filterDigest(snapshot, definition),
		file,
		origin,
		fragment,
		editable: root,
		'used-by': usedBy,
		files: [...new Set(definition.files)].map(short),
		includes: definition.includes.map((include) => ({ ...include, file: short(include.file) })),
		options: {
			...Object.fromEntries(
				[...names].map((option) => [
					option,
					optionOf(snapshot, name, option, options.get(option), order, root),
				]),
			),
			before: beforeOption(snapshot, name, root),
		},
		failregex: expressions.failregex,
		ignoreregex: expressions.ignoreregex,
		prefregex: expressions.prefregex || null,
		datepattern: expressions.datepattern || null,
		journalmatch: expressions.journalmatch,
		maxlines: expressions.maxlines,
		parameters: definition.parameters.map((parameter) => ({ ...parameter, file: short(parameter.file) })),
		problem: definition.problem,
		warnings,
	});
}
