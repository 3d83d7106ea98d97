import type { Log } from '../kit/journalLog.ts';
import type { ChangeRecord } from './ChangeRecord.ts';
import { ApplyError, type ServerSync } from './ServerSync.ts';

/**
 * Has the jails of a change that was undone ignore its author until they are loaded again, for a server that still runs
 * the change: fail2ban may not be able to read its files, because somebody broke one meanwhile.
 */
export async function ignoreAuthorUntilReload(
	{ sync, log }: { sync: Pick<ServerSync, 'apply'>; log: Log },
	{ id, jails = [], provisional }: ChangeRecord,
): Promise<void> {
	const add = provisional?.addresses ?? [];
	if (add.length === 0) return;
	for (const jail of jails) {
		try {
			await sync.apply([{ kind: 'ignoreip', jail, add, remove: [] }], () => {});
			log.warning(
				`change ${id}: jail ${jail} still runs it, and ignores ${add.join(', ')} until it is reloaded`,
			);
		} catch (error) {
			if (!(error instanceof ApplyError)) throw error;
			log.warning(`change ${id}: jail ${jail}: ${error.message}`);
			// nothing more may be sent to a server that hangs
			if (error.frozen) return;
		}
	}
}
