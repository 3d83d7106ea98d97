import { getAction, listActions } from './actions.ts';
import { createBans, deleteBans, getBan, listBans } from './bans.ts';
import { addIgnore, listIgnore, removeIgnore } from './ignore.ts';
import { createJail, deleteJail, getEffectiveJail, getJail, listJails, updateJail } from './jails.ts';
import { getLog } from './log.ts';
import { getIndex, getStatus, postService } from './status.ts';
import { scanLog, testFilter } from './test.ts';

export type * from './endpoint.ts';
export * from './jailOptions.ts';

/** Every call of the API, by the name of the service function that answers it. */
export const endpoints = {
	getIndex,
	getStatus,
	postService,
	listJails,
	getJail,
	getEffectiveJail,
	createJail,
	updateJail,
	deleteJail,
	listBans,
	getBan,
	createBans,
	deleteBans,
	listIgnore,
	addIgnore,
	removeIgnore,
	getLog,
	testFilter,
	scanLog,
	listActions,
	getAction,
} as const;

export type Endpoints = typeof endpoints;
