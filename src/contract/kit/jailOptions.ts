/**
 * How a value is held to a rule (design: "Who may set what"). Times and numbers hold for root too;
 * `text` and `lines` are root@pam's alone and unrestricted but for what an INI file cannot carry.
 */
export type ValueKind =
	| 'bool'
	| 'time'
	| 'bantime'
	| 'count'
	| 'count0'
	| 'multipliers'
	| 'usedns'
	| 'backend'
	| 'ignoreip'
	| 'port'
	| 'protocol'
	| 'banaction'
	| 'filter'
	| 'mode'
	| 'text'
	| 'lines';

export interface JailOption {
	/** As fail2ban names it. */
	name: string;
	kind: ValueKind;
	/** The lowest right that may set it. */
	permission: 'modify' | 'root';
	description: string;
}

function modify(name: string, kind: ValueKind, description: string): JailOption {
	return { name, kind, permission: 'modify', description };
}

function root(name: string, kind: 'text' | 'lines', description: string): JailOption {
	return { name, kind, permission: 'root', description };
}

/** Every option of a jail that can be set, in the order of the edit window. */
export const jailOptions: readonly JailOption[] = [
	modify('enabled', 'bool', 'Whether the jail is started.'),
	modify('maxretry', 'count', 'Failures within findtime that ban an address.'),
	modify('findtime', 'time', 'Time in which the failures are counted.'),
	modify('bantime', 'bantime', 'How long an address is banned; -1 is permanent.'),
	modify('bantime.increment', 'bool', 'Ban longer each time.'),
	modify('bantime.multipliers', 'multipliers', 'Factors of bantime for the first, second, … ban.'),
	modify('bantime.maxtime', 'time', 'Longest ban when bans grow.'),
	modify('bantime.rndtime', 'time', 'Random time added to a ban, at most this.'),
	modify('bantime.overalljails', 'bool', 'Count earlier bans of all jails.'),
	root('bantime.factor', 'text', 'Factor of the growth; fail2ban evaluates it as Python.'),
	root('bantime.formula', 'text', 'Formula of the growth; fail2ban evaluates it as Python.'),
	modify('filter', 'filter', 'Name of an installed filter.'),
	modify('mode', 'mode', 'Mode of the filter, e.g. normal or aggressive.'),
	modify('backend', 'backend', 'How the log is read.'),
	root('journalmatch', 'lines', 'Journal fields to match.'),
	root('logpath', 'lines', 'Log files, one a line.'),
	root('logencoding', 'text', 'Encoding of the log files.'),
	root('logtimezone', 'text', 'Time zone of the log files.'),
	root('datepattern', 'text', 'How dates are written in the log.'),
	root('maxlines', 'text', 'Lines that one expression may span.'),
	modify('banaction', 'banaction', 'Firewall action for the jail’s ports.'),
	modify('banaction_allports', 'banaction', 'Firewall action for all ports.'),
	modify('port', 'port', 'Ports to block.'),
	modify('protocol', 'protocol', 'Protocol to block.'),
	root('chain', 'text', 'Firewall chain the rules go to.'),
	root('action', 'lines', 'Actions to run, one a line.'),
	root('destemail', 'text', 'Receiver of mails.'),
	root('sender', 'text', 'Sender of mails.'),
	root('mta', 'text', 'Program that sends mails.'),
	modify('usedns', 'usedns', 'Whether host names in log lines are looked up.'),
	modify('maxmatches', 'count0', 'Log lines kept for each ban.'),
	modify('ignoreself', 'bool', 'Never ban this host’s own addresses.'),
	modify('ignoreip', 'ignoreip', 'Addresses and networks that are never banned.'),
	root('ignorecommand', 'text', 'Program that decides whether an address is ignored.'),
	root('ignorecache', 'text', 'Cache of ignorecommand’s answers.'),
	root('prefregex', 'text', 'Expression that all lines must match first.'),
	root('failregex', 'lines', 'Expressions of failures, one a line.'),
	root('ignoreregex', 'lines', 'Expressions of lines to ignore, one a line.'),
];

/** A dot in an option's name is a dash in a parameter's: PVE allows no dot there. */
export function optionParam(name: string): string {
	return name.replaceAll('.', '-');
}
