import path from 'node:path';
import type { MakeGuard } from './changeGuards.ts';
import { ClientCommands } from './fail2ban/ClientCommands.ts';
import type { RunCommand } from './fail2ban/Fail2banCommands.ts';
import { askVersion, Fail2banVersion } from './fail2ban/Fail2banVersion.ts';
import { NewBans } from './fail2ban/NewBans.ts';
import { SocketServer } from './fail2ban/SocketServer.ts';
import { ChangeStore } from './files/ChangeStore.ts';
import { ConfigFolder } from './files/ConfigFolder.ts';
import { liveExpressionFault } from './files/compileJail.ts';
import { FolderFiles } from './files/FolderFiles.ts';
import type { JailCommands } from './files/jailCommands.ts';
import { PendingReapply } from './files/PendingReapply.ts';
import { Provisional, type StartTimer, startTimer } from './files/Provisional.ts';
import { ServerSync } from './files/ServerSync.ts';
import { StagedTrial } from './files/StagedTrial.ts';
import { Transaction } from './files/Transaction.ts';
import { WriteLock } from './files/WriteLock.ts';
import type { Log } from './kit/journalLog.ts';
import { createPreviewBans } from './runs/previewJail.ts';
import { JailPreviews } from './services/lockout/JailPreviews.ts';
import type { Fail2banParts, LockoutParts } from './services/parts.ts';
import { ownAddresses, readText } from './system/machineFiles.ts';
import { findSystemAddresses } from './system/systemAddresses.ts';

/** Which fail2ban, and where its changes are kept. */
export interface Fail2banPlace {
	config: string;
	/** fail2ban's own socket; null: the one that its configuration names. */
	fail2banSocket: string | null;
	/** Folder of fail2ban-client and fail2ban-regex; null: found in PATH. */
	fail2banBin: string | null;
	state: string;
	/** The folder is a private one: fail2ban is started and stopped by fail2ban-client, not by systemctl. */
	privateFolder: boolean;
}

export interface ConnectSeams {
	log: Log;
	run: RunCommand;
	/** Whom a change may lock out depends on where it is made. */
	guard: MakeGuard;
	/** Called at each step of a transaction by its name. */
	step?(name: string): void | Promise<void>;
	/** Seconds in which a provisional change must be confirmed; default 60. */
	confirmWithin?: number;
	/** Starts that time; only a test replaces it. */
	timer?: StartTimer;
}

/** The real parts that stand between us and one fail2ban. */
export interface Connected extends Fail2banParts {
	/** fail2ban's own socket. */
	socket: string;
	/** The program fail2ban-client. */
	client: string;
	/** The Python that has fail2ban's modules. */
	python: string;
	server: SocketServer;
	sync: ServerSync;
	transaction: Transaction;
	lockout: LockoutParts;
}

/** Seconds in which a provisional change must be confirmed. */
const usualConfirmWithin = 60;

/** Builds them; nothing is asked or written yet. */
export function connectFail2ban(place: Fail2banPlace, seams: ConnectSeams): Connected {
	const { log, run, guard, step } = seams;
	const { config, state, privateFolder, fail2banBin } = place;
	const program = (name: string) => (fail2banBin === null ? name : path.join(fail2banBin, name));
	const client = program('fail2ban-client');
	const python = program('fail2ban-python');
	const version = new Fail2banVersion(
		() => askVersion(run, client),
		(reason) => log.warning(reason),
	);
	const files = new ConfigFolder(config, () => version.known());
	const configured = (name: string, fallback: string) =>
		files.snapshot().jails.serverOption(name)?.value ?? fallback;
	const socket = place.fail2banSocket ?? configured('socket', '/var/run/fail2ban/fail2ban.sock');
	const pidfile = configured('pidfile', '/var/run/fail2ban/fail2ban.pid');
	const bin = fail2banBin === null ? {} : { bin: fail2banBin };
	const server = new SocketServer({ path: socket });
	const commands = new ClientCommands({ run, ...bin, socket, pidfile, config, privateFolder });
	const compile = (filterFile: string, logFile: string) =>
		run(program('fail2ban-regex'), [logFile, filterFile], { timeout: 10_000 });
	const sync = new ServerSync(server, commands);
	const store = new ChangeStore(state);
	const lock = new WriteLock(state);
	const trial = new StagedTrial(commands, compile, state);
	const folder = new FolderFiles(path.resolve(config));
	const pendingReapply = new PendingReapply({ files, trial, sync, lock, log });
	const configuredDatabase = () => configured('dbfile', '/var/lib/fail2ban/fail2ban.sqlite3');
	const lockout = connectLockout({ server, run, python, configuredDatabase });
	const onFailure = (reason: string) => log.error(reason);
	const newBans = new NewBans({ server, run, configuredDatabase, onFailure });
	const provisional = new Provisional({
		root: folder.root,
		store,
		lock,
		commands,
		sync,
		log,
		bans: newBans,
		seconds: seams.confirmWithin ?? usualConfirmWithin,
		timer: seams.timer ?? startTimer,
		later: (record) => pendingReapply.later(record),
	});
	const transaction = new Transaction(
		{
			files,
			trial,
			sync,
			store,
			lock,
			guard: guard(lockout.previews),
			log,
			provisional,
			now: Date.now,
			...(step ? { step } : {}),
		},
		pendingReapply,
	);
	const expressionFault = (jail: JailCommands) => liveExpressionFault(compile, state, jail);
	return {
		socket,
		pidfile,
		client,
		python,
		version,
		server,
		commands,
		files,
		folder,
		sync,
		store,
		lock,
		trial,
		transaction,
		provisional,
		newBans,
		expressionFault,
		lockout,
	};
}

interface LockoutSources {
	server: SocketServer;
	run: RunCommand;
	python: string;
	configuredDatabase: () => string;
}

function connectLockout({ server, run, python, configuredDatabase }: LockoutSources): LockoutParts {
	const systemAddresses = async () => findSystemAddresses(readText, ownAddresses());
	const previewBans = createPreviewBans(run, python);
	const previews = new JailPreviews({
		server,
		previewBans,
		systemAddresses,
		ownAddresses,
		configuredDatabase,
	});
	return { previews, systemAddresses, ownAddresses };
}
