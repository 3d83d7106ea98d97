import type { getHistory } from '../../../contract/history.ts';
import type { AnswerOf } from '../../../contract/index.ts';
import type { BanTime } from '../../fail2ban/banTimes.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { type Message, msg, sentences, told } from '../../kit/message.ts';
import { type Address, ipv4At } from '../../logs/AddressNames.ts';
import { type Bucket, History, type HistoryQuery } from '../../logs/History.ts';
import { LogHistory } from '../../logs/LogHistory.ts';
import type { BanCache } from '../bans/BanCache.ts';
import type { Services } from '../kit/call.ts';
import type { LogSource } from '../log/LogSource.ts';
import type { Figures, ServerFigures } from '../server/ServerFigures.ts';

type Answer = AnswerOf<typeof getHistory>;

/** Milliseconds that a caller waits for a log that is read for the first time. */
const logWithinMs = 2500;

/** Milliseconds that the list of bans may take: it only says which addresses are banned now. */
const bansWithinMs = 500;

const seconds: Record<Bucket, number> = { hour: 3600, '6h': 6 * 3600, day: 86_400 };
const maxBars = 1000;

export interface HistoryDeps {
	source: LogSource;
	figures: Pick<ServerFigures, 'read'>;
	bans: Pick<BanCache, 'table'>;
	/** Bans in fail2ban's database since a time. Throws Error. */
	banTimes: (database: string, since: number) => Promise<BanTime[]>;
	log: Log;
	now: () => number;
}

/** What a log level keeps out of the log. */
function levelNote(level: string | null): Message | null {
	switch (level?.toUpperCase()) {
		case 'NOTICE':
			return msg('fail2ban does not log failed log-ins at log level {0}.', 'NOTICE');
		case 'WARNING':
		case 'ERROR':
		case 'CRITICAL':
			return msg('fail2ban logs neither failed log-ins nor bans at log level {0}.', level.toUpperCase());
		default:
			return null;
	}
}

async function settled<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<null>((resolve) => {
		timer = setTimeout(() => resolve(null), milliseconds);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

function addressOf(ip: string): Address {
	const bytes = Buffer.from(ip);
	return ipv4At(bytes, 0, bytes.length) ?? ip;
}

interface Sums {
	source: Answer['source'];
	history: History;
	complete: boolean;
	notes: Message[];
}

/** Seconds. */
const week = 7 * 86_400;

/** Failures and bans over time, as fail2ban's log tells them. */
export class EventHistory {
	readonly #read = new LogHistory();

	constructor(private readonly deps: HistoryDeps) {}

	async answer(query: HistoryQuery): Promise<Answer> {
		const { figures } = await this.deps.figures.read();
		const { source, history, complete, notes } = await this.#sums(query.since, figures);
		const { addresses, ...sums } = history.query(query);
		const banned = await this.#banned(addresses.map(({ ip }) => ip));
		return told({
			source,
			note: notes.length > 0 ? sentences(notes) : null,
			complete,
			...sums,
			addresses: addresses.map((row) => ({ ...row, banned: banned?.has(row.ip) ?? null })),
		});
	}

	/** Addresses with the most failures of the last week. */
	async topAddresses(): Promise<string[]> {
		const until = Math.floor(this.deps.now() / 1000);
		const { addresses } = await this.answer({ since: until - week, until, jail: undefined, bucket: 'hour' });
		return addresses.map(({ ip }) => ip);
	}

	async #sums(since: number, figures: Figures): Promise<Sums> {
		const { source: logSource, log } = this.deps;
		const target = await logSource.target();
		try {
			const reading =
				target.kind === 'file'
					? this.#read.readFiles(() => logSource.open(target.path), since)
					: this.#read.readJournal(logSource.journalOf(target), since);
			const failures = await settled(reading, logWithinMs);
			// who waits no longer must not leave the rest without a listener
			if (failures === null) reading.catch((error: unknown) => log.warning(`The log: ${String(error)}`));
			const level = levelNote(figures.loglevel);
			return {
				source: target.kind === 'file' ? 'log' : 'journal',
				history: this.#read.history,
				complete: failures !== null,
				notes: [
					...(failures ?? [msg("fail2ban's log is still being read.")]),
					...(level === null ? [] : [level]),
				],
			};
		} catch (error) {
			if (error instanceof ApiError) return this.#fromDatabase(error.text, figures.dbfile, since);
			const { message } = error as Error;
			log.warning(`fail2ban's log: ${message}`);
			const reason = msg("fail2ban's log cannot be read: {0}.", message);
			return this.#fromDatabase(reason, figures.dbfile, since);
		}
	}

	/** What is left where there is no log. */
	async #fromDatabase(reason: Message, database: string | null, since: number): Promise<Sums> {
		const history = new History();
		const none = { source: 'none' as const, history, complete: true, notes: [reason] };
		if (database === null) return none;
		try {
			for (const { time, jail, ip } of await this.deps.banTimes(database, since))
				history.add(none, 'bans', Math.floor(time / 3600), jail, addressOf(ip));
		} catch (error) {
			const fault = msg('Its database cannot be read either: {0}.', (error as Error).message);
			return { ...none, notes: [reason, fault] };
		}
		const what = msg("Only the bans that are still in fail2ban's database are counted.");
		return { ...none, source: 'database', notes: [reason, what] };
	}

	/** Which of these addresses are banned now; null: not known in time. */
	async #banned(addresses: readonly string[]): Promise<Set<string> | null> {
		const reading = this.deps.bans.table().catch((error: unknown) => {
			this.deps.log.info(`The history is told without the bans: ${String(error)}`);
			return null;
		});
		const table = await settled(reading, bansWithinMs);
		if (table === null) return null;
		const wanted = new Set(addresses);
		const found = new Set<string>();
		for (let row = 0; row < table.size && found.size < wanted.size; row++) {
			const { ip } = table.row(row);
			if (wanted.has(ip)) found.add(ip);
		}
		return found;
	}
}

export function getHistoryService(history: EventHistory, now: () => number): Services['getHistory'] {
	return async ({ params }) => {
		const { jail, bucket = 'hour' } = params;
		const until = params.until ?? Math.floor(now() / 1000);
		const since = params.since ?? Math.max(0, until - 86_400);
		if (since >= until) throw invalidParams({ since: msg('Must be before until.') });
		if ((until - since) / seconds[bucket] > maxBars)
			throw invalidParams({
				since: msg('At most {0} bars: choose a later time or a wider bucket.', maxBars),
			});
		return { data: await history.answer({ since, until, jail, bucket }) };
	};
}
