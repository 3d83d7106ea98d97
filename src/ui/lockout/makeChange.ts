import { taskOf } from '../kit/api.ts';
import { showFailure } from '../kit/failure.ts';
import {
	confirmProvisional,
	confirmTask,
	expectProvisional,
	forgetProvisional,
	type Provisional,
} from '../kit/provisional.ts';
import type { Failure } from '../kit/request.ts';
import { showTask } from '../kit/task.ts';
import { type Guarded, guarded } from './lockout.ts';

interface Change extends Guarded<unknown> {
	/** Told once the change is made, and again when its task has ended. */
	done: () => void;
	/** Told why it was refused, before that is shown. */
	refused?: (failure: Failure) => void;
	/** Writes no file, so that it never waits for a confirmation. */
	writesNothing?: true;
}

/**
 * Makes a change of the configuration with all that may follow: the question of the lockout guard, a task, the
 * confirmation of a change that waits for it, the failure. False: it was given up or failed.
 */
export async function makeChange(change: Change): Promise<boolean> {
	const { node, done, refused, writesNothing } = change;
	if (!writesNothing) {
		expectProvisional(node);
	}
	try {
		const answer = await guarded(change);
		if (answer === null) {
			forgetProvisional(node);
			return false;
		}
		done();
		const upid = taskOf(answer);
		if (upid !== undefined) {
			showTask(upid, () => {
				done();
				if (!writesNothing) {
					confirmTask(node);
				}
			});
		} else {
			confirmProvisional(node, (answer as { provisional?: Provisional | null } | undefined)?.provisional);
			forgetProvisional(node);
		}
		return true;
	} catch (thrown) {
		const failure = thrown as Failure;
		// Any other may be an answer that is lost.
		if (failure.status >= 400 && failure.status < 500) {
			forgetProvisional(node);
		}
		refused?.(failure);
		showFailure(failure, node);
		return false;
	}
}
