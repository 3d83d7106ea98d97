/** Options of a jail or of all jails, as they stand in a file. */
type Options = Readonly<Record<string, string>>;

const section = (name: string, options: Options) =>
	`[${name}]\n${Object.entries(options)
		.map(([option, value]) => `${option} = ${value}\n`)
		.join('')}`;

/** An action that does nothing. */
export const noopAction = '[Definition]\nactionstart =\nactionstop =\nactionban =\nactionunban =\n';

const watched = (log: string): Options => ({
	enabled: 'true',
	backend: 'polling',
	logpath: `@DIR@/logs/${log}`,
});

/** What every node has: SSH and PAM, which read one log. */
const common: Readonly<Record<string, Options>> = {
	sshd: watched('auth.log'),
	'pam-generic': watched('auth.log'),
};

/** The jail of the web interface; its filter is `proxmox`. */
export const proxmoxJail = (log: string): Readonly<Record<string, Options>> => ({
	proxmox: { ...watched(log), filter: 'proxmox', port: 'https,http,8006' },
});

/**
 * `jail.d/defaults-debian.conf`, the place of Debian's own choice, so that jail.local stays free: jails sshd and
 * pam-generic on `@DIR@/logs/auth.log`, further ones, and bans that do nothing.
 */
export function harmlessJails(
	jails: Readonly<Record<string, Options>> = {},
	defaults: Options = {},
): Record<string, string> {
	const sections = Object.entries({
		DEFAULT: { banaction: 'noop', banaction_allports: 'noop', ...defaults },
		...common,
		...jails,
	});
	return {
		'action.d/noop.conf': noopAction,
		'jail.d/defaults-debian.conf': sections.map(([name, options]) => section(name, options)).join('\n'),
	};
}
