import { type Message, msg } from '../kit/message.ts';
import { EventParser } from './EventParser.ts';
import { History } from './History.ts';
import type { JournalLog } from './JournalLog.ts';
import type { LogPart, LogSet } from './LogSet.ts';
import { forward } from './records.ts';

/** What was read of a file so far. */
interface ReadPart {
	/** How the file begins, which it keeps when it is renamed or compressed. */
	id: string;
	/** Where in the text the reading goes on. */
	offset: number;
	dev: number;
	ino: number;
	size: number;
	mtimeMs: number;
	failure: Message | null;
}

/** Milliseconds that one reading takes at most; the next goes on from there. */
const readWithinMs = 60_000;

/** Entries of the journal at a time. */
const pageOfJournal = 20_000;
const journalPattern = '\\] (Ban|Unban|Found) ';

/** Length of a compressed text, modulo 4 GiB, as gzip writes it at the end. */
async function textSize(part: LogPart): Promise<number> {
	const bytes = Buffer.alloc(4);
	const { bytesRead } = await part.handle.read(bytes, 0, 4, Math.max(0, part.stat.size - 4));
	return bytesRead === 4 ? bytes.readUInt32LE(0) : -1;
}

interface Flight {
	done: Promise<Message[]>;
	/** Unix seconds. */
	since: number;
}

/** The sums of fail2ban's log, which read only what is new since the last time. */
export class LogHistory {
	readonly history = new History();
	#parts: ReadPart[] = [];
	#journal: { cursor?: string | undefined; since: number } | null = null;
	#flight: Flight | null = null;

	/**
	 * Brings the sums up to date; who asks for no more meanwhile waits for the same reading. Resolves to what could not
	 * be read.
	 * @param since Unix seconds; files from before are left for when they are asked for
	 */
	readFiles(open: () => Promise<LogSet>, since: number): Promise<Message[]> {
		return this.#fly(since, () => this.#readFiles(open, since));
	}

	/** The same for a log in the journal. */
	readJournal(journal: JournalLog, since: number): Promise<Message[]> {
		return this.#fly(since, () => this.#readJournal(journal, since));
	}

	async #fly(since: number, read: () => Promise<Message[]>): Promise<Message[]> {
		while (this.#flight !== null) {
			if (this.#flight.since <= since) return this.#flight.done;
			// that one failed for those who asked for it
			await this.#flight.done.catch(() => []);
		}
		const flight = { since, done: read() };
		this.#flight = flight;
		try {
			return await flight.done;
		} finally {
			this.#flight = null;
		}
	}

	async #readFiles(open: () => Promise<LogSet>, since: number): Promise<Message[]> {
		const set = await open();
		const deadline = performance.now() + readWithinMs;
		this.#journal = null;
		try {
			const parts: ReadPart[] = [];
			const ids = await Promise.all(set.parts.map((part) => part.id()));
			// the newest first, since those are asked for most
			for (let n = set.parts.length - 1; n >= 0; n--) {
				const part = set.parts[n] as LogPart;
				const id = ids[n] as string;
				const known = await this.#known(part, id, ids);
				if (known === null && part.stat.mtimeMs / 1000 < since) continue;
				const read = known ?? { id, offset: 0, dev: 0, ino: 0, size: 0, mtimeMs: 0, failure: null };
				parts.push(read);
				if (performance.now() < deadline) await this.#readPart(part, read, deadline);
			}
			this.#parts = parts;
			this.history.retain(new Set(parts));
			return parts.flatMap(({ failure }) => failure ?? []);
		} finally {
			await set.close();
		}
	}

	async #known(part: LogPart, id: string, ids: readonly string[]): Promise<ReadPart | null> {
		const found = this.#parts.find((read) => read.id === id && id !== '');
		if (found === undefined) return null;
		if (!part.gz) return part.stat.size >= found.offset ? found : null;
		if (found.ino === part.stat.ino && found.dev === part.stat.dev && found.size === part.stat.size)
			return found;
		// the file that was read is this one, compressed meanwhile; both are there for a moment
		const alone = ids.filter((other) => other === id).length === 1;
		return alone && (await textSize(part)) === found.offset % 2 ** 32 ? found : null;
	}

	async #readPart(part: LogPart, read: ReadPart, deadline: number): Promise<void> {
		const { dev, ino, size, mtimeMs } = part.stat;
		const same = read.dev === dev && read.ino === ino && read.size === size && read.mtimeMs === mtimeMs;
		if (same && (part.gz || read.offset >= size)) return;
		if (part.gz && read.offset > 0) {
			Object.assign(read, { dev, ino, size, mtimeMs });
			return;
		}
		const parser = new EventParser();
		try {
			for await (const { data, offset } of forward(part, read.offset)) {
				parser.parse(data, (kind, hour, jail, address) => this.history.add(read, kind, hour, jail, address));
				read.offset = offset + data.length;
				if (performance.now() > deadline) return;
			}
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			if (!code?.startsWith('Z_')) throw error;
			read.failure = msg('{0} is damaged: {1}.', part.name, message);
		}
		this.history.trim();
		Object.assign(read, { dev, ino, size, mtimeMs });
	}

	async #readJournal(journal: JournalLog, since: number): Promise<Message[]> {
		const deadline = performance.now() + readWithinMs;
		this.#parts = [];
		if (this.#journal === null || this.#journal.since > since) this.#journal = { since };
		const source = this.#journal;
		this.history.retain(new Set([source]));
		const parser = new EventParser();
		for (let more = true; more && performance.now() < deadline; ) {
			const page = await journal.read({
				backward: false,
				cursor: source.cursor,
				since: source.cursor === undefined ? since : undefined,
				filter: {},
				pattern: journalPattern,
				limit: pageOfJournal,
				timeout: readWithinMs,
			});
			for (const { text } of page.entries) {
				parser.parse(Buffer.from(text), (kind, hour, jail, address) =>
					this.history.add(source, kind, hour, jail, address),
				);
			}
			source.cursor = page.entries.at(-1)?.cursor ?? source.cursor;
			more = page.more && page.entries.length > 0;
		}
		this.history.trim();
		return [];
	}
}
