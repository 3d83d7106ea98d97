import { jailDefaults } from '../../config/fail2banDefaults.ts';
import type { JailConfig } from '../../config/layers.ts';
import type { Message } from '../../kit/message.ts';
import { valueFor } from './valueFor.ts';

/** Options of a jail with the values that it needs; those that hold already are left out. */
export type NeededOptions = ReadonlyMap<string, string>;

/** Where a jail is to read, as options that it does not have yet. */
export interface NeededSource {
	needed: NeededOptions;
	reason: Message | null;
}

/** The jail reads this file, unless it reads others already that are there. */
export function fileSource(
	jails: JailConfig,
	jail: string,
	file: string,
	isLog: (file: string) => boolean,
): NeededSource {
	const needed = new Map<string, string>();
	const backend = valueFor(jails, jail, 'backend') ?? jailDefaults.backend;
	if (backend.startsWith('systemd')) needed.set('backend', 'auto');
	const paths = (valueFor(jails, jail, 'logpath') ?? '')
		.split('\n')
		.map((line) => line.trim().replace(/ (?:head|tail)$/, ''));
	if (!paths.some((path) => path === file || isLog(path))) needed.set('logpath', file);
	return { needed, reason: null };
}

export function journalSource(jails: JailConfig, journal: string, jail: string): NeededSource {
	const needed = new Map<string, string>();
	if (!readsJournal(jails, jail, journal)) needed.set('backend', journal);
	return { needed, reason: null };
}

/** One with arguments is the admin's own journal, e.g. of another namespace. */
export function readsJournal(jails: JailConfig, jail: string, journal: string): boolean {
	const backend = valueFor(jails, jail, 'backend') ?? jailDefaults.backend;
	return backend === journal || backend.startsWith('systemd[');
}
