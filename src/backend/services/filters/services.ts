import type { FilterDetail, FilterRow } from '../../../contract/types.ts';
import { splitList } from '../../addresses/addresses.ts';
import type { ChangeRequest, ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams, refusal } from '../../kit/errors.ts';
import { enumerate, type Message, msg } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import { makeChange } from '../server/makeChange.ts';
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
import type { FilterWarnings } from './FilterWarnings.ts';
import { copiedText, filterValues, planFilter, planRemoval, staleDigest } from './plan.ts';

/** How long the detail waits for warnings that were not looked for yet (milliseconds). */
const answerWithinMs = 1200;

type FilterServices = Pick<
	Services,
	'listFilters' | 'getFilter' | 'createFilter' | 'updateFilter' | 'deleteFilter'
>;

export interface FilterCatalogDeps {
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'read'>;
	warnings: FilterWarnings;
}

/** The installed filters, with what is wrong with them. */
export class FilterCatalog {
	readonly #deps: FilterCatalogDeps;

	constructor(deps: FilterCatalogDeps) {
		this.#deps = deps;
	}

	async #uses(snapshot: ConfigSnapshot) {
		const reading = await this.#deps.figures.read();
		return usesOf(snapshot, new Set(reading.figures.jails.map(({ jail }) => jail)));
	}

	/** @param root may edit them */
	async list(root: boolean): Promise<FilterRow[]> {
		const { files, warnings } = this.#deps;
		const snapshot = files.snapshot();
		const usedBy = await this.#uses(snapshot);
		return installedFilters(snapshot).map((filter) => {
			const jails = usedBy.get(filter.name) ?? [];
			const used = jails.some(({ enabled, running }) => enabled || running);
			const probed = (used || filter.origin !== 'package') && !filter.fragment;
			// to read all of a hundred filters takes too long for a list
			const definition = probed ? filterDefinition(snapshot, filter.name) : readBefore(snapshot, filter.name);
			const expressions = definition?.expressions;
			if (probed && expressions) void warnings.refresh(expressions);
			const known = filter.fragment ? [] : expressions && warnings.known(expressions);
			return {
				...filter,
				'used-by': jails,
				warnings: known?.length ?? null,
				kinds: [...new Set(known?.map(({ kind }) => kind))],
				editable: root,
			};
		});
	}

	/**
	 * Throws ApiError 404 for a filter that is not there.
	 * @param root may edit it
	 */
	async detailOf(name: string, root: boolean): Promise<FilterDetail> {
		const { files, warnings } = this.#deps;
		const snapshot = files.snapshot();
		const filter = installedFilter(snapshot, name);
		if (filter === undefined) throw noFilter(name);
		const definition = filterDefinition(snapshot, name);
		const [usedBy, found] = await Promise.all([
			this.#uses(snapshot),
			filter.fragment ? [] : warnings.find(definition.expressions, answerWithinMs),
		]);
		return filterDetail(snapshot, filter, definition, {
			usedBy: usedBy.get(name) ?? [],
			warnings: found,
			root,
		});
	}
}

export interface FilterDeps {
	catalog: FilterCatalog;
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'changed'>;
	changes: ConfigChanges;
}

export function filterServices({ catalog, files, figures, changes }: FilterDeps): FilterServices {
	return {
		listFilters: async ({ caller }) => ({ data: await catalog.list(caller.root) }),
		getFilter: async ({ params: { name }, caller }) => ({ data: await catalog.detailOf(name, caller.root) }),
		...filterWrites({ files, figures, changes }),
	};
}

interface Writes {
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'changed'>;
	changes: ConfigChanges;
}

function filterWrites({
	files,
	figures,
	changes,
}: Writes): Omit<FilterServices, 'listFilters' | 'getFilter'> {
	async function change(name: string, request: ChangeRequest) {
		const result = await makeChange(changes, figures, request);
		if ('task' in result) return result;
		const snapshot = files.snapshot();
		const there = installedFilter(snapshot, name) !== undefined;
		const digest = there ? filterDigest(snapshot, filterDefinition(snapshot, name)) : '';
		return { data: { ...result.data, digest } };
	}

	function compare(snapshot: ConfigSnapshot, name: string, digest: string | undefined): void {
		const current = filterDigest(snapshot, filterDefinition(snapshot, name));
		if (digest !== undefined && digest !== current) throw staleDigest();
	}

	return {
		async createFilter({ params: { name, 'copy-of': copyOf, client, force = false, ...params }, caller }) {
			return change(name, {
				caller,
				client,
				forced: force,
				what: msg('create filter {0}', name),
				plan(snapshot) {
					if (installedFilter(snapshot, name)) {
						throw refusal(409, 'filter-exists', 'name', msg("Filter '{0}' already exists.", name));
					}
					if (copyOf !== undefined && installedFilter(snapshot, copyOf) === undefined)
						throw invalidParams({ 'copy-of': msg("There is no filter '{0}'.", copyOf) });
					const values = filterValues(params, []);
					if (copyOf === undefined && !values.get('failregex') && !values.get('before'))
						throw invalidParams({ failregex: msg('A filter needs at least one expression here.') });
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
				what: msg('filter {0}: {1}', name, [...values.keys()].join(', ')),
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
				what: msg('remove filter {0}', name),
				plan(snapshot) {
					const filter = installedFilter(snapshot, name);
					if (filter === undefined) throw noFilter(name);
					compare(snapshot, name, digest);
					if (filter.origin === 'package')
						refuse(msg("Filter '{0}' belongs to the package and cannot be deleted.", name), 'package-filter');
					if (filter.origin === 'own') refuseUsed(snapshot, name);
					return planRemoval(snapshot, name);
				},
			});
		},
	};
}

function refuse(message: Message, code: string): never {
	throw refusal(409, code, 'name', message);
}

function refuseUsed(snapshot: ConfigSnapshot, name: string): void {
	const jails = usesOf(snapshot, new Set()).get(name) ?? [];
	if (jails.length > 0)
		refuse(
			// TRANSLATORS: {1}: names of jails
			msg("Filter '{0}' is used by {1}.", name, enumerate(jails.map(({ jail }) => jail))),
			'filter-used',
		);
	const filters = includersOf(snapshot, name);
	// TRANSLATORS: {1}: names of filters
	const included = msg("Filter '{0}' is included by {1}.", name, enumerate(filters));
	if (filters.length > 0) refuse(included, 'filter-used');
}
