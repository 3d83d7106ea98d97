import { existsSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { Activity } from './Activity.ts';
import { createApp } from './app.ts';
import type { HelperOptions } from './arguments.ts';
import { panelGuard } from './changeGuards.ts';
import { connectFail2ban } from './connectFail2ban.ts';
import { connectParts, type HelperSeams } from './connectParts.ts';
import { removeLeftStages } from './files/stage.ts';
import type { WriteLock } from './files/WriteLock.ts';
import { ApiError, reasonOf } from './kit/errors.ts';
import type { Log } from './kit/journalLog.ts';
import { msg } from './kit/message.ts';
import { listen } from './listen.ts';
import { createServices } from './services/index.ts';

export type { HelperSeams } from './connectParts.ts';

export interface Helper {
	/** Lets what is under way come to its end, then closes the socket. */
	stop(): Promise<void>;
	/** Resolves when the helper ended, by `stop` or because it was idle. */
	ended: Promise<void>;
}

function build(options: HelperOptions, seams: HelperSeams) {
	const { log, run, step, timer } = seams;
	mkdirSync(options.state, { recursive: true, mode: 0o700 });
	const fail2ban = connectFail2ban(options, {
		log,
		run,
		guard: panelGuard,
		...(step ? { step } : {}),
		...(timer ? { timer } : {}),
		...(options.confirmWithin === undefined ? {} : { confirmWithin: options.confirmWithin }),
	});
	const parts = connectParts(fail2ban, options, seams);
	return { fail2ban, scans: parts.programs.scans, services: createServices(parts) };
}

/**
 * Under the lock, since another helper may be looking at its stage; then they go at the next start. A disk that is
 * full or read-only must not keep the helper from showing what runs.
 */
async function clearStages(lock: WriteLock, state: string, log: Log): Promise<void> {
	let release = async () => {};
	try {
		release = await lock.acquire('root@pam', msg('start of the helper'));
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
	const { transaction, lock } = build(options, seams).fail2ban;
	await clearStages(lock, options.state, seams.log);
	await transaction.recover();
}

/** Starts the helper; it answers calls when this resolves. */
export async function startHelper(options: HelperOptions, seams: HelperSeams): Promise<Helper> {
	const { log } = seams;
	const { fail2ban, services, scans } = build(options, seams);
	const { server, transaction, provisional, lock, version } = fail2ban;
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
