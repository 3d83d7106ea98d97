import type { Fail2banCommands, RunCommand } from '../fail2ban/Fail2banCommands.ts';
import type { Fail2banServer } from '../fail2ban/Fail2banServer.ts';
import type { Fail2banVersion } from '../fail2ban/Fail2banVersion.ts';
import type { ConfigChanges } from '../files/ConfigChange.ts';
import type { ConfigFiles } from '../files/ConfigFiles.ts';
import type { JailCommands } from '../files/jailCommands.ts';
import type { Provisional } from '../files/Provisional.ts';
import type { Caller, Task } from '../kit/caller.ts';
import type { Log } from '../kit/journalLog.ts';
import type { JournalLog } from '../logs/JournalLog.ts';
import type { LogSet } from '../logs/LogSet.ts';
import type { ReadText, SystemFiles } from '../system/SystemFiles.ts';
import type { SystemAddress } from '../system/systemAddresses.ts';
import { BanCache, type BanCounts, type ReadBans } from './bans/BanCache.ts';
import { createBansService } from './bans/create.ts';
import { type BanDetailDeps, getBanService } from './bans/detail.ts';
import { listBansService } from './bans/list.ts';
import { deleteBansService } from './bans/remove.ts';
import { type ChangesDeps, changesServices } from './changes/services.ts';
import { type CheckDeps, checksServices } from './checks/checks.ts';
import { LogInWatch, type LogInWatchDeps } from './checks/LogInWatch.ts';
import { clusterAddresses } from './checks/pveChecks.ts';
import { Enforcement } from './enforcement/Enforcement.ts';
import { rebanGuard } from './enforcement/refuseReban.ts';
import { enforcementServices } from './enforcement/services.ts';
import { type FilesDeps, filesServices } from './files/services.ts';
import { type FilterDeps, filterServices } from './filters/services.ts';
import { ignoreChanges } from './ignore/change.ts';
import { ignoreServices } from './ignore/services.ts';
import { actionServices } from './jails/actions.ts';
import { getJailService } from './jails/detail.ts';
import { getEffectiveJailService } from './jails/effective.ts';
import { jailPreviewService } from './jails/preview.ts';
import { jailWriteServices } from './jails/writes.ts';
import type { Result, Services } from './kit/call.ts';
import { filesGuard } from './lockout/filesGuard.ts';
import type { JailPreviews } from './lockout/JailPreviews.ts';
import { LogSource } from './log/LogSource.ts';
import { getLogService } from './log/log.ts';
import { defaultsServices } from './options/defaults.ts';
import { settingsServices } from './options/settings.ts';
import { getHistoryService, type HistoryDeps } from './overview/history.ts';
import { statusServices } from './overview/status.ts';
import { type ProtectionDeps, protectionServices } from './protection/services.ts';
import { type RepairDeps, repairServices } from './repair/services.ts';
import { ConfigCheck, type DeepComparison } from './server/ConfigCheck.ts';
import { ServerFigures } from './server/ServerFigures.ts';
import { findServerProcess } from './server/serverProcess.ts';
import { postServiceService } from './service/serviceControl.ts';
import { type ScanDeps, scanLogService } from './workbench/scanLog.ts';
import { type TestDeps, testFilterService } from './workbench/testFilter.ts';

export interface ServiceDeps {
	server: Fail2banServer;
	commands: Fail2banCommands;
	version: Fail2banVersion;
	files: ConfigFiles;
	changes: ConfigChanges;
	/** The change that waits to be confirmed. */
	provisional: Provisional;
	/** Told of bans made by hand, which outlive a change that is undone. */
	bannedByHand: (jail: string, addresses: readonly string[]) => void;
	/** Whom changed jails would ban. */
	previews: JailPreviews;
	/** How often each jail banned each address, by `jail + '\u0000' + ip`; what is missing was banned once. */
	banCounts: BanCounts;
	/** Bans of many jails, the fastest way. */
	readBans: ReadBans;
	/** Starts programs: those of the firewall. */
	run: RunCommand;
	/** Whether the firewall enforces a ban. */
	isEnforced: BanDetailDeps['isEnforced'];
	/** What the database has of an address. */
	banRecords: BanDetailDeps['banRecords'];
	/** What fail2ban's log says of an address. */
	addressEvents: BanDetailDeps['addressEvents'];
	/** Default gateways and cluster nodes. */
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Reads small files of the system; null if there is none. */
	readText: ReadText;
	/** The server's pid file. */
	pidfile: string;
	/** Keeps changes of the configuration away; answers the function that lets them in again. */
	lock: (user: string, what: string) => Promise<() => Promise<void>>;
	/** Why the expressions of a jail do not compile; null: they do. */
	expressionFault: (commands: JailCommands) => Promise<string | null>;
	/** Looks at filters, actions and the server itself. */
	deep: DeepComparison;
	/** Asks fail2ban what it makes of a change of the configuration. */
	tryChange: ProtectionDeps['tryChange'];
	/** The bytes of the configuration folder. */
	folder: FilesDeps['folder'];
	/** What packages ship there. */
	packages: FilesDeps['packages'];
	/** The history of changes. */
	store: ChangesDeps['store'];
	/** Why fail2ban shall not log into a file; null: it may. */
	logFileFault: (file: string) => Promise<string | null>;
	/** Opens fail2ban's log with its rotated files. Throws ApiError 404 `no-log`. */
	openLogSet: (file: string) => Promise<LogSet>;
	/** Bans in fail2ban's database since a time (Unix seconds). Throws Error. */
	banTimes: HistoryDeps['banTimes'];
	/** The journal of fail2ban's unit; null where it has none. */
	journal: JournalLog | null;
	/** Tries expressions on log lines, apart from everything else. */
	testLines: TestDeps['testLines'];
	/** The scans of whole logs that are under way. */
	scans: ScanDeps['scans'];
	/** Where others than root@pam may read log files. */
	logFolders: TestDeps['logFolders'];
	/** Tries a filter's expressions for what is wrong with them. */
	probeFilter: FilterDeps['probeFilter'];
	/** Whether systemd starts fail2ban at boot; null: not its business. */
	bootState: CheckDeps['bootState'];
	/** What `sshd -T` prints. Throws Error. */
	sshd: CheckDeps['sshd'];
	/** The newest log-in that failed, as the journal has it; null: the journal is not this fail2ban's business. */
	failedLogIns: LogInWatchDeps['failedLogIns'];
	/** Addresses of this node's interfaces. */
	ownAddresses: TestDeps['ownAddresses'];
	/** The node's own files. */
	system: SystemFiles;
	/** What packages ship, byte for byte. */
	packagedFiles: RepairDeps['packagedFiles'];
	/** Why fail2ban cannot read the journal; null: it can. */
	journalFault: RepairDeps['journalFault'];
	/** The last words of fail2ban.service, if it failed. */
	unitError: RepairDeps['unitError'];
	log: Log;
	/** Unix milliseconds. */
	now: () => number;
	pluginVersion: string;
}

/** Seconds. */
const week = 7 * 86_400;

/** Who asks when one call uses another: it may only look. */
const nobody: Caller = { user: 'nobody@pam', root: false, syslog: false, clientIp: null };

function dataOf<T>(result: Result<T>): T {
	if ('task' in result) throw new Error('a task where an answer was expected');
	return result.data;
}

async function purgeAge(server: Fail2banServer): Promise<number | null> {
	const [file, age] = await server.pipeline([
		['get', 'dbfile'],
		['get', 'dbpurgeage'],
	]);
	for (const answer of [file, age]) if (answer instanceof Error) throw answer;
	return file === null || file === 'None' ? null : Number(age);
}

/** The task that starts fail2ban. */
async function startTask(postService: Services['postService'], caller: Caller): Promise<Task> {
	// the change that it belongs to was guarded, and may have been forced
	const result = await postService({ params: { command: 'start', force: true }, caller });
	if (!('task' in result)) throw new Error('an answer where a task was expected');
	return result.task;
}

/** One function for each call of the API, over one shared view of the server. */
export function createServices(deps: ServiceDeps): Services {
	const { server, commands, files, now, log, readText, pidfile } = deps;
	const figures = new ServerFigures(
		server,
		() => findServerProcess(readText, pidfile),
		now,
		(version) => deps.version.heard(version),
	);
	const check = new ConfigCheck({ server, commands, now, log, deep: deps.deep });
	const cache = new BanCache({ server, figures, readBans: deps.readBans, counts: deps.banCounts, now, log });
	const enforcement = new Enforcement({ ...deps, bans: cache, figures });
	const ignored = ignoreChanges(deps.changes, now);
	const logSource = new LogSource({ figures, files, openLogSet: deps.openLogSet, journal: deps.journal });
	const status = {
		files,
		figures,
		check,
		bans: cache,
		enforcement,
		now,
		pluginVersion: deps.pluginVersion,
		provisional: deps.provisional,
	};
	const filters = filterServices({ ...deps, figures });
	const getHistory = getHistoryService({ ...deps, source: logSource, figures, bans: cache });
	const refuseReban = rebanGuard(enforcement, deps.systemAddresses);
	const postService = postServiceService({ ...deps, figures, refuseLockout: filesGuard(deps), refuseReban });
	const repair = repairServices({
		...deps,
		figures,
		filter: async (name) => dataOf(await filters.getFilter({ params: { name }, caller: nobody })),
		fail2banVersion: () => deps.version.learn(),
		protectedAddresses: () => clusterAddresses(deps),
		startService: (caller) => startTask(postService, caller),
	});
	return {
		...statusServices(status),
		...checksServices({
			...deps,
			configuration: () => repair.audit.check(),
			figures,
			enforcement,
			watch: new LogInWatch(deps),
			listFolder: (folder) => deps.system.list(folder),
			filters: async () => dataOf(await filters.listFilters({ params: {}, caller: nobody })),
			topAddresses: async () => {
				const since = Math.floor(now() / 1000) - week;
				const { addresses } = dataOf(await getHistory({ params: { since }, caller: nobody }));
				return addresses.map(({ ip }) => ip);
			},
			purgeAge: () => purgeAge(server),
		}),
		...enforcementServices({ ...deps, bans: cache, figures, enforcement, refuseReban }),
		postService,
		...actionServices({ files }),
		...protectionServices({ ...deps, figures, startService: (caller) => startTask(postService, caller) }),
		getRepair: repair.getRepair,
		postRepair: repair.postRepair,
		...defaultsServices({ files, changes: deps.changes, figures }),
		...settingsServices({ server, files, changes: deps.changes, figures, logFileFault: deps.logFileFault }),
		getJail: getJailService({ files, figures, check }),
		getEffectiveJail: getEffectiveJailService({ files, commands }),
		previewJail: jailPreviewService(deps),
		...jailWriteServices({ changes: deps.changes, figures, now }),
		listBans: listBansService(cache, now),
		getBan: getBanService({ ...deps, cache, figures }),
		createBans: createBansService({ ...deps, figures }),
		deleteBans: deleteBansService({ server, cache, figures, addIgnored: ignored.add, now, log }),
		...filesServices({ ...deps, figures }),
		...changesServices({ ...deps, figures }),
		...filters,
		...ignoreServices({ server, files, figures, cache, changes: ignored, now, log }),
		getLog: getLogService(logSource),
		getHistory,
		testFilter: testFilterService(deps),
		scanLog: scanLogService(deps),
	};
}
