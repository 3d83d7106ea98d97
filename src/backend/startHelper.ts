import { existsSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { Activity } from './Activity.ts';
import { createApp } from './app.ts';
import type { HelperOptions } from './arguments.ts';
import { panelGuard } from './changeGuards.ts';
import { connectFail2ban } from './connectFail2ban.ts';
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
import { removeLeftStages } from './files/stage.ts';
import type { WriteLock } from './files/WriteLock.ts';
import { ApiError, reasonOf } from './kit/errors.ts';
import type { Log } from './kit/journalLog.ts';
import { listen } from './listen.ts';
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
import { createServices } from './services/index.ts';
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

export interface Helper {
	/** Lets what is under way come to its end, then closes the socket. */
	stop(): Promise<void>;
	/** Resolves when the helper ended, by `stop` or because it was idle. */
	ended: Promise<void>;
}

function build(options: HelperOptions, seams: HelperSeams) {
	const { log, run, pluginVersion, step, packages, terminal = loadTerminal } = seams;
	const system = seams.system ?? machineFiles(options.node ?? null);
	mkdirSync(options.state, { recursive: true, mode: 0o700 });
	const connected = connectFail2ban(options, {
		log,
		run,
		guard: panelGuard,
		...(step ? { step } : {}),
		...(seams.timer ? { timer: seams.timer } : {}),
		...(options.confirmWithin === undefined ? {} : { confirmWithin: options.confirmWithin }),
	});
	const { files, pidfile, server, commands, lock, transaction, folder, version } = connected;
	const { previews, systemAddresses, ownAddresses } = connected.lockout;
	const logFolders = ['/var/log', ...(options.privateFolder ? [dirname(options.config)] : [])];
	const openLog = (file: string) => openLogSet(file, logFolders);
	const expand = remembered((jails) => expandExpressions(run, connected.python, jails));
	const onFailure = (reason: string) => log.warning(reason);
	const scans = new Scans({
		loadTerminal: terminal,
		python: connected.python,
		state: options.state,
		onFailure,
	});
	// the journal of the unit is not the log of a private fail2ban
	const journal = options.privateFolder ? null : new JournalLog(run);
	const services = createServices({
		server,
		commands,
		files,
		changes: transaction,
		provisional: connected.provisional,
		bannedByHand: (jail, addresses) => connected.newBans.byHand(jail, addresses),
		previews,
		banCounts: (database) => readBanCounts(run, { database, onFailure }),
		readBans: (jails, database) => readManyBans({ server, run, database, onFailure }, jails),
		run,
		isEnforced: createFirewall(server, run),
		banRecords: (database, address) => readBanRecords(run, address, { database, onFailure }),
		addressEvents: (target, address) => readAddressEvents(openLog, target, address, journal),
		systemAddresses,
		readText,
		pidfile,
		lock: (user, what) => lock.acquire(user, what),
		expressionFault: connected.expressionFault,
		version,
		logFileFault,
		deep: {
			stamp: () => folder.stamp(),
			differences: (dump, running) => deepDifferences(server, dump, running, expand),
		},
		tryChange: (snapshot, planned) => connected.trial.check(snapshot, planned),
		folder,
		packages:
			packages ??
			// a folder that stands for / has the node's packages as well
			dpkgFiles(options.node === undefined ? folder.root : '/etc/fail2ban', system.readText, system.timeOf),
		store: connected.store,
		openLogSet: (file) => openLogSet(file, logFolders),
		banTimes: (database, since) => readBanTimes(run, database, since),
		journal,
		testLines: createTestLines(run, connected.python),
		probeFilter: createProbeFilter(run, connected.python),
		scans,
		logFolders,
		ownAddresses,
		system,
		packagedFiles:
			seams.packagedFiles ??
			createPackagedFiles({
				run,
				root: folder.root,
				state: options.state,
				archives: '/var/cache/apt/archives',
				network: !options.privateFolder,
				onFailure,
			}),
		journalFault: createJournalFault(run, connected.python, options.privateFolder),
		unitError: createUnitError(run, options.privateFolder),
		bootState: createBootState(run, options.privateFolder),
		sshd: createSshdSettings(run),
		failedLogIns: options.privateFolder ? null : createFailedLogIns(run),
		log,
		now: Date.now,
		pluginVersion,
	});
	const { provisional } = connected;
	return { server, services, transaction, provisional, scans, lock, version };
}

/**
 * Under the lock, since another helper may be looking at its stage; then they go at the next start. A disk that is
 * full or read-only must not keep the helper from showing what runs.
 */
async function clearStages(lock: WriteLock, state: string, log: Log): Promise<void> {
	let release = async () => {};
	try {
		release = await lock.acquire('root@pam', 'start of the helper');
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		if (error.code === 'busy') return;
	}
	try {
		await removeLeftStages(state);
		await release();
	} catch (error) {
		log.warning(`the state folder cannot be cleared: ${reasonOf(error)}`);
	}
}

/** Undoes a change that was cut short, before fail2ban starts. */
export async function recover(options: HelperOptions, seams: HelperSeams): Promise<void> {
	const { transaction, lock } = build(options, seams);
	await clearStages(lock, options.state, seams.log);
	await transaction.recover();
}

/** Starts the helper; it answers calls when this resolves. */
export async function startHelper(options: HelperOptions, seams: HelperSeams): Promise<Helper> {
	const { log } = seams;
	const { server, services, transaction, provisional, scans, lock, version } = build(options, seams);
	await clearStages(lock, options.state, log);
	const activity = new Activity(() => performance.now());
	// a write takes the same lock, so none can come in between
	void activity.during(async () => {
		try {
			await transaction.recoverAndApply();
		} catch (error) {
			log.error(`at start: ${reasonOf(error)}`);
		}
	});
	// whatever becomes of the recovery; only what depends on the version waits for it
	void activity.during(() => version.learn());
	const http = createServer(createApp(services, { log, activity }));
	// a task's stream may be silent for as long as its restart takes
	http.requestTimeout = 30_000;
	http.keepAliveTimeout = 5_000;
	await listen(http, options.socket, process.env);

	let finish: () => void;
	const ended = new Promise<void>((resolve) => {
		finish = resolve;
	});
	let stopping: Promise<void> | undefined;
	let timer: NodeJS.Timeout | undefined;
	const stop = () => {
		stopping ??= (async () => {
			clearInterval(timer);
			// nobody could undo it any more
			await provisional.close();
			transaction.close();
			scans.stop();
			http.close();
			await activity.settled();
			http.closeAllConnections();
			server.close();
			if (options.socket !== null && existsSync(options.socket)) unlinkSync(options.socket);
			finish();
		})();
		return stopping;
	};
	if (options.idleExit !== null) {
		const limit = options.idleExit * 1000;
		timer = setInterval(() => {
			if (activity.idle() >= limit && provisional.current() === null) void stop();
		}, 1000);
	}
	return { stop, ended };
}
