import { BanCache } from './bans/BanCache.ts';
import { createBansService } from './bans/create.ts';
import { getBanService } from './bans/detail.ts';
import { listBansService } from './bans/list.ts';
import { deleteBansService } from './bans/remove.ts';
import { changesServices } from './changes/services.ts';
import { checksServices } from './checks/checks.ts';
import { LogInWatch } from './checks/LogInWatch.ts';
import { purgeAge } from './checks/purgeAge.ts';
import { clusterAddresses } from './checks/pveChecks.ts';
import { Enforcement } from './enforcement/Enforcement.ts';
import { rebanGuard } from './enforcement/refuseReban.ts';
import { enforcementServices } from './enforcement/services.ts';
import { filesServices } from './files/services.ts';
import { FilterWarnings } from './filters/FilterWarnings.ts';
import { FilterCatalog, filterServices } from './filters/services.ts';
import { ignoreChanges } from './ignore/change.ts';
import { ignoreServices } from './ignore/services.ts';
import { actionServices } from './jails/actions.ts';
import { getJailConfigService } from './jails/detail.ts';
import { getEffectiveJailService } from './jails/effective.ts';
import { jailPreviewService } from './jails/preview.ts';
import { jailWriteServices } from './jails/writes.ts';
import type { Services } from './kit/call.ts';
import { filesGuard } from './lockout/filesGuard.ts';
import { LogSource } from './log/LogSource.ts';
import { getLogService } from './log/log.ts';
import { defaultsServices } from './options/defaults.ts';
import { settingsServices } from './options/settings.ts';
import { EventHistory, getHistoryService } from './overview/history.ts';
import { statusServices } from './overview/status.ts';
import type { Parts } from './parts.ts';
import { protectionServices } from './protection/services.ts';
import { ConfigAudit } from './repair/ConfigAudit.ts';
import { repairServices } from './repair/services.ts';
import { ConfigCheck } from './server/ConfigCheck.ts';
import { ServerFigures } from './server/ServerFigures.ts';
import { findServerProcess } from './server/serverProcess.ts';
import { serviceControl } from './service/serviceControl.ts';
import { scanLogService } from './workbench/scanLog.ts';
import { testFilterService } from './workbench/testFilter.ts';

/** What several services see of the server, so that they see the same. */
function sharedViews({ fail2ban, database, logs, programs, system, clock: now, log }: Parts) {
	const { server, commands, files, version } = fail2ban;
	const figures = new ServerFigures(
		server,
		() => findServerProcess(system.readText, fail2ban.pidfile),
		now,
		(said) => version.heard(said),
	);
	const check = new ConfigCheck({ server, commands, now, log, deep: programs.deep });
	const { readBans, banCounts: counts, banTimes } = database;
	const bans = new BanCache({ server, figures, readBans, counts, now, log });
	const enforcement = new Enforcement({ server, run: programs.run, bans, figures, now });
	const { openLogSet, journal } = logs;
	const source = new LogSource({ figures, files, openLogSet, journal });
	const history = new EventHistory({ source, figures, bans, banTimes, log, now });
	const warnings = new FilterWarnings(programs.probeFilter, log);
	const filters = new FilterCatalog({ files, figures, warnings });
	return { figures, check, bans, enforcement, source, history, filters };
}

/** One function for each call of the API that the helper answers. Only wires; what decides is in the features. */
export function createServices(parts: Parts): Services {
	const { fail2ban, lockout, database, logs, programs, system, clock: now, log, pluginVersion } = parts;
	const { server, commands, files, folder, store, provisional, expressionFault } = fail2ban;
	const { previews, systemAddresses, ownAddresses } = lockout;
	const { logFolders } = logs;
	const { deep, run, scans, testLines } = programs;
	const { packages, packagedFiles, journalFault, unitError, readText } = system;
	const { figures, check, bans, enforcement, source, history, filters } = sharedViews(parts);

	const changes = fail2ban.transaction;
	const tryChange = fail2ban.trial.check.bind(fail2ban.trial);
	const lock = fail2ban.lock.acquire.bind(fail2ban.lock);
	const ignored = ignoreChanges(changes, now);
	const protectedAddresses = () => clusterAddresses({ readText, systemAddresses });
	const refuseLockout = filesGuard({ server, previews, deep });
	const refuseReban = rebanGuard(enforcement, systemAddresses);
	const { start: startService, postService } = serviceControl({
		server,
		commands,
		files,
		figures,
		deep,
		expressionFault,
		lock,
		provisional,
		refuseLockout,
		refuseReban,
		log,
	});
	const audit = new ConfigAudit({
		files,
		folder,
		packages,
		packagedFiles,
		commands,
		figures,
		tryChange,
		filters,
		journalFault,
		unitError,
		fail2banVersion: () => fail2ban.version.learn(),
		protectedAddresses,
		ownAddresses,
		now,
	});
	const watch = new LogInWatch({ files, testLines, failedLogIns: system.failedLogIns, now, log });
	return {
		...statusServices({ files, figures, check, bans, enforcement, now, pluginVersion, provisional }),
		...checksServices({
			files,
			figures,
			enforcement,
			watch,
			configuration: () => audit.check(),
			filters: () => filters.list(false),
			topAddresses: () => history.topAddresses(),
			purgeAge: () => purgeAge(server),
			protectedAddresses,
			ownAddresses,
			systemAddresses,
			readText,
			listFolder: (path) => system.files.list(path),
			bootState: system.bootState,
			sshd: system.sshd,
			now,
		}),
		...enforcementServices({
			server,
			run,
			bans,
			figures,
			enforcement,
			lock,
			provisional,
			refuseReban,
			log,
			now,
		}),
		postService,
		...actionServices({ files }),
		...protectionServices({
			server,
			files,
			changes,
			figures,
			tryChange,
			previews,
			testLines,
			logFolders,
			systemAddresses,
			ownAddresses,
			system: system.files,
			startService,
			now,
		}),
		...repairServices(audit, { changes, figures, startService }),
		...defaultsServices({ files, changes, figures }),
		...settingsServices({ server, files, changes, figures, logFileFault: logs.logFileFault }),
		getJailConfig: getJailConfigService({ files, figures, check }),
		getEffectiveJail: getEffectiveJailService({ files, commands }),
		previewJail: jailPreviewService({ files, previews, logFolders, now }),
		...jailWriteServices({ changes, figures, now }),
		listBans: listBansService(bans, now),
		getBan: getBanService({
			cache: bans,
			figures,
			files,
			isEnforced: programs.isEnforced,
			banRecords: database.banRecords,
			addressEvents: logs.addressEvents,
			now,
			log,
		}),
		createBans: createBansService({
			server,
			figures,
			systemAddresses,
			bannedByHand: (jail, addresses) => fail2ban.newBans.byHand(jail, addresses),
			log,
		}),
		deleteBans: deleteBansService({ server, cache: bans, figures, addIgnored: ignored.add, now, log }),
		...filesServices({ files, folder, packages, changes, tryChange, figures }),
		...changesServices({ files, folder, packages, changes, store, provisional, figures }),
		...filterServices({ catalog: filters, files, figures, changes }),
		...ignoreServices({ server, files, figures, cache: bans, changes: ignored, now, log }),
		getLog: getLogService(source),
		getHistory: getHistoryService(history, now),
		testFilter: testFilterService({ files, testLines, logFolders, ownAddresses, now }),
		scanLog: scanLogService({ files, scans, logFolders, now }),
	};
}
