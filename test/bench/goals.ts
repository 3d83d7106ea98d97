/** What is measured together, on a server of its own; `--only` names them. */
export const parts = {
	helper: '30 jails, 50,000 bans: start, reads, memory, a change, an unban of many',
	jails: '150 jails, 50,000 bans: reads and a change',
	bans: '30 jails, 200,000 bans: the list of bans',
	enforcement: '150 jails, 50,000 bans in a firewall of their own',
	logs: 'logs of 100 MB and 1 GB: lines, searches, history',
	panel: '50,000 bans in Chromium',
	sizes: 'the scripts and the package',
} as const;

export type PartName = keyof typeof parts;

export type Unit = 'ms' | 'MB' | 'KB' | 'MB/s' | '×' | 's';

export interface Goal {
	part: PartName;
	name: string;
	unit: Unit;
	limit: number;
	/** The figure must reach the limit; otherwise it must not exceed it. */
	atLeast?: true;
}

/** The limits that the design sets, all of them; a run that measures one of these no more says so. */
export const goals = {
	jails30: {
		part: 'helper',
		name: 'GET /jails, 50,000 bans, 30 jails: processor time',
		unit: 'ms',
		limit: 5,
	},
	jails150: {
		part: 'jails',
		name: 'GET /jails, 50,000 bans, 150 jails: processor time',
		unit: 'ms',
		limit: 10,
	},
	ratio30: {
		part: 'helper',
		name: 'GET /jails faster than one client process per jail, 30 jails',
		unit: '×',
		limit: 500,
		atLeast: true,
	},
	ratio150: {
		part: 'jails',
		name: 'GET /jails faster than one client process per jail, 150 jails',
		unit: '×',
		limit: 500,
		atLeast: true,
	},
	page: {
		part: 'helper',
		name: 'GET /bans, a page of 50,000, slowest sort or search, warm',
		unit: 'ms',
		limit: 10,
	},
	cold: { part: 'helper', name: 'GET /bans, a page of 50,000, cold', unit: 'ms', limit: 300 },
	page200: {
		part: 'bans',
		name: 'GET /bans, a page of 200,000, slowest sort or search, warm',
		unit: 'ms',
		limit: 30,
	},
	cold200: { part: 'bans', name: 'GET /bans, a page of 200,000, cold', unit: 'ms', limit: 3000 },
	logPage: { part: 'logs', name: 'GET /log, 1 GB, last page', unit: 'ms', limit: 50 },
	logSearch: {
		part: 'logs',
		name: 'GET /log, 1 GB, slowest search',
		unit: 'MB/s',
		limit: 1000,
		atLeast: true,
	},
	logPacked: {
		part: 'logs',
		name: 'GET /log, last page of a .gz that unpacks to 100 MB',
		unit: 'ms',
		limit: 500,
	},
	historyCold: {
		part: 'logs',
		name: 'GET /history, 100 MB in 4 files, 2 of them .gz, cold',
		unit: 'ms',
		limit: 1000,
	},
	historyWarm: { part: 'logs', name: 'GET /history, 100 MB, warm', unit: 'ms', limit: 10 },
	historyLarge: { part: 'logs', name: 'GET /history, 1 GB, first', unit: 's', limit: 15 },
	historyRestart: {
		part: 'logs',
		name: 'GET /history, 1 GB, after a restart of the helper',
		unit: 'ms',
		limit: 100,
	},
	enforcement: {
		part: 'enforcement',
		name: 'GET /enforcement, 50,000 bans, 150 jails',
		unit: 's',
		limit: 2,
	},
	reapply: {
		part: 'enforcement',
		name: 'POST /enforcement after a flush, 50,000 bans, 150 jails',
		unit: 's',
		limit: 15,
	},
	unban: {
		part: 'helper',
		name: 'DELETE /bans of 10,000: longest wait of another client',
		unit: 'ms',
		limit: 500,
	},
	change30: {
		part: 'helper',
		name: 'PUT /jails/{jail}, whole transaction, 30 jails',
		unit: 'ms',
		limit: 1000,
	},
	change150: {
		part: 'jails',
		name: 'PUT /jails/{jail}, whole transaction, 150 jails',
		unit: 'ms',
		limit: 3000,
	},
	start: { part: 'helper', name: 'Helper: socket activation to first answer', unit: 'ms', limit: 200 },
	memoryNone: { part: 'helper', name: 'Helper: memory with no list', unit: 'MB', limit: 65 },
	memory50: { part: 'helper', name: 'Helper: memory with 50,000 bans', unit: 'MB', limit: 80 },
	memory200: { part: 'bans', name: 'Helper: memory with 200,000 bans', unit: 'MB', limit: 110 },
	idleExit: { part: 'helper', name: 'Helper: gone after being idle', unit: 's', limit: 600 },
	script: { part: 'sizes', name: 'UI: pve-fail2ban.js, gzip', unit: 'KB', limit: 30 },
	windows: { part: 'sizes', name: 'UI: pve-fail2ban-windows.js, gzip', unit: 'KB', limit: 30 },
	firstRows: {
		part: 'panel',
		name: 'UI: first rows of 50,000 bans after the first click',
		unit: 'ms',
		limit: 300,
	},
	deb: { part: 'sizes', name: 'Package', unit: 'KB', limit: 2048 },
	frozenStatus: {
		part: 'helper',
		name: 'GET /status while fail2ban is frozen',
		unit: 'ms',
		limit: 1000,
	},
	frozenJails: { part: 'helper', name: 'GET /jails while fail2ban is frozen', unit: 'ms', limit: 1000 },
} as const satisfies Record<string, Goal>;

export type GoalId = keyof typeof goals;

export const goalIds = Object.keys(goals) as GoalId[];
