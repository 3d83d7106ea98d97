/** Where fail2ban writes its log, by its logtarget. */
export type LogTarget =
	| { kind: 'file'; path: string }
	/** The journal of fail2ban's unit: directly, by syslog, or by its standard output. */
	| { kind: 'journal'; name: string }
	/** Nowhere that can be read. */
	| { kind: 'none'; name: string };

const journal = ['SYSTEMD-JOURNAL', 'SYSLOG', 'SYSOUT', 'STDOUT', 'STDERR'];

/** Takes options in brackets off, as `SYSLOG[facility=daemon]` has them. */
export function parseLogTarget(text: string): LogTarget {
	const name = text.trim().replace(/\[[^\]]*\]$/, '');
	if (journal.includes(name.toUpperCase())) return { kind: 'journal', name: name.toUpperCase() };
	if (!name.startsWith('/') || name.startsWith('/dev/')) return { kind: 'none', name };
	return { kind: 'file', path: name };
}
