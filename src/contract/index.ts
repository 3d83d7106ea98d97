import { getAction, listActions } from './actions.ts';
import { createBans, deleteBans, getBan, listBans } from './bans.ts';
import { confirmChange, getChange, listChanges, revertChange } from './changes.ts';
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
	getJail,
	listJails,
	previewJail,
	updateJail,
} from './jails.ts';
import { getLog } from './log.ts';
import { getIndex, getStatus, postService } from './overview.ts';
import { applyProtection, getProtection } from './protection.ts';
import { getRepair, postRepair } from './repair.ts';
import { getSettings, updateSettings } from './settings.ts';
import { scanLog, testFilter } from './workbench.ts';

export type * from './kit/endpoint.ts';
export * from './kit/jailOptions.ts';

/** Every call of the API, by the name of the service function that answers it. */
export const endpoints = {
	getChecks,
	getEnforcement,
	postEnforcement,
	getIndex,
	getStatus,
	postService,
	listJails,
	getJail,
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
	getChange,
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
