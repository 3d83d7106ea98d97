import { dirname } from 'node:path';
import type { HelperOptions } from './arguments.ts';
import type { Connected } from './connectFail2ban.ts';
import { readBanRecords } from './fail2ban/banRecords.ts';
import { readBanTimes } from './fail2ban/banTimes.ts';
import { readBanCounts } from './fail2ban/database.ts';
import { expandExpressions } from './fail2ban/expandExpressions.ts';
import type { RunCommand } from './fail2ban/Fail2banCommands.ts';
import { createFirewall } from './fail2ban/firewall.ts';
import { readManyBans } from './fail2ban/manyBans.ts';
import { deepDifferences, remembered } from './files/deepDifferences.ts';
import { logFileFault } from './files/logFileFault.ts';
import type { StartTimer } from './files/Provisional.ts';
import { dpkgFiles, type PackageFiles } from './files/packageFiles.ts';
import type { Log } from './kit/journalLog.ts';
import { readAddressEvents } from './logs/addressEvents.ts';
import { JournalLog } from './logs/JournalLog.ts';
import { openLogSet } from './logs/LogSet.ts';
import { createFailedLogIns } from './runs/failedLogIns.ts';
import { createJournalFault, createUnitError } from './runs/journalFault.ts';
import { loadTerminal } from './runs/loadTerminal.ts';
import { createPackagedFiles, type PackagedFiles } from './runs/packagedFiles.ts';
import { createProbeFilter } from './runs/probeFilter.ts';
import type { LoadTerminal } from './runs/RunProcess.ts';
import { Scans } from './runs/Scans.ts';
import { createBootState, createSshdSettings } from './runs/systemState.ts';
import { createTestLines } from './runs/testLines.ts';
import type { DatabaseParts, LogParts, Parts, ProgramParts, SystemParts } from './services/parts.ts';
import { machineFiles, readText } from './system/machineFiles.ts';
import type { SystemFiles } from './system/SystemFiles.ts';

/** What only a test replaces. */
export interface HelperSeams {
	log: Log;
	run: RunCommand;
	pluginVersion: string;
	/** What packages ship below the configuration folder; by default dpkg is asked. */
	packages?: PackageFiles;
	/** What they ship there, byte for byte; by default apt is asked. */
	packagedFiles?: PackagedFiles;
	/** The node's own files; by default those of the machine. */
	system?: SystemFiles;
	/** Called at each step of a transaction by its name. */
	step?(name: string): void | Promise<void>;
	/** Starts the time in which a provisional change must be confirmed. */
	timer?: StartTimer;
	/** Starts programs on a terminal. */
	terminal?: LoadTerminal;
}

/** The real parts of the helper's services; nothing is asked or written yet. */
export function connectParts(fail2ban: Connected, options: HelperOptions, seams: HelperSeams): Parts {
	const { log, pluginVersion } = seams;
	return {
		fail2ban,
		lockout: fail2ban.lockout,
		database: connectDatabase(fail2ban, seams),
		logs: connectLogs(options, seams),
		programs: connectPrograms(fail2ban, options, seams),
		system: connectSystem(fail2ban, options, seams),
		clock: Date.now,
		log,
		pluginVersion,
	};
}

function connectDatabase({ server }: Connected, { run, log }: HelperSeams): DatabaseParts {
	const onFailure = (reason: string) => log.warning(reason);
	return {
		banCounts: (database) => readBanCounts(run, { database, onFailure }),
		readBans: (jails, database) => readManyBans({ server, run, database, onFailure }, jails),
		banRecords: (database, address) => readBanRecords(run, address, { database, onFailure }),
		banTimes: (database, since) => readBanTimes(run, database, since),
	};
}

function connectLogs({ privateFolder, config }: HelperOptions, { run }: HelperSeams): LogParts {
	const logFolders = ['/var/log', ...(privateFolder ? [dirname(config)] : [])];
	const open = (file: string) => openLogSet(file, logFolders);
	// the journal of the unit is not the log of a private fail2ban
	const journal = privateFolder ? null : new JournalLog(run);
	return {
		openLogSet: open,
		journal,
		addressEvents: (target, address) => readAddressEvents(open, target, address, journal),
		logFileFault,
		logFolders,
	};
}

function connectPrograms(
	{ server, python, folder }: Connected,
	{ state }: HelperOptions,
	{ run, log, terminal = loadTerminal }: HelperSeams,
): ProgramParts {
	const expand = remembered((jails) => expandExpressions(run, python, jails));
	const onFailure = (reason: string) => log.warning(reason);
	return {
		run,
		isEnforced: createFirewall(server, run),
		deep: {
			stamp: () => folder.stamp(),
			differences: (dump, running) => deepDifferences(server, dump, running, expand),
		},
		testLines: createTestLines(run, python),
		probeFilter: createProbeFilter(run, python),
		scans: new Scans({ loadTerminal: terminal, python, state, onFailure }),
	};
}

function connectSystem(
	{ python, folder }: Connected,
	{ node, state, privateFolder }: HelperOptions,
	seams: HelperSeams,
): SystemParts {
	const { run, log } = seams;
	const files = seams.system ?? machineFiles(node ?? null);
	// a folder that stands for / has the node's packages as well
	const conffiles = node === undefined ? folder.root : '/etc/fail2ban';
	return {
		files,
		packages: seams.packages ?? dpkgFiles(conffiles, files.readText, files.timeOf),
		packagedFiles:
			seams.packagedFiles ??
			createPackagedFiles({
				run,
				root: folder.root,
				state,
				archives: '/var/cache/apt/archives',
				network: !privateFolder,
				onFailure: (reason) => log.warning(reason),
			}),
		readText,
		bootState: createBootState(run, privateFolder),
		unitError: createUnitError(run, privateFolder),
		journalFault: createJournalFault(run, python, privateFolder),
		sshd: createSshdSettings(run),
		failedLogIns: privateFolder ? null : createFailedLogIns(run),
	};
}
