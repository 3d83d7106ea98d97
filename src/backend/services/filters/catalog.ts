import type { FilterRow, FilterUse } from '../../../contract/types.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { type FilterDefinition, isOwnFile, readDefinition } from '../../config/filterDefinition.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import { filesDigest } from '../kit/filesDigest.ts';
import { relative } from '../kit/relativePath.ts';

/** An installed filter, as far as its own files tell. */
export interface InstalledFilter {
	name: string;
	/** Relative to the folder: the .conf file, or the .local file of an own filter. */
	file: string;
	origin: FilterRow['origin'];
	/** It has no failregex of its own or of what it includes. */
	fragment: boolean;
}

const catalogs = new WeakMap<ConfigSnapshot, readonly InstalledFilter[]>();
const definitions = new WeakMap<ConfigSnapshot, Map<string, FilterDefinition | undefined>>();

/** All filters whose name a call can carry, sorted. Read once for each state of the files. */
export function installedFilters(snapshot: ConfigSnapshot): readonly InstalledFilter[] {
	let filters = catalogs.get(snapshot);
	if (filters === undefined) {
		const names = new Set(filterFiles(snapshot).map((file) => file.replace(/\.(?:conf|local)$/, '')));
		filters = [...names].sort().flatMap((name) => installedFilter(snapshot, name) ?? []);
		catalogs.set(snapshot, filters);
	}
	return filters;
}

function filterFiles({ source, root }: ConfigSnapshot): string[] {
	const named = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\.(?:conf|local)$/;
	return source.list(`${root}/filter.d`).filter((file) => named.test(file));
}

/** Undefined: there is no such filter. */
export function installedFilter(snapshot: ConfigSnapshot, name: string): InstalledFilter | undefined {
	const files = filterFiles(snapshot);
	const stock = files.includes(`${name}.conf`);
	const local = files.includes(`${name}.local`);
	if (!stock && !local) return undefined;
	const { reading } = snapshot.jails;
	const fragment = !reading.files(`filter.d/${name}`).some((file) => {
		const document = reading.document(file);
		return ['DEFAULT', 'Definition', 'Init'].some(
			(section) => document?.get(section, 'failregex') !== undefined,
		);
	});
	const file = `filter.d/${name}.${stock ? 'conf' : 'local'}`;
	return { name, file, origin: stock ? (local ? 'changed' : 'package') : 'own', fragment };
}

/** What the files say of a filter, its default parameters filled in. Throws ApiError 404. */
export function filterDefinition(snapshot: ConfigSnapshot, name: string): FilterDefinition {
	const known = definitions.get(snapshot) ?? new Map<string, FilterDefinition | undefined>();
	definitions.set(snapshot, known);
	if (!known.has(name)) {
		known.set(name, readDefinition(snapshot.jails.reading, name, backendOf(snapshot, name)));
	}
	const definition = known.get(name);
	if (definition === undefined) throw noFilter(name);
	return definition;
}

/** The same, if it was asked for in this state of the files. */
export function readBefore(snapshot: ConfigSnapshot, name: string): FilterDefinition | undefined {
	return definitions.get(snapshot)?.get(name);
}

/** A filter reads the journal's lines in another form than a file's, so that of its first jail counts. */
function backendOf(snapshot: ConfigSnapshot, name: string): string {
	const users = configuredJails(snapshot).filter(({ filter }) => filter === name);
	return (users.find(({ enabled }) => enabled) ?? users[0])?.backend ?? jailDefaults.backend;
}

/** Jails whose filter it is, enabled or not. */
export function usesOf(snapshot: ConfigSnapshot, running: ReadonlySet<string>): Map<string, FilterUse[]> {
	const uses = new Map<string, FilterUse[]>();
	for (const { jail, filter, enabled } of configuredJails(snapshot)) {
		uses.set(filter, [...(uses.get(filter) ?? []), { jail, enabled, running: running.has(jail) }]);
	}
	return uses;
}

/** Over all files that make up a filter. */
export function filterDigest(snapshot: ConfigSnapshot, { files }: FilterDefinition): string {
	return filesDigest(snapshot, files);
}

/** Filters that include one of this filter's own files. */
export function includersOf(snapshot: ConfigSnapshot, name: string): string[] {
	const { root, jails } = snapshot;
	return installedFilters(snapshot)
		.map((filter) => filter.name)
		.filter(
			(other) =>
				other !== name &&
				jails.reading.files(`filter.d/${other}`).some((file) => isOwnFile(root, name, file)),
		);
}

export function localFile(name: string): string {
	return `filter.d/${name}.local`;
}

export function shortFile({ root }: ConfigSnapshot, file: string): string {
	return relative(root, file);
}

export function noFilter(name: string): ApiError {
	const message = msg("There is no filter '{0}'.", name);
	return new ApiError(404, 'no-filter', message, { name: message });
}
