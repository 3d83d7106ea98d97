import type { AddressEvents } from '../fail2ban/addressEvent.ts';
import type { BanRecords } from '../fail2ban/banRecords.ts';
import type { BanTime } from '../fail2ban/banTimes.ts';
import type { Fail2banCommands, RunCommand } from '../fail2ban/Fail2banCommands.ts';
import type { Fail2banServer } from '../fail2ban/Fail2banServer.ts';
import type { Fail2banVersion } from '../fail2ban/Fail2banVersion.ts';
import type { IsEnforced } from '../fail2ban/firewall.ts';
import type { NewBans } from '../fail2ban/NewBans.ts';
import type { ChangeStore } from '../files/ChangeStore.ts';
import type { ConfigChanges } from '../files/ConfigChange.ts';
import type { ConfigFiles } from '../files/ConfigFiles.ts';
import type { FolderFiles } from '../files/FolderFiles.ts';
import type { JailCommands } from '../files/jailCommands.ts';
import type { Provisional } from '../files/Provisional.ts';
import type { PackageFiles } from '../files/packageFiles.ts';
import type { StagedTrial } from '../files/StagedTrial.ts';
import type { WriteLock } from '../files/WriteLock.ts';
import type { Log } from '../kit/journalLog.ts';
import type { Message } from '../kit/message.ts';
import type { JournalLog } from '../logs/JournalLog.ts';
import type { LogSet } from '../logs/LogSet.ts';
import type { FailedLogIn, LogInKind } from '../runs/failedLogIns.ts';
import type { PackagedFiles } from '../runs/packagedFiles.ts';
import type { ProbeFilter } from '../runs/probeFilter.ts';
import type { Scans } from '../runs/Scans.ts';
import type { TestLines } from '../runs/testLines.ts';
import type { SystemFiles } from '../system/SystemFiles.ts';
import type { SystemAddress } from '../system/systemAddresses.ts';
import type { BanCounts, ReadBans } from './bans/BanCache.ts';
import type { JailPreviews } from './lockout/JailPreviews.ts';
import type { DeepComparison } from './server/ConfigCheck.ts';

/** One fail2ban: its server, its programs, its files and their changes. */
export interface Fail2banParts {
	/** The server's pid file. */
	pidfile: string;
	version: Fail2banVersion;
	server: Fail2banServer;
	commands: Fail2banCommands;
	files: ConfigFiles;
	/** The bytes of the configuration folder. */
	folder: FolderFiles;
	/** The history of changes. */
	store: ChangeStore;
	/** Keeps changes of the configuration away. */
	lock: WriteLock;
	/** Asks fail2ban what it makes of a change. */
	trial: StagedTrial;
	/** The one way by which the configuration is written. */
	transaction: ConfigChanges;
	/** The change that waits to be confirmed. */
	provisional: Provisional;
	/** Told of bans made by hand, which outlive a change that is undone. */
	newBans: Pick<NewBans, 'byHand'>;
	/** Why the expressions of a jail do not compile; null: they do. */
	expressionFault: (jail: JailCommands) => Promise<Message | null>;
}

/** What tells whom a change would lock out. */
export interface LockoutParts {
	/** Whom changed jails would ban. */
	previews: JailPreviews;
	/** Default gateways, cluster nodes and this node itself. */
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
}

/** fail2ban's database, read beside the server. */
export interface DatabaseParts {
	/** How often each jail banned each address. */
	banCounts: BanCounts;
	/** Bans of many jails, the fastest way. */
	readBans: ReadBans;
	/** What it has of an address. */
	banRecords: (database: string, address: string) => Promise<BanRecords>;
	/** Bans since a time (Unix seconds). Throws Error. */
	banTimes: (database: string, since: number) => Promise<BanTime[]>;
}

/** fail2ban's own log, and where the logs of its jails may be. */
export interface LogParts {
	/** Opens a log file with its rotated ones. Throws ApiError 404 `no-log`. */
	openLogSet: (file: string) => Promise<LogSet>;
	/** The journal of fail2ban's unit; null where it has none. */
	journal: JournalLog | null;
	/** What fail2ban's log says of an address. */
	addressEvents: (logtarget: string, address: string) => Promise<AddressEvents>;
	/** Why fail2ban shall not log into a file; null: it may. */
	logFileFault: (file: string) => Promise<Message | null>;
	/** Where others than root@pam may read log files. */
	logFolders: readonly string[];
}

/** Programs that are run for an answer. */
export interface ProgramParts {
	/** Starts any: those of the firewall. */
	run: RunCommand;
	/** Whether the firewall enforces a ban. */
	isEnforced: IsEnforced;
	/** Looks at filters, actions and the server itself. */
	deep: DeepComparison;
	/** Tries expressions on log lines, apart from everything else. */
	testLines: TestLines;
	/** Tries a filter's expressions for what is wrong with them. */
	probeFilter: ProbeFilter;
	/** The scans of whole logs that are under way. */
	scans: Scans;
}

/** The node that fail2ban runs on. */
export interface SystemParts {
	/** Its own files, or those of a folder that stands for `/`. */
	files: SystemFiles;
	/** What packages ship below the configuration folder. */
	packages: PackageFiles;
	/** The same, byte for byte. */
	packagedFiles: PackagedFiles;
	/** Reads small files of this machine; null if there is none. */
	readText: (path: string) => string | null;
	/** Whether systemd starts fail2ban at boot; null: not its business. */
	bootState: () => Promise<string | null>;
	/** The last words of fail2ban.service, if it failed. */
	unitError: () => Promise<string | null>;
	/** Why fail2ban cannot read the journal; null: it can. */
	journalFault: () => Promise<Message | null>;
	/** What `sshd -T` prints. Throws Error. */
	sshd: () => Promise<string>;
	/** The newest log-in that failed, as the journal has it; null: the journal is not this fail2ban's business. */
	failedLogIns: ((kind: LogInKind, days: number) => Promise<FailedLogIn | null>) | null;
}

/** Everything that the services are made of. */
export interface Parts {
	fail2ban: Fail2banParts;
	lockout: LockoutParts;
	database: DatabaseParts;
	logs: LogParts;
	programs: ProgramParts;
	system: SystemParts;
	/** Unix milliseconds. */
	clock: () => number;
	log: Log;
	pluginVersion: string;
}
