import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { reasonText } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import type { Message } from '../../kit/message.ts';
import type { FailedLogIn, LogInKind } from '../../runs/failedLogIns.ts';
import type { TestLines } from '../../runs/testLines.ts';
import { testedExpressions } from '../workbench/testedExpressions.ts';
import { testedFilter } from '../workbench/testedFilter.ts';
import { testSource } from '../workbench/testSource.ts';

/** What a jail's own filter makes of the jail's own source. */
export interface JailWatch {
	/** Lines that were looked at. */
	lines: number;
	matched: number;
	/** Addresses of the matched lines, newest first, those that the jail ignores too. */
	addresses: string[];
	/** All lines of the time were looked at. */
	complete: boolean;
	/** It reads the journal; a file may just have been rotated, so that few lines say little. */
	journal: boolean;
	/** Why nothing is known; null: the rest holds. */
	fault: Message | null;
}

export interface WatchReading {
	jails: ReadonlyMap<string, JailWatch>;
	/** The newest failed log-ins, whatever any jail reads; an Error says why that is not known. */
	failed: ReadonlyMap<LogInKind, FailedLogIn | null | Error>;
}

export interface LogInWatchDeps {
	files: ConfigFiles;
	testLines: TestLines;
	/** null: the journal is not this fail2ban's business. */
	failedLogIns: ((kind: LogInKind, days: number) => Promise<FailedLogIn | null>) | null;
	/** Unix milliseconds. */
	now: () => number;
	log: Log;
}

/** How far back is looked (days), and at how many of a jail's newest lines. */
export const watched = { days: 30, lines: 20_000 };

/** A look is repeated after this (milliseconds): each takes some seconds of processor time. */
const repeatMs = 15 * 60_000;

/** Has each jail's filter run over the jail's source, behind the back of who asks, one jail at a time. */
export class LogInWatch {
	#last: { key: string; time: number; reading: WatchReading } | null = null;
	#flight: Promise<void> | null = null;

	constructor(private readonly deps: LogInWatchDeps) {}

	/**
	 * What is known of these jails; null: not yet.
	 * @param wait resolves when the caller has to answer
	 */
	async read(
		jails: readonly string[],
		kinds: readonly LogInKind[],
		wait: Promise<unknown>,
	): Promise<WatchReading | null> {
		const snapshot = this.deps.files.snapshot();
		const key = JSON.stringify([snapshot.digest, [...jails].sort(), kinds]);
		if (this.#last?.key !== key || this.deps.now() - this.#last.time > repeatMs) {
			this.#flight ??= this.#read(key, snapshot, jails, kinds).finally(() => {
				this.#flight = null;
			});
			await Promise.race([this.#flight, wait]);
		}
		return this.#last?.key === key ? this.#last.reading : null;
	}

	async #read(
		key: string,
		snapshot: ConfigSnapshot,
		jails: readonly string[],
		kinds: readonly LogInKind[],
	): Promise<void> {
		const failed = new Map<LogInKind, FailedLogIn | null | Error>();
		for (const kind of this.deps.failedLogIns === null ? [] : kinds)
			failed.set(kind, await this.#failed(kind));
		const found = new Map<string, JailWatch>();
		for (const jail of jails) found.set(jail, await this.#test(snapshot, jail));
		this.#last = { key, time: this.deps.now(), reading: { jails: found, failed } };
	}

	async #failed(kind: LogInKind): Promise<FailedLogIn | null | Error> {
		try {
			return (await this.deps.failedLogIns?.(kind, watched.days)) ?? null;
		} catch (error) {
			return error as Error;
		}
	}

	async #test(snapshot: ConfigSnapshot, jail: string): Promise<JailWatch> {
		try {
			const source = testSource(
				snapshot,
				{ source: 'jail', jail, since: `${watched.days}d` },
				{ below: null, now: this.deps.now() },
			);
			const filter = testedFilter(snapshot, { jail }, source.journal);
			const { lines, counts, older, stopped } = await this.deps.testLines({
				source: source.lines,
				limit: watched.lines,
				filter: testedExpressions(filter, source),
				show: 'matched',
				shown: 200,
			});
			const addresses = [...lines].reverse().flatMap(({ ip }) => ip ?? []);
			const complete = !older && stopped === null;
			const { total, matched } = counts;
			return { lines: total, matched, addresses, complete, journal: source.journal, fault: null };
		} catch (error) {
			const fault = reasonText(error);
			return { lines: 0, matched: 0, addresses: [], complete: false, journal: false, fault };
		}
	}
}
