/**
 * How a value is held to a rule (see SECURITY.md). Times and numbers hold for root too;
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
	modify('enabled', 'bool', 'Start the jail.'),
	modify('maxretry', 'count', 'The number of failures within findtime that ban an address.'),
	modify('findtime', 'time', 'The time in which failures are counted.'),
	modify('bantime', 'bantime', 'How long an address is banned; -1 is permanent.'),
	modify('bantime.increment', 'bool', 'Ban longer each time.'),
	modify('bantime.multipliers', 'multipliers', 'Factors of bantime for the first, second, … ban.'),
	modify('bantime.maxtime', 'time', 'The longest ban, if bans grow.'),
	modify('bantime.rndtime', 'time', 'Add a random time to each ban, up to this.'),
	modify('bantime.overalljails', 'bool', 'Count earlier bans of all jails.'),
	root('bantime.factor', 'text', 'Factor of the growth, evaluated as Python.'),
	root('bantime.formula', 'text', 'Formula of the growth, evaluated as Python.'),
	modify('filter', 'filter', 'The name of an installed filter.'),
	modify('mode', 'mode', 'The mode of the filter, e.g. normal or aggressive.'),
	modify('backend', 'backend', 'How the log is read.'),
	root('journalmatch', 'lines', 'Journal matches, one per line.'),
	root('logpath', 'lines', 'Log files, one per line.'),
	root('logencoding', 'text', 'The encoding of the log files.'),
	root('logtimezone', 'text', 'The time zone of the log files.'),
	root('datepattern', 'text', 'The format of the dates in the log.'),
	root('maxlines', 'text', 'The number of lines that one expression may span.'),
	modify('banaction', 'banaction', 'Firewall action for the ports of the jail.'),
	modify('banaction_allports', 'banaction', 'Firewall action for all ports.'),
	modify('port', 'port', 'Ports to block.'),
	modify('protocol', 'protocol', 'Protocol to block.'),
	root('chain', 'text', 'The firewall chain for the rules.'),
	root('action', 'lines', 'Actions to run, one per line.'),
	root('destemail', 'text', 'The recipient of mails.'),
	root('sender', 'text', 'The sender of mails.'),
	root('mta', 'text', 'The program that sends mails.'),
	modify('usedns', 'usedns', 'How host names in log lines are looked up.'),
	modify('maxmatches', 'count0', 'The number of log lines kept for each ban.'),
	modify('ignoreself', 'bool', 'Never ban the addresses of this host.'),
	modify('ignoreip', 'ignoreip', 'IP addresses and networks that are never banned.'),
	root('ignorecommand', 'text', 'Command that decides whether an address is ignored.'),
	root('ignorecache', 'text', 'The cache for the results of ignorecommand.'),
	root('prefregex', 'text', 'Expression that all lines must match first.'),
	root('failregex', 'lines', 'Expressions of failures, one per line.'),
	root('ignoreregex', 'lines', 'Expressions of lines to ignore, one per line.'),
];

/** A dot in an option's name is a dash in a parameter's: PVE allows no dot there. */
export function optionParam(name: string): string {
	return name.replaceAll('.', '-');
}
