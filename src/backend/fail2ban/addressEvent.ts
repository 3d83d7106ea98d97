/** What fail2ban's log says of an address. */
export interface AddressEvent {
	/** Unix seconds. */
	time: number;
	jail: string;
	/** restore: banned again at a start; increase: the ban before it became longer. */
	event: 'found' | 'ban' | 'restore' | 'increase' | 'unban' | 'ignore';
	/** Of an increase: the how manieth ban. */
	count: number | null;
}

export interface AddressEvents {
	/** Oldest first. */
	events: readonly AddressEvent[];
	/** The log was read to its beginning. */
	complete: boolean;
}

/**
 * One line of fail2ban's log about the address; null for any other. The name of a jail may hold nearly anything, so
 * the words are looked for from the end.
 * @param time of the line, Unix seconds
 */
export function addressEvent(line: string, time: number, address: string): AddressEvent | null {
	const [, jail, words] =
		/^[^[]*\[\d+\]: [A-Z]+ +\[(.+?)\] ((?:Found|Restore Ban|Ban|Unban|Increase Ban|Ignore) .*)$/.exec(line) ??
		[];
	if (jail === undefined || words === undefined) return null;
	const [, verb = '', of = '', rest = ''] = /^(Restore Ban|Increase Ban|\w+) (\S+)(.*)$/.exec(words) ?? [];
	// the observer tells each failure a second time: "Found 192.0.2.1, bad - …"
	if (of !== address) return null;
	const event = events[verb];
	if (event === undefined) return null;
	const count = event === 'increase' ? Number(/^ \((\d+) #/.exec(rest)?.[1] ?? Number.NaN) : Number.NaN;
	return { time, jail, event, count: Number.isNaN(count) ? null : count };
}

const events: Readonly<Record<string, AddressEvent['event']>> = {
	Found: 'found',
	Ban: 'ban',
	'Restore Ban': 'restore',
	Unban: 'unban',
	'Increase Ban': 'increase',
	Ignore: 'ignore',
};
