/** What fail2ban's log says of an address. */
export interface AddressEvent {
	/** Unix seconds. */
	time: number;
	jail: string;
	/** restore: banned again at a start; increase: the ban before it became longer. */
	event: 'found' | 'ban' | 'restore' | 'increase' | 'unban' | 'ignore';
	/** Of an increase: the ordinal number of the ban (1 = the first). */
	count: number | null;
}

export interface AddressEvents {
	/** Oldest first. */
	events: readonly AddressEvent[];
	/** The log was read to its beginning. */
	complete: boolean;
}

/**
 * One line of fail2ban's log about the address; null for any other.
 * @param time of the line, Unix seconds
 */
export function addressEvent(line: string, time: number, address: string): AddressEvent | null {
	// the observer tells each failure a second time, with a comma: "Found 192.0.2.1, bad - …"
	const [, jail = '', verb = '', of, rest = ''] = message.exec(line) ?? [];
	const event = events[verb];
	if (of !== address || event === undefined) return null;
	const count = event === 'increase' ? /^ \((\d{1,6}) #/.exec(rest)?.[1] : undefined;
	return { time, jail, event, count: count === undefined ? null : Number(count) };
}

/** Name of the logger, process id, level, jail, what happened to which address. */
const message = /^[^[]*\[\d+\]: [A-Z]+ +\[([^\][]+)\] ((?:Restore |Increase )?\w+) (\S+)(.*)$/;

const events: Readonly<Record<string, AddressEvent['event']>> = {
	Found: 'found',
	Ban: 'ban',
	'Restore Ban': 'restore',
	Unban: 'unban',
	'Increase Ban': 'increase',
	Ignore: 'ignore',
};
