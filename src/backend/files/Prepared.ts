import type { ApplyPlan } from './applyPlan.ts';
import type { ProvisionalReason } from './ChangeGuard.ts';
import type { ChangeRequest, PlannedChange } from './ConfigChange.ts';
import type { ConfigSnapshot } from './ConfigFiles.ts';
import type { RunningDifference } from './compareRunning.ts';
import type { EditedFile } from './editedFiles.ts';
import type { Judgement, Reading } from './judgeChange.ts';
import type { ServerState } from './ServerSync.ts';

/** A change that was checked and may be made; the lock is held. */
export interface Prepared {
	request: ChangeRequest;
	planned: PlannedChange;
	snapshot: ConfigSnapshot;
	edited: EditedFile[];
	server: ServerState;
	before: Reading;
	after: Judgement;
	plan: ApplyPlan;
	/** Options of the server itself to tell it. */
	settings: ReadonlyMap<string, string>;
	running: string[];
	/** What differed already before the change. */
	accepted: RunningDifference[];
	/** Why the change must be confirmed; null: it need not. */
	provisional: ProvisionalReason | null;
}
