import type { BanEvent } from '../../../contract/types.ts';
import type { AddressEvents } from '../../fail2ban/addressEvent.ts';
import type { BanRecords } from '../../fail2ban/banRecords.ts';

/** More are not shown. */
export const maxEvents = 200;

/** A ban begins at its last failure, which a slow start may find much later (seconds). */
const maxDelaySeconds = 300;

/**
 * The history of an address, newest first: the log tells what happened, the database adds how long each ban was, and
 * bans that the log no longer has.
 */
export function banHistory(records: BanRecords, { events: logged }: AddressEvents): BanEvent[] {
	const history: BanEvent[] = [];
	for (const { time, jail, event, count } of logged) {
		if (event !== 'increase') {
			history.push({ time, jail, event, count: null, bantime: null });
			continue;
		}
		const ban = history.filter((one) => one.jail === jail && one.event === 'ban').pop();
		if (ban) ban.count = count;
	}
	const open = history.filter(({ event }) => event === 'ban');
	// oldest first, as the log is, so that each ban meets its own line
	for (const { jail, since, bantime, count } of [...records.earlier].reverse()) {
		const at = open.findIndex(
			(one) => one.jail === jail && one.time >= since - 1 && one.time - since <= maxDelaySeconds,
		);
		const [line] = at < 0 ? [] : open.splice(at, 1);
		if (line) Object.assign(line, { count, bantime });
		else history.push({ time: since, jail, event: 'ban', count, bantime });
	}
	// within a second the later line comes first too
	history.reverse();
	return history.sort((one, other) => other.time - one.time).slice(0, maxEvents);
}
