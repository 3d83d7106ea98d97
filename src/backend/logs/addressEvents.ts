import { type AddressEvents, addressEvent } from '../fail2ban/addressEvent.ts';
import { escapeRegExp } from '../kit/patterns.ts';
import type { JournalLog } from './JournalLog.ts';
import type { LogSet } from './LogSet.ts';
import { parseLogTarget } from './logTarget.ts';
import { timeAt } from './logTime.ts';
import type { Matcher } from './matchRecords.ts';
import { readBackward } from './readLog.ts';

/** Milliseconds; what is not read by then is not told. */
const readWithinMs = 1000;

/** Lines about the address that are looked at, the newest first. */
const maxLines = 2000;

/** Records with the address as a word of its own: 192.0.2.1 is not meant by 192.0.2.10. */
function matcherFor(address: string): Matcher {
	const bytes = Buffer.from(address, 'utf8').toString('latin1');
	return { candidates: new RegExp(` ${escapeRegExp(bytes)}(?![\\w.:])`, 'g'), accepts: () => true };
}

/**
 * What fail2ban's log with its rotated files says of an address, or the journal, within 1 s and 2,000 lines.
 * Nothing if it goes elsewhere. Throws what `open` and the journal throw.
 * @param journal of fail2ban's unit; null: it has none
 */
export async function readAddressEvents(
	open: (file: string) => Promise<LogSet>,
	logtarget: string,
	address: string,
	journal: JournalLog | null,
): Promise<AddressEvents> {
	const target = parseLogTarget(logtarget);
	if (target.kind === 'journal' && journal !== null) return readJournal(journal, address);
	if (target.kind !== 'file') return { events: [], complete: false };
	const set = await open(target.path);
	try {
		const { lines, more, ended } = await readBackward(set, {
			start: null,
			end: null,
			limit: maxLines,
			bytes: 1024 * 1024,
			matcher: matcherFor(address),
			deadline: performance.now() + readWithinMs,
		});
		const events = lines.flatMap((line) => {
			const bytes = Buffer.from(line);
			const event = addressEvent(line, timeAt(bytes, 0), address);
			return event === null || Number.isNaN(event.time) ? [] : [event];
		});
		return { events, complete: !more && ended === null };
	} finally {
		await set.close();
	}
}

async function readJournal(journal: JournalLog, address: string): Promise<AddressEvents> {
	const { entries, more } = await journal.read({
		backward: true,
		filter: { search: ` ${address}` },
		limit: maxLines,
		timeout: readWithinMs,
	});
	const events = entries.flatMap(({ text, time }) => addressEvent(text, time, address) ?? []);
	return { events: events.reverse(), complete: !more };
}
