import type { BanEvent, BanOfJail } from '../../contract/types.ts';
import { count, format, plural } from '../kit/text.ts';
import { timeInWords } from '../kit/time.ts';

/** An event, or several failures in a row, as one row. */
export interface EventRow extends BanEvent {
	/** Failures in a row. */
	failures: number;
}

/** The events with failures of one jail that follow each other put together; newest first, as they come. */
export function eventRows(events: BanEvent[]): EventRow[] {
	const rows: EventRow[] = [];
	for (const event of events) {
		const last = rows.at(-1);
		if (event.event === 'found' && last?.event === 'found' && last.jail === event.jail) {
			last.failures++;
		} else {
			rows.push({ ...event, failures: 1 });
		}
	}
	return rows;
}

function banText({ count: nth, bantime }: BanEvent): string {
	if (nth === null) {
		return gettext('Banned');
	}
	if (bantime === null) {
		return format(gettext('Ban #{0}'), nth);
	}
	return bantime < 0
		? format(gettext('Ban #{0}, permanent'), nth)
		: format(gettext('Ban #{0}, {1}'), nth, timeInWords(bantime));
}

/** `Ban 3, for 4 hours` */
export function banEventText(row: BanEvent & { failures?: number }): string {
	switch (row.event) {
		case 'found': {
			const failures = row.failures ?? 1;
			return format(plural(failures, '{0} failure', '{0} failures'), count(failures));
		}
		case 'ban':
			return banText(row);
		case 'restore':
			return gettext('Banned again at the start of fail2ban');
		case 'unban':
			return gettext('Unbanned');
		case 'ignore':
			return gettext('Failure that was ignored');
	}
}

/** Why there are no lines to show. */
export function noLinesText({ failures, lines }: BanOfJail): string {
	if (failures === 0) {
		return gettext('Banned by hand.');
	}
	return lines === null
		? gettext('Log lines require Sys.Syslog.')
		: gettext('fail2ban kept no log lines for this ban.');
}
