import { effectiveFilter } from '../../config/effectiveFilter.ts';
import type { JailConfig } from '../../config/layers.ts';
import type { NodeFacts } from './nodeFacts.ts';

/** Options of a jail with the values that it needs; those that hold already are left out. */
export type NeededOptions = ReadonlyMap<string, string>;

/** Where a jail is to read, as options that it does not have yet. */
export interface NeededSource {
	needed: NeededOptions;
	reason: string | null;
}

/** The jail reads this file, unless it reads others already that are there. */
export function fileSource(
	jails: JailConfig,
	jail: string,
	file: string,
	isLog: (file: string) => boolean,
): NeededSource {
	const needed = new Map<string, string>();
	const backend = jails.option(jail, 'backend')?.value ?? 'auto';
	if (backend.startsWith('systemd')) needed.set('backend', 'auto');
	const paths = (jails.option(jail, 'logpath')?.value ?? '')
		.split('\n')
		.map((line) => line.trim().replace(/ (?:head|tail)$/, ''));
	if (!paths.some((path) => path === file || isLog(path))) needed.set('logpath', file);
	return { needed, reason: null };
}

export function journalSource(
	jails: JailConfig,
	journal: string,
	facts: NodeFacts,
	jail: string,
): NeededSource {
	const needed = new Map<string, string>();
	const match = jail === 'sshd' && facts.sshdSession ? sshdMatch(jails) : null;
	if (!readsJournal(jails, jail, journal)) needed.set('backend', journal);
	if (match !== null) needed.set('journalmatch', match);
	return { needed, reason: null };
}

/** One with arguments is the admin's own journal, e.g. of another namespace. */
export function readsJournal(jails: JailConfig, jail: string, journal: string): boolean {
	const backend = jails.option(jail, 'backend')?.value ?? 'auto';
	return backend === journal || backend.startsWith('systemd[');
}

/**
 * The journal's fields of sshd for both releases: Debian's unit is ssh.service, a log-in by ssh.socket runs in a unit of
 * its own, ssh@….service, and OpenSSH 9.8 and later writes failures as sshd-session.
 */
export const sshdJournalmatch = '_SYSTEMD_UNIT=ssh.service + _COMM=sshd + _COMM=sshd-session';

/** null: what holds today covers sshd-session, or an admin chose it. */
function sshdMatch(jails: JailConfig): string | null {
	const own = jails.option('sshd', 'journalmatch');
	if (own?.file.endsWith('.local')) return null;
	const filter = effectiveFilter(jails, 'sshd');
	if ('error' in filter || filter.journalmatch.length === 0) return null;
	const alternatives = filter.journalmatch.flatMap((words) => words.join(' ').split(' + '));
	return alternatives.includes('_COMM=sshd-session') ? null : sshdJournalmatch;
}
