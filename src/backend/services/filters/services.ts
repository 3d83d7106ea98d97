import { splitList } from '../../addresses/addresses.ts';
import type { ChangeRequest, ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import type { ProbeFilter } from '../../runs/probeFilter.ts';
import type { Services } from '../kit/call.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import {
	filterDefinition,
	filterDigest,
	includersOf,
	installedFilter,
	installedFilters,
	localFile,
	noFilter,
	readBefore,
	usesOf,
} from './catalog.ts';
import { filterDetail } from './detail.ts';
import { FilterWarnings } from './FilterWarnings.ts';
import { copiedText, filterValues, planFilter, planRemoval, staleDigest } from './plan.ts';

/** How long the detail waits for warnings that were not looked for yet (milliseconds). */
const answerWithinMs = 1200;

export interface FilterDeps {
	files: ConfigFiles;
	figures: ServerFigures;
	changes: ConfigChanges;
	probeFilter: ProbeFilter;
	log: Log;
}

type FilterServices = Pick<
	Services,
	'listFilters' | 'getFilter' | 'createFilter' | 'updateFilter' | 'deleteFilter'
>;

export function filterServices(deps: FilterDeps): FilterServices {
	const { files, figures, changes } = deps;
	const warnings = new FilterWarnings(deps.probeFilter, deps.log);
	return { ...filterReads({ files, figures, warnings }), ...filterWrites({ files, figures, changes }) };
}

interface Reads {
	files: ConfigFiles;
	figures: ServerFigures;
	warnings: FilterWarnings;
}

function filterReads({ files, figures, warnings }: Reads): Pick<FilterServices, 'listFilters' | 'getFilter'> {
	const uses = async (snapshot: ConfigSnapshot) => {
		const reading = await figures.read();
		return usesOf(snapshot, new Set(reading.figures.jails.map(({ jail }) => jail)));
	};
	return {
		async listFilters({ caller }) {
			const snapshot = files.snapshot();
			const usedBy = await uses(snapshot);
			const data = installedFilters(snapshot).map((filter) => {
				const jails = usedBy.get(filter.name) ?? [];
				const used = jails.some(({ enabled, running }) => enabled || running);
				const probed = (used || filter.origin !== 'package') && !filter.fragment;
				// to read all of a hundred filters takes too long for a list
				const definition = probed
					? filterDefinition(snapshot, filter.name)
					: readBefore(snapshot, filter.name);
				const expressions = definition?.expressions;
				if (probed && expressions) void warnings.refresh(expressions);
				const known = filter.fragment ? [] : expressions && warnings.known(expressions);
				return {
					...filter,
					usedBy: jails,
					warnings: known?.length ?? null,
					kinds: [...new Set(known?.map(({ kind }) => kind))],
					editable: caller.root,
				};
			});
			return { data };
		},

		async getFilter({ params: { name }, caller }) {
			const snapshot = files.snapshot();
			const filter = installedFilter(snapshot, name);
			if (filter === undefined) throw noFilter(name);
			const definition = filterDefinition(snapshot, name);
			const [usedBy, found] = await Promise.all([
				uses(snapshot),
				filter.fragment ? [] : warnings.find(definition.expressions, answerWithinMs),
			]);
			const rest = { usedBy: usedBy.get(name) ?? [], warnings: found, root: caller.root };
			return { data: filterDetail(snapshot, filter, definition, rest) };
		},
	};
}

interface Writes {
	files: ConfigFiles;
	figures: ServerFigures;
	changes: ConfigChanges;
}

function filterWrites({
	files,
	figures,
	changes,
}: Writes): Omit<FilterServices, 'listFilters' | 'getFilter'> {
	async function change(name: string, request: ChangeRequest) {
		try {
			const result = await changes.change(request);
			if ('data' in result) {
				const snapshot = files.snapshot();
				const there = installedFilter(snapshot, name) !== undefined;
				const digest = there ? filterDigest(snapshot, filterDefinition(snapshot, name)) : '';
				return { data: { ...result.data, digest } };
			}
			const { task } = result;
			const run: typeof task.run = (line, signal) => task.run(line, signal).finally(() => figures.changed());
			return { task: { run } };
		} finally {
			figures.changed();
		}
	}

	function compare(snapshot: ConfigSnapshot, name: string, digest: string | undefined): void {
		const current = filterDigest(snapshot, filterDefinition(snapshot, name));
		if (digest !== undefined && digest !== current) throw staleDigest();
	}

	return {
		async createFilter({ params: { name, copyOf, client, force = false, ...params }, caller }) {
			return change(name, {
				caller,
				client,
				forced: force,
				what: `create filter ${name}`,
				plan(snapshot) {
					if (installedFilter(snapshot, name)) {
						const message = `There is a filter '${name}' already.`;
						throw new ApiError(409, 'filter-exists', message, { name: message });
					}
					if (copyOf !== undefined && installedFilter(snapshot, copyOf) === undefined)
						throw invalidParams({ copyOf: `There is no filter '${copyOf}'.` });
					const values = filterValues(params, []);
					if (copyOf === undefined && !values.get('failregex') && !values.get('before'))
						throw invalidParams({ failregex: 'A filter needs at least one expression here.' });
					const text = copyOf === undefined ? '' : copiedText(snapshot, copyOf, name);
					return planFilter(snapshot, name, text, values, undefined);
				},
			});
		},

		async updateFilter({ params: { name, delete: list, digest, client, force = false, ...params }, caller }) {
			const values = filterValues(params, splitList(list ?? ''));
			return change(name, {
				caller,
				client,
				forced: force,
				what: `filter ${name}: ${[...values.keys()].join(', ')}`,
				plan(snapshot) {
					if (installedFilter(snapshot, name) === undefined) throw noFilter(name);
					compare(snapshot, name, digest);
					const text = snapshot.source.read(`${snapshot.root}/${localFile(name)}`) ?? '';
					return planFilter(snapshot, name, text, values, filterDefinition(snapshot, name));
				},
			});
		},

		async deleteFilter({ params: { name, digest, client, force = false }, caller }) {
			return change(name, {
				caller,
				client,
				forced: force,
				what: `remove filter ${name}`,
				plan(snapshot) {
					const filter = installedFilter(snapshot, name);
					if (filter === undefined) throw noFilter(name);
					compare(snapshot, name, digest);
					if (filter.origin === 'package')
						refuse(`Filter '${name}' belongs to the package.`, 'package-filter');
					if (filter.origin === 'own') refuseUsed(snapshot, name);
					return planRemoval(snapshot, name);
				},
			});
		},
	};
}

function refuse(message: string, code: string): never {
	throw new ApiError(409, code, message, { name: message });
}

function refuseUsed(snapshot: ConfigSnapshot, name: string): void {
	const jails = usesOf(snapshot, new Set()).get(name) ?? [];
	if (jails.length > 0)
		refuse(`Filter '${name}' is used by ${jails.map(({ jail }) => jail).join(', ')}.`, 'filter-used');
	const filters = includersOf(snapshot, name);
	if (filters.length > 0) refuse(`Filter '${name}' is included by ${filters.join(', ')}.`, 'filter-used');
}
