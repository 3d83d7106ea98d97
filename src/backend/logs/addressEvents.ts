import { type AddressEvents, addressEvent } from '../fail2ban/addressEvent.ts';
import type { LogSet } from './LogSet.ts';
import { parseLogTarget } from './logTarget.ts';
import { timeAt } from './logTime.ts';
import type { Matcher } from './matchRecords.ts';
import { readBackward } from './readLog.ts';

/** Milliseconds; what is not read by then is not told. */
const patience = 1000;

/** Lines about the address that are looked at, the newest first. */
const mostLines = 2000;

/** Records with the address as a word of its own: 192.0.2.1 is not meant by 192.0.2.10. */
function matcherFor(address: string): Matcher {
	const bytes = Buffer.from(address, 'utf8').toString('latin1');
	const literal = bytes.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
	return { candidates: new RegExp(` ${literal}(?![\\w.:])`, 'g'), accepts: () => true };
}

/**
 * What fail2ban's log with its rotated files says of an address, within 1 s and 2,000 lines. Nothing if the log is no
 * file. Throws what `open` throws.
 */
export async function readAddressEvents(
	open: (file: string) => Promise<LogSet>,
	logtarget: string,
	address: string,
): Promise<AddressEvents> {
	const target = parseLogTarget(logtarget);
	if (target.kind !== 'file') return { events: [], complete: false };
	const set = await open(target.path);
	try {
		const { lines, more, ended } = await readBackward(set, {
			start: null,
			end: null,
			limit: mostLines,
			bytes: 1024 * 1024,
			matcher: matcherFor(address),
			deadline: performance.now() + patience,
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
