import { getAction, listActions } from './actions.ts';
import { createBans, deleteBans, getBan, listBans } from './bans.ts';
import { confirmChange, getChangeIndex, getChangeStatus, listChanges, revertChange } from './changes.ts';
import { getChecks } from './checks.ts';
import { getDefaults, updateDefaults } from './defaults.ts';
import { getEnforcement, postEnforcement } from './enforcement.ts';
import { createFile, deleteFile, getFile, listFiles, updateFile } from './files.ts';
import { createFilter, deleteFilter, getFilter, listFilters, updateFilter } from './filters.ts';
import { getHistory } from './history.ts';
import { addIgnore, listIgnore, removeIgnore } from './ignore.ts';
import {
	createJail,
	deleteJail,
	getEffectiveJail,
	getJailConfig,
	getJailIndex,
	listJails,
	previewJail,
	updateJail,
} from './jails.ts';
import type { Endpoint } from './kit/endpoint.ts';
import { getLog } from './log.ts';
import { getIndex, getStatus, postService } from './overview.ts';
import { applyProtection, getProtection } from './protection.ts';
import { getRepair, postRepair } from './repair.ts';
import { getSettings, updateSettings } from './settings.ts';
import { scanLog, testFilter } from './workbench.ts';

export type * from './kit/endpoint.ts';
export * from './kit/jailOptions.ts';

/** Every call of the API; one that the helper answers has the name of its service function. */
export const endpoints = {
	getChecks,
	getEnforcement,
	postEnforcement,
	getIndex,
	getStatus,
	postService,
	listJails,
	getJailIndex,
	getJailConfig,
	getEffectiveJail,
	previewJail,
	createJail,
	updateJail,
	deleteJail,
	listBans,
	getBan,
	createBans,
	deleteBans,
	listFilters,
	getFilter,
	createFilter,
	updateFilter,
	deleteFilter,
	listIgnore,
	addIgnore,
	removeIgnore,
	testFilter,
	scanLog,
	getLog,
	getHistory,
	listFiles,
	getFile,
	createFile,
	updateFile,
	deleteFile,
	listChanges,
	getChangeIndex,
	getChangeStatus,
	revertChange,
	confirmChange,
	listActions,
	getAction,
	getProtection,
	applyProtection,
	getDefaults,
	updateDefaults,
	getSettings,
	updateSettings,
	getRepair,
	postRepair,
} as const;

export type Endpoints = typeof endpoints;

/** Those that the helper answers. */
export type HelperEndpoints = {
	[Name in keyof Endpoints as Endpoints[Name] extends { index: true } ? never : Name]: Endpoints[Name];
};

/** A name of `HelperEndpoints` with its endpoint, one after the other. */
export function helperEndpoints(): [name: keyof HelperEndpoints, endpoint: Endpoint][] {
	const all: [string, Endpoint][] = Object.entries(endpoints);
	return all.filter(([, { index }]) => !index) as [keyof HelperEndpoints, Endpoint][];
}
