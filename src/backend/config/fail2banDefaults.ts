/** What fail2ban does where neither a file nor the jail's filter says anything: the one table of it. */

/** Options of a jail, as they are written. */
export const jailDefaults = {
	enabled: 'false',
	backend: 'auto',
	maxretry: '3',
	findtime: '600',
	bantime: '600',
	'bantime.increment': 'false',
	'bantime.overalljails': 'false',
	maxmatches: '5',
	ignoreself: 'true',
	usedns: 'warn',
	maxlines: '1',
	logencoding: 'auto',
} as const;

/** Options of the server, as fail2ban.conf has them. */
export const serverDefaults = {
	loglevel: 'INFO',
	logtarget: 'STDERR',
	syslogsocket: 'auto',
	dbfile: '/var/lib/fail2ban/fail2ban.sqlite3',
	dbpurgeage: '1d',
	dbmaxmatches: '10',
} as const;

/** The default of an option by its name; null: it has none. */
export function defaultOf(defaults: Readonly<Record<string, string>>, option: string): string | null {
	return Object.hasOwn(defaults, option) ? (defaults[option] as string) : null;
}
