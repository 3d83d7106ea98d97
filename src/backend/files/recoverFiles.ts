import type { Log } from '../kit/journalLog.ts';
import type { Recovery } from './ChangeRecord.ts';
import type { ChangeStore } from './ChangeStore.ts';
import type { ConfigFiles } from './ConfigFiles.ts';
import type { Provisional } from './Provisional.ts';
import { lostText, recoveryText } from './recoveryText.ts';
import { undoBesideOthersEdits } from './undoBesideOthersEdits.ts';

interface RecoverParts {
	files: ConfigFiles;
	store: ChangeStore;
	provisional: Pick<Provisional, 'lift'>;
	log: Log;
}

/** Undoes the files of a change that a crash left half done; null: there is none. The caller holds the lock. */
export async function recoverFiles(parts: RecoverParts): Promise<Recovery | null> {
	const { store, files, log } = parts;
	const { root } = files.snapshot();
	const merged = await undoProvisionalOptions(parts, root);
	const recovery = await store.recover(root);
	if (recovery === null) return null;
	if (!('record' in recovery)) {
		log.error(lostText(recovery));
		return null;
	}
	log.warning(recoveryText(recovery, merged));
	// one that runs restores its jails first
	if (recovery.bans !== null) await parts.provisional.lift(recovery.record, recovery.bans);
	return recovery;
}

/** A change that waited must not stand because somebody edited one of its files since; answers such files. */
async function undoProvisionalOptions({ store, log }: RecoverParts, root: string): Promise<string[]> {
	try {
		const record = await store.inProgress();
		return record?.provisional === undefined ? [] : await undoBesideOthersEdits(root, store, record);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		log.warning(`the change in progress cannot be taken out of files edited since: ${error.message}`);
		return [];
	}
}
