import type { Caller } from '../../kit/caller.ts';
import type { Log } from '../../kit/journalLog.ts';
import { startOf } from '../../kit/wholeText.ts';

export interface AuditRecord {
	caller: Caller;
	/** One line, e.g. "ban in jail sshd". */
	what: string;
	from?: string;
	to?: string;
	/** The caller insisted although the change was warned of. */
	forced?: boolean;
}

/** Values may be long lists; the journal keeps the start of them. */
const maxCharacters = 2000;

function short(text: string): string {
	return text.length > maxCharacters ? `${startOf(text, maxCharacters)}…` : text;
}

/** The one line to the journal for each change. */
export function audit(log: Log, { caller, what, from, to, forced }: AuditRecord): void {
	const values = [
		...(from === undefined ? [] : [`from=${short(from)}`]),
		...(to === undefined ? [] : [`to=${short(to)}`]),
	];
	const who = `user=${caller.user} client=${caller.clientIp ?? '-'}`;
	log.notice(['audit:', who, `(${what})`, ...values, `forced=${forced ? 'yes' : 'no'}`].join(' '));
}
