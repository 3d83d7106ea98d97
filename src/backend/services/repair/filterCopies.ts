import { settingsOf } from '../../config/filterDefinition.ts';
import { readFilter } from '../../config/filterReader.ts';
import { tryInterpolate } from '../../config/MergedConfig.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import type { FileSources } from '../files/list.ts';
import { fileRows } from '../files/list.ts';
import { filterDefinition, installedFilter } from '../filters/catalog.ts';

/** Our filter for the log-ins of Proxmox VE. */
export const ownFilter = 'pve-fail2ban-pve';

export interface FilterCopy {
	file: string;
	/** Name of the filter. */
	filter: string;
	kind: 'changed-conffile' | 'own-file';
	/** The package whose text belongs there, or the filter that is used in its place. */
	replaces: string;
	/** MD5 of what the package ships. */
	md5: string | null;
	/** Enabled jails that use it. */
	jails: string[];
}

/** Filters in use that were copied by hand: changed files of a package, and own ones that watch Proxmox VE's log-ins. */
export function filterCopies(sources: FileSources, snapshot: ConfigSnapshot): FilterCopy[] {
	const shipped = sources.packages();
	// without dpkg nobody knows what a package's file held
	if (shipped.size === 0) return [];
	const enabled = configuredJails(snapshot).filter((jail) => jail.enabled);
	return fileRows(sources, snapshot).flatMap((row): FilterCopy[] => {
		const [, filter] = /^filter\.d\/([A-Za-z0-9][A-Za-z0-9_.-]*)\.conf$/.exec(row.name) ?? [];
		if (filter === undefined || !row.used || row.origin === 'package') return [];
		const jails = enabled.filter((jail) => jail.filter === filter).map(({ jail }) => jail);
		const base = { file: row.name, filter, jails };
		if (row.origin === 'changed') {
			const { package: name, md5 } = shipped.get(row.name) ?? { package: '', md5: '' };
			return jails.length === 0 ? [] : [{ ...base, kind: 'changed-conffile', replaces: name, md5 }];
		}
		if (!watchesPve(snapshot, filter) || installedFilter(snapshot, ownFilter) === undefined) return [];
		return [{ ...base, kind: 'own-file', replaces: ownFilter, md5: null }];
	});
}

/** Whether a filter looks for what pvedaemon writes of failed log-ins. */
export function watchesPve(snapshot: ConfigSnapshot, name: string): boolean {
	if (name === ownFilter || installedFilter(snapshot, name) === undefined) return false;
	const { failregex } = filterDefinition(snapshot, name).expressions;
	return failregex.some((regex) => /pvedaemon/.test(regex) && /authentication failure/.test(regex));
}

/** Whether one of its expressions lets any text stand before the address, which a user name can then forge. */
export function isLoose(snapshot: ConfigSnapshot, name: string): boolean {
	const { failregex, prefregex } = filterDefinition(snapshot, name).expressions;
	return failregex.some((regex) => {
		const before = `${prefregex}${/^.*?(?=<(?:HOST|ADDR|IP4|IP6|CIDR|SUBNET|DNS)>|$)/s.exec(regex)?.[0] ?? ''}`;
		return !before.startsWith('^') || /(?<!\\)\.[*+]/.test(before);
	});
}

/**
 * Whether sshd logs as sshd-session here: Debian 13 has fail2ban 1.1 and such an sshd, Proxmox VE 8 has neither.
 * @param version fail2ban's; null: not known, and so is the answer
 */
export function logsAsSshdSession(version: string | null): boolean | null {
	if (version === null) return null;
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return major > 1 || (major === 1 && minor >= 1);
}

/** Whether the filter takes lines of sshd-session for sshd's, by the option that it names its daemon with. */
export function knowsSshdSession({ jails }: ConfigSnapshot): boolean {
	const reader = readFilter(jails.reading, 'sshd', new Map(), 'systemd');
	const daemon = reader && settingsOf(reader.config, '_daemon').at(-1);
	if (!reader || !daemon) return true;
	const resolved = tryInterpolate(daemon.raw, reader.config.scope(daemon.section));
	if (!('value' in resolved)) return true;
	try {
		return new RegExp(`^(?:${resolved.value})$`).test('sshd-session');
	} catch (error) {
		// Python's expressions are not all JavaScript's, and then nothing is claimed
		if (!(error instanceof SyntaxError)) throw error;
		return true;
	}
}
